"""Receives one package: find, check, unpack, register, sign a receipt."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from gateway.base.sshsig import read_allowed_signers
from gateway.receiving import receipts as slips
from gateway.receiving.case import Case, Receiver
from gateway.receiving.entry import ByHand
from gateway.receiving.found import find
from gateway.receiving.posting import check_key
from gateway.receiving.reception import Reception
from gateway.receiving.register import Register
from gateway.receiving.rules import RULES
from gateway.receiving.settling import Desk, Progress, settle


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
    progress: Progress | None = None,
    arrived: datetime | None = None,
    by_hand: ByHand | None = None,
) -> Reception:
    """Receives the package that ``files`` name; see the room's docstring.

    ``allowed_signers``: the file's text. ``key``: the receiver's private key (OpenSSH). ``register``: the SQLite file.
    ``receipts``, ``unpack``: folders; None unpacks nothing. ``now``, ``arrived`` (default ``now``): aware.
    Raises PackageRefusedError, which carries the Reception, when a check fails; InputError when no package is found;
    ConfigurationError for keys and folders that don't fit; IntegrityError when register or receipts were changed."""
    signers = read_allowed_signers(allowed_signers)
    check_key(key, recipient, signers, now)
    found = find(files)
    desk = Desk(
        key=key,
        register=register,
        receipts=receipts,
        unpack=unpack,
        arrived=arrived or now,
        by_hand=by_hand or ByHand(),
    )

    def case(book: Register) -> Case:
        return Case(
            found,
            Receiver(recipient=recipient, passphrase=passphrase.strip(), signers=signers, register=book, now=now),
        )

    return settle(case, RULES, slips.build, desk, progress)
