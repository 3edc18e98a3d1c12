"""How the deployment's own release history begins, as a person states it; what was published before is read from CSV.

A file is one table's, with the columns that the table has in a package, for one month or several. What is not as
agreed, does not add up, or tells a figure by a derived one is refused with its reason: nothing is taken in then."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from gateway.base.errors import DisclosureError, InputError
from gateway.disclosure import NoWorldError, UnsolvedError, world_of
from gateway.model.cells import Key, Mark, Place, PublishedTable, Shown, key_of
from gateway.model.period import Period
from gateway.model.table import Change, Quartile, Ratio, Share, TableSpec
from gateway.package import columns
from gateway.release.history.chain import History
from gateway.release.history.past import BEFORE_GATEWAY, Imported
from gateway.release.site.deployment import Deployment
from gateway.release.terms.opening import check_month_is_over

_SAFE = ("没有导入任何数字", "no figure was imported")
_MARKS = {mark.value: mark for mark in (Mark.NORMAL, Mark.WITHHELD, Mark.MISSING)}
_DIGITS = 15
Rows = dict[Place, dict[str, Shown]]


def begin_own(deployment: Deployment, files: Sequence[Path], *, now: datetime) -> dict[str, Any]:
    """States what was published before the gateway: nothing, or what is in ``files``; signed and recorded.

    Raises ConfigurationError when it is stated already, or something was released, InputError for a file that is not
    as agreed: nothing is stated then."""
    with deployment.lock():
        History(deployment).begin(read_imports(deployment, files, now), now)
    return told_own(deployment)


def told_own(deployment: Deployment) -> dict[str, Any]:
    """What ``gateway history show --json`` prints of the deployment's own history, without a figure."""
    history = History(deployment)
    stated, entries = history.beginning, history.entries
    return {
        "exchange": deployment.terms.id,
        "head": history.head(),
        "before": stated.before if stated else None,
        "at": stated.at if stated else None,
        "signed": stated.sender if stated else None,
        "imported": sum(one.shown for one in stated.imported) if stated else 0,
        "releases": list(dict.fromkeys(str(entry["release"]) for entry in entries)),
        "destroyed": [str(entry["release"]) for entry in entries if "kept" in entry],
    }


def read_imports(deployment: Deployment, files: Sequence[Path], now: datetime) -> list[Imported]:
    """What ``files`` say was published, a release of revision 0 a month, in order. Raises InputError."""
    months: dict[Period, dict[str, PublishedTable]] = {}
    for path in files:
        spec, found = _read(path, deployment)
        for period, rows in found.items():
            check_month_is_over(period, now)
            if spec.name in months.setdefault(period, {}):
                raise _refused(path, f"{period} 的 {spec.name} 已导入", f"{spec.name} of {period} is imported twice")
            exact = spec.model_copy(update={"rounding": None})
            months[period][spec.name] = PublishedTable(spec=exact, rows=rows)
    order = [spec.name for spec in deployment.tables]
    made = []
    for period in sorted(months):
        tables = [months[period][name] for name in order if name in months[period]]
        _check_one_mark(period, tables, deployment)
        _check_changes(period, tables, months.get(period.previous, {}))
        try:
            world_of(tables, [], deployment.hierarchies)
        except NoWorldError as error:
            raise InputError(
                f"{period} 的 {error.table} 加总不符：部分与合计不一致",
                f"{error.table} of {period} does not add up: parts do not fit their totals",
                safe=_SAFE,
            ) from error
        except UnsolvedError as error:
            raise DisclosureError(
                f"{period} 的表是否加总相符，在求解限度内未能判定",
                f"whether the tables of {period} add up could not be told within the solver's limits",
                safe=_SAFE,
                next=(
                    "重试；仍不行时，只导入隐去单元较少的表",
                    "try again; if that does not help, import only tables with fewer withheld cells",
                ),
            ) from error
        release = str(deployment.terms.release(period, revision=BEFORE_GATEWAY))
        made.append(Imported(release=release, tables=tables))
    return made


def _read(path: Path, deployment: Deployment) -> tuple[TableSpec, dict[Period, Rows]]:
    header, body = _lines(path)
    specs = [spec for spec in deployment.tables if _header(spec, deployment) == header]
    specs = [spec for spec in specs if spec.name == path.stem] or specs
    if len(specs) != 1 or not body:
        raise _refused(
            path,
            "列与任何一张表都不同，或没有数据行",
            "its columns are not those of one of the tables, or it has no rows",
        )
    found: dict[Period, Rows] = {}
    for number, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise _refused(path, f"第 {number} 行的列数与表头不同", f"row {number} has another number of cells")
        line = dict(zip(header, row, strict=True))
        period, place, shown = _row(path, number, line, specs[0], deployment)
        rows = found.setdefault(period, {})
        if place in rows:
            raise _refused(path, f"第 {number} 行重复", f"row {number} stands twice")
        rows[place] = shown
    for period, rows in found.items():
        _check_told(path, specs[0], period, rows, deployment)
    return specs[0], found


def _lines(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file, strict=True))
    except (OSError, ValueError, csv.Error) as error:
        raise _refused(path, "无法作为 UTF-8 CSV 读取", "can't be read as UTF-8 CSV") from error
    return (lines[0], lines[1:]) if lines else ([], [])


def _header(spec: TableSpec, deployment: Deployment) -> list[str]:
    return [column.name for column in columns(spec, deployment.hierarchies)]


def _row(
    path: Path, number: int, line: Mapping[str, str], spec: TableSpec, deployment: Deployment
) -> tuple[Period, Place, dict[str, Shown]]:
    try:
        period = Period.parse(line["TIME_PERIOD"])
    except InputError as error:
        raise _refused(path, f"第 {number} 行的月份不符", f"row {number}: its month is not one") from error
    place = []
    for dimension in spec.dimensions:
        code, tree = line[f"{dimension.name}_code"].removeprefix("'"), deployment.hierarchies[dimension.hierarchy]
        if code not in tree or tree[code].level not in dimension.levels:
            raise _refused(
                path,
                f"第 {number} 行的 {dimension.name} 不在代码表公布的层级内",
                f"row {number}: its {dimension.name} is no code that the table shows",
            )
        place.append(code)
    shown = {}
    for figure in (*spec.measures, *spec.derived):
        one = _figure(line[figure.name], line[f"{figure.name}_status"], whole=figure in spec.measures)
        if one is None:
            raise _refused(
                path,
                f"第 {number} 行的 {figure.name} 不是带标记 A 的非负数，也不是空值加 C",
                f"row {number}: {figure.name} is neither a number of at least 0 with A nor empty with C",
            )
        shown[figure.name] = one
    return period, tuple(place), shown


def _figure(text: str, mark: str, *, whole: bool) -> Shown | None:
    """A figure as it was published; None where it is not as agreed."""
    kind = _MARKS.get(mark)
    if kind is Mark.NORMAL and whole:
        known = text.isascii() and text.isdigit() and len(text) <= _DIGITS
        return Shown(value=int(text), mark=kind) if known else None
    if kind is Mark.NORMAL:
        try:
            value = Decimal(text)
        except InvalidOperation:
            return None
        return Shown(value=value, mark=kind) if value.is_finite() and len(text) <= _DIGITS else None
    if kind is None or text or (whole and kind is Mark.MISSING):
        return None
    return Shown(value=None, mark=kind)


def _check_one_mark(period: Period, tables: Sequence[PublishedTable], deployment: Deployment) -> None:
    """Raises InputError where measures over the same contributors have different marks for a cell, in whatever table:
    the history knows one status of it."""
    marks: dict[tuple[str, Key], Mark] = {}
    for table in tables:
        for place, row in table.rows.items():
            key = key_of(table.spec, place, deployment.hierarchies)
            for measure in table.spec.measures:
                if marks.setdefault((measure.population, key), row[measure.name].mark) is not row[measure.name].mark:
                    raise _told(table.spec, period, measure.name)


def _check_changes(period: Period, tables: Sequence[PublishedTable], before: Mapping[str, PublishedTable]) -> None:
    """Raises InputError where a change tells what the month before withheld."""
    for table in tables:
        then = before[table.spec.name].rows if table.spec.name in before else {}
        for derived in table.spec.derived:
            if not isinstance(derived, Change):
                continue
            for place, row in table.rows.items():
                hidden = place in then and then[place][derived.measure].mark is Mark.WITHHELD
                if hidden and row[derived.name].mark is row[derived.measure].mark is Mark.NORMAL:
                    raise _told(table.spec, period, derived.name)


def _check_told(path: Path, spec: TableSpec, period: Period, rows: Rows, deployment: Deployment) -> None:
    """Raises InputError where a derived figure tells a withheld one of its month."""
    for place, row in rows.items():
        for derived in spec.derived:
            if row[derived.name].mark is not Mark.NORMAL:
                continue
            for at, name in _terms(spec, derived, place, deployment):
                if at in rows and rows[at][name].mark is not Mark.NORMAL:
                    raise _told(spec, period, derived.name, path)


def _terms(
    spec: TableSpec, derived: Ratio | Share | Change | Quartile, place: Place, deployment: Deployment
) -> Iterator[tuple[Place, str]]:
    """The figures of this month that a derived one is made of, and from which it tells another."""
    if isinstance(derived, Ratio):
        yield from ((place, name) for name in (derived.numerator, derived.denominator))
        return
    yield place, derived.measure
    if isinstance(derived, Change):
        return
    along = [dimension.name for dimension in spec.dimensions].index(derived.along)
    dimension = spec.dimensions[along]
    tree = deployment.hierarchies[dimension.hierarchy]
    if isinstance(derived, Share):
        codes = [tree.top.code]
    else:  # a quartile is made of the bands below
        codes = [n.code for n in tree.at(dimension.levels) if tree.up(n.code, dimension.levels) == place[along]]
    yield from (((*place[:along], code, *place[along + 1 :]), derived.measure) for code in codes)


def _told(spec: TableSpec, period: Period, name: str, path: Path | None = None) -> InputError:
    zh = f"{period} 的 {spec.name}：{name} 使一个标为 C 的数字可以算出；该数字当时即已公布，请填数值并标 A"
    en = f"{spec.name} of {period}: {name} tells a figure that is marked C; so that was published: give it with A"
    return _refused(path, zh, en) if path else InputError(zh, en, safe=_SAFE)


def _refused(path: Path, zh: str, en: str) -> InputError:
    return InputError(f"{path}：{zh}", f"{path}: {en}", safe=_SAFE)
