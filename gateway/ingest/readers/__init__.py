"""Reading a platform's extract: any format gives the same chunks of text columns with their row numbers."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from gateway.base.errors import InputError
from gateway.ingest.readers import csvs, database, jsonlines, parquet, xlsx
from gateway.ingest.readers.chunk import Chunk

__all__ = ["Chunk", "columns_of", "files_of", "read", "read_table"]

_NAMES = {
    ".csv": csvs.names,
    ".tsv": csvs.names,
    ".xlsx": xlsx.names,
    ".jsonl": jsonlines.names,
    ".ndjson": jsonlines.names,
    ".parquet": parquet.names,
}
_READERS = {
    ".csv": csvs.read,
    ".tsv": csvs.read,
    ".xlsx": xlsx.read,
    ".jsonl": jsonlines.read,
    ".ndjson": jsonlines.read,
    ".parquet": parquet.read,
}


def files_of(folder: Path, source: str) -> list[Path]:
    """The files of one feed: ``source`` is a file, a folder of files, or a file's name without its ending.

    Raises InputError when there is none, or when two formats claim the name."""
    if not folder.is_dir():
        raise InputError("数据目录不存在", "the extract's folder does not exist", next="gateway doctor")
    place = folder / source
    if place.is_dir():
        found = sorted(p for p in place.iterdir() if p.is_file() and p.suffix.lower() in _READERS)
    elif place.is_file():
        found = [place]
    else:
        found = sorted(p for p in folder.iterdir() if p.stem == source and p.suffix.lower() in _READERS)
        if len(found) > 1:
            endings = "、".join(p.suffix for p in found)
            raise InputError(
                f"{source} 有多个文件({endings}),无法确定读哪一个",
                f"{source} exists in several formats ({endings}): which one is meant can't be told",
                next=("在数据源契约里写明文件名", "name the file in the source contract"),
            )
    if not found:
        raise InputError(
            f"找不到 {source} 的数据文件",
            f"there is no file for {source}",
            safe=("没有生成任何结果", "nothing was produced"),
            next=("放入数据文件后重新运行同一命令", "put the file there and run the same command again"),
        )
    return found


def read(path: Path, columns: Sequence[str], *, encoding: str, final_line_end: bool) -> Iterator[Chunk]:
    """The chunks of one file, only ``columns``. Raises InputError when it can't be read as what its name says."""
    _check(path)
    return _READERS[path.suffix.lower()](path, columns, encoding=encoding, final_line_end=final_line_end)


def columns_of(path: Path, *, encoding: str) -> list[str]:
    """The names of a file's columns, in order. Raises InputError as ``read`` does."""
    _check(path)
    return _NAMES[path.suffix.lower()](path, encoding=encoding)


def _check(path: Path) -> None:
    if not path.is_file():
        raise InputError(f"找不到文件 {path.name}", f"there is no file {path.name}", safe=_NOTHING, next=_AGAIN)
    if path.stat().st_size == 0:
        raise InputError(f"{path.name} 是空文件", f"{path.name} is empty", safe=_NOTHING, next=_AGAIN)
    if path.suffix.lower() not in _READERS:
        raise InputError(
            f"{path.name} 的格式不受支持", f"{path.name}: the format is not supported", safe=_NOTHING, next=_AGAIN
        )


_NOTHING = ("没有生成任何结果", "nothing was produced")
_AGAIN = ("重新导出该文件后运行同一命令", "export the file again and run the same command")


def read_table(connection: str, table: str, columns: Sequence[str]) -> Iterator[Chunk]:
    """The chunks of a database table, read through Ibis where the data live."""
    return database.read(connection, table, columns)
