"""The bureau's side of a delivery; runs on its own, without the rest of the gateway's configuration.

``receive`` guarantees: a package is accepted only if it is complete, signed by the gateway, approved by two stewards,
meant for this receiver, and byte for byte what was approved; a release is accepted once and never in two versions;
what was accepted stands in the register with its receipt, and the same command again changes nothing. A package that
fails a check is recorded with what became of it; one that nobody known signed gets no receipt.

The register is a SQLite file of its own: append-only, hash-chained (``read_register``, ``register_csv``)."""

from gateway.receiving.dispositions import SAID, Disposition
from gateway.receiving.entry import HEADINGS, ByHand, Details, Entry
from gateway.receiving.export import as_filed, register_csv
from gateway.receiving.intake import receive
from gateway.receiving.reception import Outcome, PackageRefusedError, Reception
from gateway.receiving.register import read_register
from gateway.receiving.rule import MEANINGS, Rule
from gateway.receiving.rules import RULES

__all__ = [
    "HEADINGS",
    "MEANINGS",
    "RULES",
    "SAID",
    "ByHand",
    "Details",
    "Disposition",
    "Entry",
    "Outcome",
    "PackageRefusedError",
    "Reception",
    "Rule",
    "as_filed",
    "read_register",
    "receive",
    "register_csv",
]
