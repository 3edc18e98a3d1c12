"""Small text files as people make them: UTF-8 with or without a mark, or UTF-16 as Windows' own tools write it."""

import codecs
from pathlib import Path

from gateway.base.errors import InputError

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read_text(path: Path) -> str:
    """The text of the file at ``path``. Raises InputError when it can't be read, or is in another encoding."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} 无法读取", f"{path.name} can't be read") from error
    return decoded(data, path.name)


def decoded(data: bytes, name: str) -> str:
    """``data`` as text; ``name`` is what a message calls it. Raises InputError."""
    encoding = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} 的编码无法识别", f"{name} is in an encoding that is not understood", next=_AGAIN
        ) from error


_AGAIN = ("另存为 UTF-8 后重试", "save it as UTF-8 and try again")
