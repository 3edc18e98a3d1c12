"""Arrow tables: which columns are text, which are cleared by their type, which can't be searched at all."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from gateway.base.errors import PersonalDataError
from gateway.model.finding import Finding
from gateway.privacy.cells import Column, search, vocabulary_array
from gateway.privacy.cues import cued

TELLING = 10_000_000_000
"""A whole number from here on (11 digits) may be a telephone, card or identity number."""


def scan_table(table: pa.Table, *, vocabulary: frozenset[str] = frozenset(), file: str = "") -> list[Finding]:
    """Personal data in the columns of ``table``; ``location`` is ``column[row]``, rows from 0.

    ``vocabulary``: values that are known to be harmless (labels of code lists, titles): cleared by membership of the
    whole cell. Raises PersonalDataError for a column whose type can't be searched."""
    columns: list[Column] = []
    for name, values in columns_of(table):
        if values is None:
            raise PersonalDataError(
                f"列“{name}”的类型无法检索个人信息",
                f"column '{name}' has a type that can't be searched",
                safe=("没有任何数据送出", "nothing was sent"),
                next=("将该列转换为文本后重新检索", "convert the column to text and scan again"),
            )
        columns.append(Column(values=values, locate=_Place(name), context=(name,)))
    return list(search(columns, vocabulary_array(vocabulary), file))


class _Place:
    """``column[row]``."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, row: int) -> str:
        return f"{self._name}[{row}]"


def columns_of(table: pa.Table) -> Iterator[tuple[str, pa.Array | None]]:
    """(name, strings) of every column that is not cleared by its type; None for one that can't be searched."""
    for name, chunked in zip(table.column_names, table.columns, strict=True):
        yield from _texts(name, _one(chunked))


def _one(chunked: pa.ChunkedArray) -> pa.Array:
    combined = chunked.combine_chunks()
    return pa.concat_arrays(combined.chunks) if isinstance(combined, pa.ChunkedArray) else combined


def _texts(name: str, values: pa.Array) -> Iterator[tuple[str, pa.Array | None]]:
    kind = values.type
    if pa.types.is_dictionary(kind):
        yield from _texts(name, values.cast(kind.value_type))
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        yield name, values.cast(pa.large_string())
    elif pa.types.is_struct(kind):
        for number in range(kind.num_fields):
            yield from _texts(f"{name}.{kind.field(number).name}", values.field(number))
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        yield from _texts(name, pc.list_flatten(values))
    elif pa.types.is_null(kind) or pa.types.is_boolean(kind):
        return
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        if not _cleared_number(name, values):
            yield name, _as_text(values)
    elif pa.types.is_temporal(kind):
        if cued((name,)):
            yield name, values.cast(pa.string()).cast(pa.large_string())
    else:
        yield name, None


def _cleared_number(name: str, values: pa.Array) -> bool:
    """Numbers are cleared by type, unless the header announces an identifier or they are as long as one."""
    if cued((name,)):
        return False
    bounds = pc.min_max(values)
    low, high = bounds["min"].as_py(), bounds["max"].as_py()
    return low is None or (abs(low) < TELLING and abs(high) < TELLING)


def _as_text(values: pa.Array) -> pa.Array:
    """Whole numbers without a trailing .0, so that they read as they were meant."""
    text = values.cast(pa.float64()) if pa.types.is_float16(values.type) else values
    if pa.types.is_floating(text.type):
        whole = pc.and_(pc.equal(pc.floor(text), text), pc.less(pc.abs(text), 1e18))
        digits = pc.cast(pc.if_else(whole, text, None), pa.int64(), safe=False).cast(pa.large_string())
        return pc.coalesce(digits, text.cast(pa.large_string()))
    return text.cast(pa.large_string())


def as_bytes(values: pa.Array) -> Iterator[bytes]:
    """The buffers of an array of any type, as they lie in memory: whatever text is in it stands there."""
    if pa.types.is_dictionary(values.type):
        yield from as_bytes(values.dictionary)
    for buffer in values.buffers():
        if buffer is not None:
            yield buffer.to_pybytes()
