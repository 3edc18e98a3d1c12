"""The newest head, kept in another place than the ledger: whoever puts an old copy in the ledger's place is found.

The anchor is written after the entry is on the disk; a crash between the two leaves it one entry behind, which every
longer ledger still fits. It can be lost (a restored deployment begins a new one); it can't be half-written."""

import json
from pathlib import Path

from gateway.base import canonical
from gateway.base.errors import IntegrityError
from gateway.base.files import PRIVATE, write_atomic
from gateway.model.documents import LedgerHead


def read(path: Path | None) -> tuple[LedgerHead, ...]:
    """The head at ``path``; none when there is no such file. Raises IntegrityError when it is no head."""
    if path is None or not path.is_file():
        return ()
    try:
        return (LedgerHead.model_validate(json.loads(path.read_bytes()), strict=True),)
    except ValueError as error:  # pydantic's and json's errors are ValueErrors
        raise IntegrityError(
            f"{path.name} 已损坏，不是账本头",
            f"{path.name} is damaged: it is no ledger head",
            next="gateway ledger verify",
        ) from error


def write(path: Path, head: LedgerHead) -> None:
    """Puts ``head`` at ``path``, unless a longer one lies there: of two writers the later entry counts."""
    if any(kept.length >= head.length for kept in read(path)):
        return
    write_atomic(path, canonical.encode(head.model_dump(mode="json")), mode=PRIVATE)
