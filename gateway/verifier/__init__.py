"""Checks what the gateway made, without the gateway: a package, a ledger.

Shares no code with what it checks. It imports the standard library, ``cryptography`` and ``pyzipper``, nothing else of
ours (``protection`` and ``month``, which check a protected table and a protected month, have doors of their own: numpy,
scipy, highspy), and is written
from the published formats: what one of the two misreads, the other does not. It only reads, and reports what it found
(``Report``) instead of raising: whatever can't be read has failed its check."""

from gateway.verifier.ledger import verify_ledger
from gateway.verifier.package import verify_package
from gateway.verifier.report import Check, Report
from gateway.verifier.wording import TITLES

__all__ = ["TITLES", "Check", "Report", "verify_ledger", "verify_package"]
