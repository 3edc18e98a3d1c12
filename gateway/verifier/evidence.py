"""What lies before the verifier: four files, read once, and what they turn out to hold."""

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from gateway.verifier import shapes, zips
from gateway.verifier.report import Problem
from gateway.verifier.signatures import Trusted, trusted_keys

ENDINGS = {
    "signature": ".manifest.json.sig",
    "manifest": ".manifest.json",
    "privacy": ".privacy.json",
    "package": ".zip",
}
_MOST_BYTES = 1 << 30


class Evidence:
    """Each property is read or computed once, and raises Problem where that fails."""

    def __init__(
        self, package: Path, allowed_signers: str, passphrase: str | None, at: datetime, recipient: str | None
    ) -> None:
        self.named, self.at, self.recipient = package, at, recipient
        self._signers, self._passphrase = allowed_signers, passphrase

    @cached_property
    def trusted(self) -> list[Trusted]:
        """Whom to trust."""
        return trusted_keys(self._signers)

    @cached_property
    def place(self) -> tuple[Path, str]:
        """The folder of the four files, and what their names begin with."""
        inside = self.named.is_dir()
        candidates = list(self.named.iterdir()) if inside else [self.named]
        stems = {stem for path in candidates if path.is_file() and (stem := _stem(path.name))}
        if len(stems) != 1:
            raise Problem(
                f"应恰有一个数据包，找到 {len(stems)} 个", f"one package is expected, {len(stems)} were found"
            )
        return (self.named if inside else self.named.parent), stems.pop()

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The four files' bytes by their part."""
        folder, stem = self.place
        found = {}
        for part, ending in ENDINGS.items():
            path = folder / f"{stem}{ending}"
            try:
                with path.open("rb") as stream:
                    found[part] = stream.read(_MOST_BYTES + 1)
            except OSError as error:
                raise Problem(f"缺少 *{ending}，或无法读取", f"*{ending} is missing, or can't be read") from error
            if len(found[part]) > _MOST_BYTES:
                raise Problem(f"*{ending} 过大", f"*{ending} is too large")
        return found

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest, in its agreed shape."""
        return shapes.read(self.files["manifest"], shapes.MANIFEST)

    @cached_property
    def entries(self) -> list[zips.Entry]:
        """The zip's entries, as seen from outside."""
        return zips.structure(self.files["package"])

    @cached_property
    def contents(self) -> dict[str, bytes]:
        """The plain content of each entry."""
        return zips.contents(self.files["package"], (self._passphrase or "").strip())

    @cached_property
    def statement_bytes(self) -> bytes:
        """What the stewards signed."""
        if "statement.json" not in self.contents:
            raise Problem("压缩包中没有 statement.json", "there is no statement.json in the zip")
        return self.contents["statement.json"]

    @cached_property
    def statement(self) -> dict[str, Any]:
        """The statement, in its agreed shape."""
        return shapes.read(self.statement_bytes, shapes.STATEMENT)


def _stem(name: str) -> str | None:
    for ending in ENDINGS.values():
        if name.endswith(ending) and not name.startswith("."):
            return name.removesuffix(ending) or None
    return None
