"""The plain files of a received package, in a folder of their own: there as a whole, or not at all."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.base.files import PRIVATE, sync, write_atomic


def unpack(folder: Path, release: str, contents: Mapping[str, bytes]) -> Path:
    """Writes ``contents`` to ``<folder>/<release>/``, readable by their owner only; equal files there are left alone.

    Raises IntegrityError when other files lie there: nothing is overwritten."""
    target = folder / release
    if target.exists():
        if _differs(target, contents):
            raise IntegrityError(
                f"解压目录 {target.name} 中的文件与数据包不同，未覆盖",
                f"the files in the folder {target.name} differ from the package's: not overwritten",
                safe=("目录未作改动", "the folder is unchanged"),
                next=("移走该目录后再次执行 gateway receive", "move the folder away, then run gateway receive again"),
            )
        return target
    part = folder / f".{release}.part"
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=0o700)
        for name, data in contents.items():
            write_atomic(part / name, data, mode=PRIVATE)
        part.rename(target)
        sync(folder)
    except OSError as error:
        raise ConfigurationError(
            "解压的文件未能写入", "the unpacked files could not be written", safe=("尚未登记", "nothing was registered")
        ) from error
    return target


def _differs(folder: Path, contents: Mapping[str, bytes]) -> bool:
    try:
        return {path.name: path.read_bytes() for path in folder.iterdir()} != dict(contents)
    except OSError:  # not a folder, or something in it that is no readable file
        return True
