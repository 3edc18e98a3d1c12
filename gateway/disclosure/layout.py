"""A protected table laid out for reading: the second dimension's codes are rows, the first one's are columns.

The columns go block by block, each a code with those right below it; further dimensions are parts of the page. By the
declaration alone, so that a table looks the same every month."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from gateway.disclosure.declaration import TOTAL
from gateway.disclosure.microdata import Microdata
from gateway.disclosure.protect import ProtectedCell
from gateway.model.cells import Place

_WIDE = 12
"""Columns that fit on a sheet beside the block's own."""


class Laid(Protocol):
    """A table that can be laid out: its cells, and the codes above each lowest one."""

    @property
    def cells(self) -> tuple[ProtectedCell, ...]:
        """The cells."""
        ...

    @property
    def records(self) -> Microdata:
        """Their records."""
        ...


@dataclass(frozen=True, slots=True)
class Tree:
    """The codes of one dimension that a table shows, from the top down: each one's depth, and those right below it."""

    depth: Mapping[str, int]
    below: Mapping[str, Sequence[str]]

    @property
    def tops(self) -> list[str]:
        """The codes with nothing above them."""
        return [code for code, depth in self.depth.items() if depth == 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A code, how deep it stands, and its cells; None where there is nothing, which everybody knows."""

    code: str
    depth: int
    cells: tuple[ProtectedCell | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A grid. ``part``: the codes of the third and further dimensions. ``head``: the code whose columns these are;
    None for several tops side by side. ``continued``: more columns of the block before it."""

    part: Place
    head: str | None
    continued: bool
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def cells(self) -> list[ProtectedCell]:
        """The cells that stand in it."""
        return [cell for row in self.rows for cell in row.cells if cell is not None]


def trees(table: Laid) -> list[Tree]:
    """Each dimension's tree of shown codes."""
    return [_tree(above, {cell.place[at] for cell in table.cells}) for at, above in enumerate(table.records.above)]


def blocks(table: Laid) -> list[Block]:
    """The grids in reading order. With one dimension a single column."""
    found = trees(table)
    cells = {cell.place: cell for cell in table.cells}
    if len(found) == 1:
        rows = [Row(code=code, depth=depth, cells=(cells[(code,)],)) for code, depth in found[0].depth.items()]
        return [Block(part=(), head=None, continued=False, columns=("",), rows=tuple(rows))]
    across, down, *further = found
    made = (
        _block(cells, part, head, continued, columns, down)
        for part in product(*(tree.depth for tree in further))
        for head, continued, columns in _columns(across)
    )
    return [block for block in made if block.rows]


def _tree(above: Mapping[str, Place], shown: set[str]) -> Tree:
    """Codes that are not shown are left out; what is below them hangs on the next one above."""
    chains = {tuple(code for code in reversed((lowest, *ups)) if code in shown) for lowest, ups in above.items()}
    depth: dict[str, int] = {}
    below: dict[str, list[str]] = {}
    for chain in sorted(chains, key=lambda chain: [(code != TOTAL, code) for code in chain]):
        for at, code in enumerate(chain):
            if code not in depth:
                depth[code] = at
                if at:
                    below.setdefault(chain[at - 1], []).append(code)
    return Tree(depth, below)


def _columns(tree: Tree) -> Iterator[tuple[str | None, bool, tuple[str, ...]]]:
    heads: list[tuple[str | None, Sequence[str]]] = []
    if len(tree.tops) > 1:
        heads.append((None, tree.tops))
    heads += [(code, tree.below.get(code, ())) for code in tree.depth if code in tree.below or tree.tops == [code]]
    for head, codes in heads:
        sheets = max(-(-len(codes) // _WIDE), 1)
        wide = max(-(-len(codes) // sheets), 1)
        for sheet in range(sheets):
            first = () if head is None else (head,)
            yield head, sheet > 0, (*first, *codes[sheet * wide : (sheet + 1) * wide])


def _block(
    cells: Mapping[Place, ProtectedCell],
    part: Place,
    head: str | None,
    continued: bool,
    columns: tuple[str, ...],
    down: Tree,
) -> Block:
    rows = (
        Row(code=code, depth=depth, cells=tuple(cells.get((column, code, *part)) for column in columns))
        for code, depth in down.depth.items()
    )
    filled = tuple(row for row in rows if any(row.cells))
    return Block(part=part, head=head, continued=continued, columns=columns, rows=filled)
