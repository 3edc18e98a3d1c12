"""The stewards' page of a protected table: what is withheld and by which rule, what it costs, what it is good for.

Secret: it stays on the platform. It holds the published values; of a withheld cell its mark and its rule, never its
value or its contributors. One HTML file without scripts that opens offline; the same table gives the same bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.disclosure.declaration import TOTAL, Declaration
from gateway.disclosure.layout import Block, blocks
from gateway.disclosure.losses import Change, by_level, changes, levels_of, loss
from gateway.disclosure.microdata import Microdata
from gateway.disclosure.protect import ProtectedCell, ProtectedTable
from gateway.disclosure.risk import Risk
from gateway.disclosure.rules import GroupDisclosure
from gateway.model.cells import Place, Status

Say = Callable[[str, str], str]
_LISTED = 200
"""So many changed cells are listed one by one; the others stand in the grids only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reason:
    """A rule as the page words it: the short mark in a cell, and what it means."""

    short: str
    meaning: str
    cells: int
    sign: str = "■"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What a page draws. ``titles``: how the dimensions are called; for each of them ``labels``: what its codes are
    called, and ``levels``: on which level they stand; ``level_names``: what levels are called."""

    spec: Declaration
    cells: tuple[ProtectedCell, ...]
    records: Microdata
    titles: tuple[str, ...]
    labels: tuple[Mapping[str, str], ...]
    levels: tuple[Mapping[str, str], ...]
    level_names: Mapping[str, str] = field(default_factory=dict)

    def label(self, at: int, code: str, total: str) -> str:
        """A code of dimension ``at`` in words."""
        return self.labels[at].get(code, total if code == TOTAL else code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """A grid with its title and what the list of contents says of it."""

    number: int
    title: str
    block: Block
    hidden: int
    shown: int


def page(
    table: ProtectedTable,
    risk: Risk,
    *,
    name: str,
    previous: Mapping[Place, Status] | None = None,
    chinese: bool = True,
) -> bytes:
    """The page, UTF-8. ``risk``: when only the sensitive cells are withheld. ``name``: what the table is called.

    ``previous``: the statuses of the table before; without it nothing is said of changes."""
    drawing = Drawing(
        spec=table.spec,
        cells=table.cells,
        records=table.records,
        titles=tuple(axis.name for axis in table.spec.dimensions),
        labels=tuple({} for _ in table.spec.dimensions),
        levels=levels_of(table),
    )
    return draw(drawing, risk, name=name, previous=previous, chinese=chinese)


def draw(
    table: Drawing, risk: Risk, *, name: str, previous: Mapping[Place, Status] | None = None, chinese: bool = True
) -> bytes:
    """The page of a drawing; see ``page``."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("gateway.disclosure", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent}

    def say(zh: str, en: str) -> str:
        return zh if chinese else en

    changed = changes(table, previous or {})
    content = _content(table, changed, say)
    text = environment.get_template("page.html").render(
        t=say, chinese=chinese, name=name, risk=risk, compared=previous is not None, **content
    )
    return text.encode()


def percent(share: float) -> str:
    """``14.6%``; a small share is not told as none, nor a large one as all."""
    if 0 < share < 0.0005:
        return "<0.1%"
    return ">99.9%" if 0.9995 <= share < 1 else f"{share:.1%}"


def _content(table: Drawing, changed: Mapping[Place, Change], say: Say) -> dict[str, Any]:
    reasons = _reasons(table, say)
    sheets = [
        _Sheet(
            number=number,
            title=_title(table, block, say),
            block=block,
            hidden=sum(changed.get(cell.place) is Change.HIDDEN for cell in block.cells),
            shown=sum(changed.get(cell.place) is Change.SHOWN for cell in block.cells),
        )
        for number, block in enumerate(blocks(table), start=1)
    ]
    cells = {cell.place: cell for cell in table.cells}
    return {
        "axes": table.titles,
        "label": lambda at, code: table.label(at, code, say("合计", TOTAL)),
        "loss": loss(table.cells),
        "levels": [(axis, table.level_names.get(level, level), part) for axis, level, part in by_level(table)],
        "reasons": reasons,
        "reason": lambda cell: _reason(cell, reasons),
        "sheets": sheets,
        "loss_of": loss,
        "change": lambda cell: changed[cell.place].value if cell.place in changed else "",
        "changes": [(cells[place], change.value) for place, change in list(changed.items())[:_LISTED]],
        "hidden": sum(change is Change.HIDDEN for change in changed.values()),
        "shown": sum(change is Change.SHOWN for change in changed.values()),
    }


def _reason(cell: ProtectedCell, reasons: Mapping[str, _Reason]) -> str:
    return "·".join(reasons[rule].short for rule in cell.rules)


def _reasons(table: Drawing, say: Say) -> dict[str, _Reason]:
    """Every rule of the declaration, by its name."""
    limits = table.spec.rules
    n, k = limits.dominance or (0, 0)
    worded = {
        "minimum-groups": (
            say("少", "few"),
            say(f"单位少于 {limits.minimum_groups} 家", f"fewer than {limits.minimum_groups} contributor groups"),
        ),
        "minimum-persons": (
            say("少", "few"),
            say(f"人数少于 {limits.minimum_persons} 人", f"fewer than {limits.minimum_persons} persons"),
        ),
        "p-percent": (
            "p%",
            say(
                f"第二大单位可把最大单位的数推算到 {limits.p_percent}% 以内",
                f"the second largest group can estimate the largest to within {limits.p_percent}%",
            ),
        ),
        "dominance": (
            say("占", "dom"),
            say(
                f"占优：最大的 {n} 家合计超过 {k}%",
                f"dominance: the {n} largest groups hold more than {k}%"
                if n > 1
                else f"one group holds more than {k}%",
            ),
        ),
    }
    names = [rule.name for rule in limits.parameters.rules(table.spec.model)]
    counts = {name: sum(name in cell.rules and cell.status is Status.PRIMARY for cell in table.cells) for name in names}
    found = {name: _Reason(short=worded[name][0], meaning=worded[name][1], cells=counts[name]) for name in names}
    if limits.group_disclosure:
        found[GroupDisclosure.name] = _Reason(
            short=say("零", "zero"),
            meaning=say(
                "一类囊括全体：为此隐去的零",
                "group disclosure (one category holds everyone): zeros withheld for it",
            ),
            cells=sum(GroupDisclosure.name in cell.rules for cell in table.cells),
            sign="□",
        )
    return found


def _title(table: Drawing, block: Block, say: Say) -> str:
    """``region C03 · band B01``."""
    codes = [(0, block.head), *enumerate(block.part, start=2)]
    names = [(table.titles[at], table.label(at, code, say("合计", TOTAL)) if code else "") for at, code in codes]
    parts = [f"{name} {code}" if code else name for name, code in names]
    return " · ".join(parts) + (say("（续）", " (continued)") if block.continued else "")
