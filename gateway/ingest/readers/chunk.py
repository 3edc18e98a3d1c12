"""What every reader yields."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gateway.base.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Rows of one file: text columns (None = empty cell), each row's number as a person sees it in the file (the
    header is row 1), the numbers of malformed rows that were skipped, and bytes of the file read so far."""

    file: str
    rows: npt.NDArray[np.int64]
    columns: Mapping[str, pa.Array]
    malformed: tuple[int, ...] = field(default=())
    position: float = 0.0


def check_columns(file: str, wanted: Sequence[str], present: Sequence[str]) -> None:
    """Raises InputError naming the contract's columns that the file lacks or has twice."""
    lacking = [name for name in wanted if name not in present]
    twice = [name for name in wanted if list(present).count(name) > 1]
    if lacking or twice:
        names = "、".join(lacking + twice)
        raise InputError(
            f"{file}:契约要求的列缺失、改名或重复：{names}",
            f"{file}: columns of the contract are missing, renamed or doubled: {names}",
            safe=("没有读取任何数据行", "no row was read"),
            next=("核对导出文件的表头，或修改数据源契约", "check the extract's header, or change the source contract"),
        )


def check_end(path: Path, final_line_end: bool) -> None:
    """A file that does not end with a line end was cut off, unless the contract says that its writer leaves it out.

    Raises InputError."""
    with path.open("rb") as stream:
        stream.seek(-1, io.SEEK_END)
        last = stream.read(1)
    if final_line_end and last not in b"\r\n":
        raise InputError(
            f"{path.name} 末尾没有换行：文件可能被截断",
            f"{path.name} does not end with a line end: it was probably cut off",
            safe=("没有生成任何结果", "nothing was produced"),
            next=(
                "重新导出；如平台导出本来如此，在契约中设 final_line_end = false",
                "export it again; if the platform always writes it so, set final_line_end = false in the contract",
            ),
        )


def unreadable(file: str, error: Exception) -> InputError:
    """An InputError for a file that is not what its name says; the cause's kind only, since its text may hold data."""
    return InputError(
        f"{file} 无法读取：文件不完整或格式不符({type(error).__name__})",
        f"{file} can't be read: truncated, or not what its name says ({type(error).__name__})",
        safe=("没有生成任何结果", "nothing was produced"),
        next=("重新导出该文件后运行同一命令", "export the file again and run the same command"),
    )
