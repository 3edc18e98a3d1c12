"""The tables as they leave, against what they were made of: every mark and value, and where derived figures stand."""

from collections.abc import Mapping
from typing import Any

from gateway.verifier import tables as csv_tables
from gateway.verifier.month.figures import NOTHING, Figures
from gateway.verifier.month.lists import Key, Place, Table
from gateway.verifier.report import Problem

Rows = Mapping[Place, Mapping[str, tuple[str, str]]]
"""Place → figure's name → value and mark, as texts."""


def read_rows(data: bytes, table: Table, period: str, *, others: bool = False) -> Rows:
    """The rows of a table's CSV. ``others``: it may have figures that are not the table's. Raises Problem."""
    csv_tables.check(data, period)
    header, *lines = csv_tables.records(data)
    width = len(table.axes)
    if header[1 : 1 + 2 * width : 2] != [f"{axis.name}_code" for axis in table.axes]:
        raise Problem(f"{table.name} 的维度不是声明的", f"the dimensions of {table.name} are not those declared")
    names = header[1 + 2 * width :: 2]
    declared = {*(measure.name for measure in table.measures), *table.derived}
    if not declared <= set(names) or (set(names) - declared and not others):
        raise Problem(f"{table.name} 的指标不是声明的", f"the figures of {table.name} are not those declared")
    found = {}
    for line in lines:
        codes = zip(table.axes, line[1 : 1 + 2 * width : 2], strict=True)
        place = tuple(_plain(code, axis.codes.level) for axis, code in codes)
        table.key(place)
        values = line[1 + 2 * width :]
        found[place] = dict(zip(names, zip(values[::2], values[1::2], strict=True), strict=True))
    return found


def _plain(code: str, known: Mapping[str, Any]) -> str:
    """Without the apostrophe that keeps spreadsheets from taking a code for a formula."""
    return code[1:] if code not in known and code.startswith("'") else code


def check_rows(rows: Rows, table: Table, figures: Figures, statuses: Mapping[str, Mapping[Key, str]]) -> None:
    """Raises Problem unless exactly the cells with status published are shown, with their values; what is not listed
    is zero, and not withheld; and no derived figure stands beside a withheld term of it. ``statuses``: of each
    population, in whatever table a cell stands."""
    wrong = 0
    for measure in table.measures:
        cells, status = figures[measure.name], statuses[measure.population]
        withheld = {table.place(key) for key, one in status.items() if one != "published"}
        wrong += len((cells.keys() | withheld - {None}) - rows.keys())
        for place, row in rows.items():
            shown = ("", "C") if place in withheld else (str(cells.get(place, NOTHING).value), "A")
            wrong += row[measure.name] != shown
    if wrong:
        raise Problem(
            f"{table.name} 有 {wrong} 个数字与状态不符", f"{wrong} figures of {table.name} do not fit their status"
        )
    given = sum(
        row[name][1] == "A" and any(row[term][1] != "A" for term in terms)
        for row in rows.values()
        for name, terms in table.derived.items()
    )
    if given:
        raise Problem(
            f"{table.name} 有 {given} 个派生数字的依据已隐去",
            f"{given} derived figures of {table.name} stand beside a term that is withheld",
        )
