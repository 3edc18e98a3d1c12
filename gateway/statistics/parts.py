"""Who has how much of the finest cells: what disclosure control has to know of contributors, and no more.

Of employer groups each part of each inner cell, from the finest tables of a population only: coarser ones are sums of
them. Of persons only who is alone in a cell. Kept as one Parquet file, which the release's store encrypts."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from gateway.model.cells import Key, Parts, Place, key_of
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Measure, TableSpec

_TEXT = pa.dictionary(pa.int32(), pa.string())
_SCHEMA = pa.schema({"population": _TEXT, "kind": _TEXT, "cell": _TEXT, "contributor": pa.uint64(), "part": pa.int64()})


def finest(specs: Sequence[TableSpec], spec: TableSpec, measure: Measure) -> bool:
    """Whether no other table breaks the same numbers down at least as far: then ``spec`` has inner cells of them."""
    mine = {dimension.name: set(dimension.levels) for dimension in spec.dimensions}
    for other in specs:
        levels = {dimension.name: set(dimension.levels) for dimension in other.dimensions}
        same = any((m.population, m.counted) == (measure.population, measure.counted) for m in other.measures)
        covers = same and all(name in levels and shown <= levels[name] for name, shown in mine.items())
        if covers and (levels != mine or specs.index(other) < specs.index(spec)):
            return False
    return True


def leaves(hierarchy: Hierarchy, levels: tuple[str, ...]) -> dict[str, str]:
    """For each code of the list the one shown code that has nothing shown below it and holds its records."""
    shown = hierarchy.at(levels)
    above = {hierarchy.up(node.code, levels) for node in shown}
    last = {node.code for node in shown} - above
    found = {
        node.code: [code for code in hierarchy.shown(node.code, levels) if code in last] for node in hierarchy.nodes
    }
    return {code: lowest[0] for code, lowest in found.items() if lowest}


class Holdings:
    """Collects parts while a month is counted."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, dict[Key, dict[int, int]]]] = {}

    def add(
        self,
        spec: TableSpec,
        measure: Measure,
        rows: Iterator[tuple[Place, int, int]],
        hierarchies: Mapping[str, Hierarchy],
    ) -> None:
        """Takes (place, contributor, part) rows of one table."""
        cells = self._found.setdefault(measure.population, {}).setdefault(measure.counted, {})
        keys: dict[Place, Key] = {}
        for place, who, part in rows:
            if place not in keys:
                keys[place] = key_of(spec, place, hierarchies)
            cells.setdefault(keys[place], {})[who] = part

    @property
    def parts(self) -> Parts:
        """All of them."""
        return self._found


def write_parts(parts: Parts) -> bytes:
    """Parquet, the same bytes for the same parts. Plain: to be sealed."""
    rows = [
        (population, kind, name, who, part)
        for population, kinds in sorted(parts.items())
        for kind, cells in sorted(kinds.items())
        for cell, holders in sorted(cells.items(), key=lambda item: sorted(item[0]))
        for name in (json.dumps(sorted(cell), ensure_ascii=False),)
        for who, part in sorted(holders.items())
    ]
    columns = zip(*rows, strict=True) if rows else [()] * len(_SCHEMA)
    arrays = [
        pa.array(column, _SCHEMA.field(at).type) if at > 2 else pa.array(column, pa.string()).dictionary_encode()
        for at, column in enumerate(columns)
    ]
    sink = io.BytesIO()
    pq.write_table(
        pa.Table.from_arrays([a.cast(f.type) for a, f in zip(arrays, _SCHEMA, strict=True)], schema=_SCHEMA), sink
    )
    return sink.getvalue()


def read_parts(data: bytes) -> Parts:
    """The parts of ``write_parts``."""
    table = pq.read_table(io.BytesIO(data)).combine_chunks()
    found: dict[str, dict[str, dict[Key, dict[int, int]]]] = {}
    if not table.num_rows:
        return found
    listed = [_encoded(table[name]) for name in ("population", "kind", "cell")]
    codes = [indices for indices, _ in listed]
    changes = np.flatnonzero(np.logical_or.reduce([np.diff(indices) != 0 for indices in codes])) + 1
    populations, kinds, cells = (words for _, words in listed)
    names = [frozenset((name, code) for name, code in json.loads(cell)) for cell in cells]
    who, part = (table[name].to_numpy().tolist() for name in ("contributor", "part"))
    for start, end in pairwise([0, *changes.tolist(), table.num_rows]):  # a cell's rows stand together
        population, kind, cell = (indices[start] for indices in codes)
        holders = found.setdefault(populations[population], {}).setdefault(kinds[kind], {})
        holders.setdefault(names[cell], {}).update(zip(who[start:end], part[start:end], strict=True))
    return found


def _encoded(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int32], list[str]]:
    """A text column as numbers and the words that they stand for."""
    encoded = column.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    return encoded.indices.to_numpy(), encoded.dictionary.to_pylist()
