"""The four files of a package, found beside each other from whichever of them was named."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gateway.base.errors import InputError


class Part(StrEnum):
    """The files of a package by the ending of their names, the longest first."""

    SIGNATURE = ".manifest.json.sig"
    MANIFEST = ".manifest.json"
    PRIVACY = ".privacy.json"
    PACKAGE = ".zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where a package lies: ``<folder>/<stem><part>``. Its files may be missing."""

    folder: Path
    stem: str

    def path(self, part: Part) -> Path:
        """The place of ``part``."""
        return self.folder / f"{self.stem}{part.value}"

    def missing(self) -> list[Part]:
        """The parts that are not there as ordinary files."""
        return [part for part in Part if not self.path(part).is_file()]


def find(files: Sequence[Path]) -> Found:
    """The one package that ``files`` (any of its files, or a folder that holds only it) name. Raises InputError."""
    packages = {found for path in files for found in _of(path)}
    if len(packages) == 1:
        return packages.pop()
    if not packages:
        raise InputError(
            "没有找到交付包：应有 .zip、.privacy.json、.manifest.json 和 .manifest.json.sig",
            "no package found: a .zip, a .privacy.json, a .manifest.json and a .manifest.json.sig are expected",
        )
    raise InputError(
        f"这里有 {len(packages)} 个交付包，请只指定一个", f"{len(packages)} packages lie here: name one of them"
    )


def _of(path: Path) -> list[Found]:
    if path.is_dir():
        return [found for child in path.iterdir() if child.is_file() for found in _named(child)]
    if not path.is_file():
        raise InputError(f"文件不存在：{path.name}", f"no such file: {path.name}")
    found = _named(path)
    if not found:
        raise InputError(f"不是交付包的文件：{path.name}", f"not a file of a package: {path.name}")
    return found


def _named(path: Path) -> list[Found]:
    for part in Part:
        stem = path.name.removesuffix(part.value)
        if stem and stem != path.name:
            return [Found(folder=path.parent, stem=stem)] if not stem.startswith(".") else []
    return []
