"""The receiver's side with the independent verifier's checks: settled, registered and receipted as ``gateway receive``.

The verifier asks; ``gateway.receiving.settling`` does the rest. The same package gives the same line in the register
and the same receipt, to the byte, whichever of the two programs received it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gateway.base.canonical import digest, digests, encode_for_people
from gateway.base.sshsig import RECEIPT, read_allowed_signers, sign
from gateway.receiving.dispositions import Disposition
from gateway.receiving.duplicates import duplicate
from gateway.receiving.entry import ByHand
from gateway.receiving.failed import Failed
from gateway.receiving.found import Found, Part, find
from gateway.receiving.posting import check_key, stamp
from gateway.receiving.reception import Outcome, Reception
from gateway.receiving.register import Register
from gateway.receiving.rule import MEANINGS, Rule
from gateway.receiving.settling import Desk, settle
from gateway.verifier import inside, outside, shapes
from gateway.verifier.evidence import Evidence
from gateway.verifier.report import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Who receives, when, with which register."""

    recipient: str
    register: Register
    now: datetime


class Case:
    """What ``gateway.receiving.settling.Examined`` asks for, over the verifier's evidence."""

    def __init__(self, found: Found, receiver: Receiver, evidence: Evidence) -> None:
        self.found, self.receiver, self.evidence = found, receiver, evidence
        vars(evidence)["place"] = (found.folder, found.stem)  # found already, and some of its files may be missing

    def raw(self, part: Part) -> bytes:
        """The bytes of one of the four files."""
        try:
            return self.found.path(part).read_bytes()
        except OSError as error:
            raise Failed(f"文件 *{part.value} 无法读取", f"the file *{part.value} can't be read") from error

    @property
    def manifest(self) -> Any:
        """The manifest, its keys as attributes."""
        return _attributes(self.evidence.manifest)

    @property
    def statement(self) -> Any:
        """The statement, its keys as attributes."""
        return _attributes(self.evidence.statement)

    @cached_property
    def manifest_sha256(self) -> str:
        """The package's identity."""
        return digest(self.evidence.files["manifest"])

    @property
    def contents(self) -> Mapping[str, bytes]:
        """Every entry, decrypted."""
        return self.evidence.contents


def receive(
    files: Sequence[Path],
    *,
    passphrase: str,
    allowed_signers: str,
    recipient: str,
    key: bytes,
    register: Path,
    receipts: Path,
    unpack: Path | None,
    now: datetime,
) -> Reception:
    """As ``gateway.receiving.receive``, which says what it raises."""
    check_key(key, recipient, read_allowed_signers(allowed_signers), now)
    found = find(files)
    desk = Desk(key=key, register=register, receipts=receipts, unpack=unpack, arrived=now, by_hand=ByHand())

    def case(book: Register) -> Case:
        evidence = Evidence(found.path(Part.PACKAGE), allowed_signers, passphrase.strip(), now, recipient)
        return Case(found, Receiver(recipient=recipient, register=book, now=now), evidence)

    return settle(case, RULES, _receipt, desk, None)


def _receipt(
    case: Case, outcomes: tuple[Outcome, ...], disposition: Disposition, arrived: datetime, key: bytes
) -> tuple[str, str]:
    """The receipt's exact text and its signature (``gateway.model.documents.Receipt``)."""
    register, manifest, now = case.receiver.register, case.evidence.manifest, stamp(case.receiver.now)
    decrypted = any(outcome.name == "decryption" and outcome.passed for outcome in outcomes)
    earlier = [entry for entry in register.of(manifest["release"]) if entry.details.receipt]
    got = digests(case.evidence.files["package"])
    receipt = {
        "format": "gateway-receipt/1",
        "kind": "R1",
        "alg": dict(shapes.ALGORITHMS),
        "release": manifest["release"],
        "package_sha256": manifest["package"]["sha256"],
        "package_sm3": manifest["package"]["sm3"],
        "manifest_sha256": case.manifest_sha256,
        "manifest_sm3": digests(case.raw(Part.MANIFEST))["sm3"],
        "received_sha256": got["sha256"],
        "received_sm3": got["sm3"],
        "arrived_at": stamp(arrived),
        "decrypted_at": now if decrypted else None,
        "confirmed_at": now,
        "disposition": disposition.value,
        "checks": [{"name": o.name, "passed": o.passed, "reason": o.zh} for o in outcomes],
        "acceptance": inside.acceptance(case.evidence) if decrypted else None,
        "receiver": case.receiver.recipient,
        "register_number": register.next_number,
        "ledger": {name: manifest["ledger"][name] for name in ("length", "head")},
        "previous": digest(earlier[-1].details.receipt.encode()) if earlier else None,
    }
    data = encode_for_people(receipt)
    return data.decode(), sign(data, key, RECEIPT)


def _asked(asked: Callable[[Evidence], None]) -> Callable[[Case], None]:
    """The verifier's check as one of a reception."""

    def run(case: Case) -> None:
        try:
            asked(case.evidence)
        except Problem as problem:
            raise Failed(problem.zh, problem.en) from problem

    return run


def _check(name: str) -> Callable[[Case], None]:
    function = name.replace("-", "_")
    room = outside if hasattr(outside, function) else inside
    return duplicate if name == "duplicate" else _asked(getattr(room, function))


def _attributes(document: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(document), object_hook=lambda pairs: SimpleNamespace(**pairs))


RULES: tuple[Rule[Case], ...] = tuple(
    Rule(name=name, meaning=meaning, run=_check(name)) for name, meaning in MEANINGS.items()
)
