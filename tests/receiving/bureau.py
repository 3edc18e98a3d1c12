"""A receiver's folders, and the command on them."""

from pathlib import Path
from typing import Any

import pytest

from gateway.base.errors import Exit
from gateway.model.documents import Receipt
from gateway.receiving import PackageRefusedError, Reception, receive
from tests.package_factory import ALLOWED_SIGNERS, BUREAU, NOW, PASSPHRASE, RECIPIENT, RELEASE


class Bureau:
    """A receiver's folders, and the command on them."""

    def __init__(self, folder: Path) -> None:
        self.inbox, self.receipts, self.files = folder / "inbox", folder / "receipts", folder / "files"
        self.register = folder / "register.db"

    def receive(self, *named: Path, **changes: Any) -> Reception:
        arguments: dict[str, Any] = {
            "passphrase": PASSPHRASE,
            "allowed_signers": ALLOWED_SIGNERS,
            "recipient": RECIPIENT,
            "key": BUREAU,
            "register": self.register,
            "receipts": self.receipts,
            "unpack": self.files,
            "now": NOW,
        }
        return receive(named or [self.inbox], **(arguments | changes))

    def refused(self, *named: Path, **changes: Any) -> Reception:
        with pytest.raises(PackageRefusedError) as caught:
            self.receive(*named, **changes)
        assert caught.value.exit is Exit.INTEGRITY
        return caught.value.reception

    def receipt(self, release: str = RELEASE) -> Receipt:
        return Receipt.model_validate_json((self.receipts / f"{release}.R1.json").read_bytes())
