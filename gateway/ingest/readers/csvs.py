"""CSV and TSV: UTF-8 with or without BOM, or GB18030; any line end; quoted newlines; one pass, constant memory.

Only the named columns are converted. The reader is serial on purpose: row numbers stay exact. A blank line is no row
and has no number. A file that ends inside a quoted cell is refused, wherever it was cut."""

import csv
import io
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from gateway.base.errors import InputError
from gateway.ingest.readers.chunk import Chunk, check_columns, check_end, unreadable

BLOCK = 1 << 18
"""Bytes that are parsed at once; pyarrow reads 32 blocks ahead, and nothing makes it read fewer."""
ROWS = 1 << 15
"""Rows of a chunk, about: each costs the same few milliseconds, however many rows it has. With twice as many reading
holds 30 MB more and takes a tenth less."""
FIRST = 1 << 12
"""Rows of a file's first chunk."""
_SNIFF = 1 << 20
_END = "\x1c"


def read(path: Path, columns: Sequence[str], *, encoding: str, final_line_end: bool) -> Iterator[Chunk]:
    """Chunks of ``path``. Raises InputError for a wrong encoding, a missing column, or a file cut off."""
    encoding = _encoding(path, encoding)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    header = _header(path, encoding, delimiter)
    check_columns(path.name, columns, header)
    check_end(path, final_line_end)
    end = delimiter.join([_END] * (len(header) + 1))
    malformed: list[int] = []
    ends: list[int] = []

    def skip(row: pacsv.InvalidRow) -> str:
        (ends if row.text == end else malformed).append(row.number)
        return "skip"

    try:
        reader = pacsv.open_csv(
            _Ended(path, f"\n{end}\n".encode()),
            read_options=pacsv.ReadOptions(use_threads=False, block_size=BLOCK, encoding=encoding),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
            convert_options=pacsv.ConvertOptions(
                include_columns=list(columns),
                column_types=dict.fromkeys(columns, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
        yield from _chunks(path, reader, malformed)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise _wrong_encoding(path, encoding) if _is_encoding(error) else unreadable(path.name, error) from error
    if not ends:
        raise _open_quote(path)


def names(path: Path, *, encoding: str) -> list[str]:
    """The names of the columns, as the first row gives them."""
    return _header(path, _encoding(path, encoding), "\t" if path.suffix.lower() == ".tsv" else ",")


class _Ended(io.RawIOBase):
    """The file with one more row after it. Where that row does not come out of the parser as it went in, the file's
    end stands inside a quoted cell."""

    def __init__(self, path: Path, end: bytes) -> None:
        super().__init__()
        self._stream = path.open("rb")
        self._end = io.BytesIO(end)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # always to the brim: pyarrow stops at a block that holds a line end and nothing else
        done = self._stream.readinto(buffer)
        return done + self._end.readinto(memoryview(buffer)[done:])

    def close(self) -> None:
        self._stream.close()
        super().close()


def _chunks(path: Path, reader: pacsv.CSVStreamingReader, malformed: list[int]) -> Iterator[Chunk]:
    following, reported, read_bytes = 2, 0, 0
    size = path.stat().st_size
    for batch in _gathered(reader):
        read_bytes += batch.nbytes
        # the parser runs ahead: malformed rows of the next batch may be known already
        skipped = malformed[bisect_left(malformed, following) :]
        rows = np.arange(following, following + batch.num_rows + len(skipped))
        if skipped:
            rows = np.setdiff1d(rows, skipped, assume_unique=True)[: batch.num_rows]
        if len(rows):
            following = int(rows[-1]) + 1
        now = tuple(malformed[reported:])
        reported = len(malformed)
        if not len(rows) and not now:
            continue
        yield Chunk(
            file=path.name,
            rows=rows,
            columns={name: batch.column(name) for name in batch.schema.names},
            malformed=now,
            position=min(1.0, read_bytes / size),
        )
    if reported < len(malformed):
        empty = pa.array([], pa.string())
        columns = dict.fromkeys(reader.schema.names, empty)
        rows = np.empty(0, np.int64)
        yield Chunk(file=path.name, rows=rows, columns=columns, malformed=tuple(malformed[reported:]), position=1.0)


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of ROWS rows or a little more; a first one of FIRST, for who wants no others."""
    held: list[pa.RecordBatch] = []
    enough = FIRST
    for batch in batches:
        held.append(batch)
        if sum(b.num_rows for b in held) >= enough:
            yield pa.concat_batches(held)
            held, enough = [], ROWS
    if held:
        yield pa.concat_batches(held)


def _encoding(path: Path, declared: str) -> str:
    """The declared encoding, or for ``auto`` UTF-8 when the file's beginning is valid UTF-8, else GB18030."""
    if declared != "auto":
        return declared
    with path.open("rb") as stream:
        head = stream.read(_SNIFF)
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_at_the_end = error.end >= len(head) - 3 and len(head) == _SNIFF
        return "utf-8" if cut_at_the_end else "gb18030"
    return "utf-8"


def _header(path: Path, encoding: str, delimiter: str) -> list[str]:
    with path.open("rb") as stream:
        head = stream.read(_SNIFF)
    text = head.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])


def _is_encoding(error: Exception) -> bool:
    return isinstance(error, UnicodeDecodeError) or "UTF8" in str(error).upper().replace("-", "")


def _wrong_encoding(path: Path, encoding: str) -> InputError:
    return InputError(
        f"{path.name} 不是 {encoding.upper()} 编码",
        f"{path.name} is not {encoding.upper()}",
        safe=("没有生成任何结果", "nothing was produced"),
        next=(
            "在数据源契约中设 encoding(utf-8 或 gb18030)",
            "set encoding in the source contract (utf-8 or gb18030)",
        ),
    )


def _open_quote(path: Path) -> InputError:
    return InputError(
        f"{path.name} 在引号内结束：文件被截断，或有引号未成对",
        f"{path.name} ends inside a quoted cell: it was cut off, or a quote has no partner",
        safe=("没有生成任何结果", "nothing was produced"),
        next=("重新导出该文件后运行同一命令", "export the file again and run the same command"),
    )
