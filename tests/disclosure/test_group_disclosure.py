"""One category holds everyone: who is known to be in a town is then known to be in its only section.

The attacker here is written apart from the code that it attacks: it lists all inner cells that could be, takes what is
not listed for empty, and asks a linear programme whether anybody could be beside the one category."""

import json
import random
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from gateway import cli
from gateway.base.errors import InputError
from gateway.base.toml import load_toml
from gateway.disclosure import Declaration, Microdata, ProtectedTable, exchange, page, protect, risk
from gateway.disclosure.zeros import apart_from
from gateway.model.cells import Status
from gateway.release.protect.files import csv_bytes, published_csv, secret_csv
from gateway.verifier.protection import verify

Place = tuple[str, str]
TOWNS = {"t1": "c1", "t2": "c1", "t3": "c2", "t4": "c2"}
SECTIONS = ("s1", "s2", "s3")
SPEC = """
format = "gateway-protect/1"
model = "persons"
group = "who"
value = "value"
[[dimensions]]
name = "region"
levels = ["county", "town"]
[[dimensions]]
name = "industry"
levels = ["section"]
{more}
[rules]
minimum_persons = 3
group_disclosure = {on}
"""


def declaration(folder: Path, *, on: bool = True, more: str = "") -> Declaration:
    path = folder / "table.toml"
    path.write_text(SPEC.format(on=str(on).lower(), more=more), encoding="utf-8")
    return load_toml(path, Declaration)


def drawn(seed: int) -> Counter[Place]:
    """Persons by town and section: many in few places, so that towns have but one section."""
    chance = random.Random(seed)
    counts = Counter({(town, section): chance.choice([0, 0, 1, 4, 9, 12]) for town in TOWNS for section in SECTIONS})
    counts["t1", "s1"] += 5
    return +counts


def rows(counts: Counter[Place]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in ("who", "county", "town", "section", "value")}
    for (town, section), number in sorted(counts.items()):
        for person in range(number):
            for name, text in zip(found, (f"p{town}{section}{person}", TOWNS[town], town, section, "1"), strict=True):
                found[name].append(text)
    return found


def region_of(town: str) -> tuple[str, ...]:
    return (town, TOWNS[town], "Total")


def told(table: ProtectedTable) -> dict[Place, int | None]:
    return {c.place: c.value if c.status is Status.PUBLISHED else None for c in table.cells}  # type: ignore[misc]


def given_away(counts: Counter[Place], public: dict[Place, int | None], known: set[Place] = frozenset()) -> set[Any]:  # type: ignore[assignment]
    """(whole, part) of the figures of which everybody can tell that all persons are in one part, and it need not have
    been so. ``known``: inner cells that everybody knows to be empty."""
    towns, sections = {town for town, _ in counts}, {section for _, section in counts}
    inner = [cell for cell in product(sorted(towns), sorted(sections)) if cell not in known]
    figures: dict[Place, list[int]] = {}
    for at, (town, section) in enumerate(inner):
        for place in product(region_of(town), (section, "Total")):
            figures.setdefault(place, []).append(at)
    equations, right = [], []
    for place, cells in figures.items():
        if public.get(place, 0) is not None:
            equations.append(np.isin(np.arange(len(inner)), cells).astype(float))
            right.append(float(public.get(place) or 0))
    value = {place: sum(counts[inner[at]] for at in cells) for place, cells in figures.items()}
    found = set()
    for whole in (place for place, amount in value.items() if amount):
        for parts in parts_of(whole, figures):
            full = [part for part in parts if value[part]]
            if len(full) == 1 and len(parts) > 1:
                beside = sorted(set(figures[whole]) - set(figures[full[0]]))
                cost = -np.isin(np.arange(len(inner)), beside).astype(float)
                answer = linprog(cost, A_eq=np.array(equations) if equations else None, b_eq=right or None)
                if answer.status != 3 and -answer.fun < 1 - 1e-6:
                    found.add((whole, full[0]))
    return found


def parts_of(whole: Place, figures: dict[Place, list[int]]) -> list[list[Place]]:
    """A figure's parts along either dimension."""
    region, section = whole
    below = {"Total": set(TOWNS.values())}.get(region, {town for town, county in TOWNS.items() if county == region})
    ways = [[(code, section) for code in sorted(below)]]
    if section == "Total":
        ways.append([(region, code) for code in SECTIONS])
    return [[part for part in way if part in figures] for way in ways]


def verified(counts: Counter[Place], table: ProtectedTable, folder: Path) -> dict[str, bool]:
    columns = rows(counts)
    listed = [(cell.place, cell.value, cell.status) for cell in table.cells]
    report = verify(
        (folder / "table.toml").read_bytes(),
        csv_bytes(list(columns), zip(*columns.values(), strict=True)),
        secret_csv(table.spec, listed),
        published_csv(table.spec, listed),
        salt=bytes(32),
        at=datetime(2026, 11, 1, tzinfo=UTC),
        version="test",
    )
    return {check.name: check.passed for check in report.checks}


@pytest.mark.parametrize("seed", range(24))
def test_nobody_is_known_to_be_where_everyone_is(seed: int, tmp_path: Path) -> None:
    counts = drawn(seed)
    table = protect(rows(counts), declaration(tmp_path))
    assert not given_away(counts, told(table))
    assert all(verified(counts, table, tmp_path).values())
    values = {cell.place: cell.value for cell in table.cells}
    assert all(cell.status is not Status.PUBLISHED for cell in table.cells if not cell.value), (
        "an unlisted zero is zero"
    )
    assert sum(values[town, section] for town, section in counts) == counts.total()


def test_the_stewards_see_which_zeros_are_withheld_and_why(tmp_path: Path) -> None:
    table = protect(rows(ONE), declaration(tmp_path))
    zeros = [cell for cell in table.cells if not cell.value]
    assert zeros
    assert {cell.rules for cell in zeros} == {("group-disclosure",)}
    told = page(table, risk(table), name="t", chinese=False).decode()
    assert told.count('□<span class="say">secondary</span> zero') >= len(zeros), "a total stands in two parts"
    assert "one category holds everyone" in told


def test_without_the_rule_it_is_known_and_the_verifier_finds_it(tmp_path: Path) -> None:
    found = 0
    for seed in range(8):
        counts = drawn(seed)
        table = protect(rows(counts), declaration(tmp_path, on=False))
        assert all(verified(counts, table, tmp_path).values())
        away = given_away(counts, told(table))
        declaration(tmp_path)
        assert verified(counts, table, tmp_path)["outsider"] is not bool(away)
        found += len(away)
    assert found > 8


ONE = Counter(
    {("t1", "s1"): 12, ("t2", "s1"): 14, ("t2", "s2"): 11, ("t3", "s3"): 15, ("t3", "s1"): 9, ("t4", "s2"): 13}
)


def zeros(*places: Place) -> str:
    return "".join(f'[[structural_zeros]]\nregion = "{region}"\nindustry = "{code}"\n' for region, code in places)


def test_a_structural_zero_is_expected_and_needs_no_hiding(tmp_path: Path) -> None:
    """Nobody could be in town 1 but in section 1, nor in town 4 but in section 2: that all are tells nothing."""
    more = zeros(("t1", "s2"), ("t1", "s3"), ("t4", "s1"), ("t4", "s3"))
    assert any(cell.value == 0 for cell in protect(rows(ONE), declaration(tmp_path)).cells)
    table = protect(rows(ONE), declaration(tmp_path, more=more))
    towns = {"t1", "t4"}
    assert not any(cell.value == 0 and cell.place[0] in towns for cell in table.cells)
    assert all(verified(ONE, table, tmp_path).values())
    known = {(town, section) for town in towns for section in SECTIONS if not ONE[town, section]}
    assert not {pair for pair in given_away(ONE, told(table), known) if pair[0][0] not in towns}


@pytest.mark.parametrize("place", [("t1", "s1"), ("c1", "s2"), ("Total", "s3")])
def test_a_record_where_nothing_can_be_is_refused(place: Place, tmp_path: Path) -> None:
    spec = declaration(tmp_path, more=zeros(place))
    with pytest.raises(InputError) as refused:
        protect(rows(ONE), spec)
    assert "structural" in refused.value.en


def test_a_structural_zero_hides_nobody(tmp_path: Path) -> None:
    """What is withheld beside the one category must be able to be something: the verifier takes no declared zero."""
    counts = Counter({("t1", "s1"): 12, ("t2", "s1"): 14, ("t2", "s2"): 11, ("t3", "s2"): 15})
    table = protect(rows(counts), declaration(tmp_path))
    hidden = [cell.place for cell in table.cells if not cell.value and cell.place[0] == "t1"]
    declaration(tmp_path, more=zeros(*hidden))
    assert not all(verified(counts, table, tmp_path).values())


def test_zeros_once_told_are_not_withheld_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Towns by section are released; of the counties it can no longer be hidden then, and the offer is their total."""
    path = tmp_path / "rows.csv"

    def release(name: str, shown: str, columns: dict[str, list[str]]) -> tuple[int, Path]:
        declaration(tmp_path)
        spec = tmp_path / "table.toml"
        text = spec.read_text(encoding="utf-8").replace('"town"]', f'"town"]\nshown = [{shown}]')
        spec.write_text(text, encoding="utf-8")
        path.write_bytes(csv_bytes(list(columns), zip(*columns.values(), strict=True)))
        out = tmp_path / name
        begin = ["--begin-history"] if name == "towns" else []
        words = ["gateway", "protect", str(path), "--spec", str(spec), "--out", str(out), "--release", name, "--json"]
        monkeypatch.setattr(sys, "argv", [*words, "--history", str(tmp_path / "x.history"), *begin])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return int(end.value.code or 0), out

    code, out = release("towns", '"town"', rows(ONE))
    assert code == 0, capsys.readouterr()
    assert ",0,secondary" in (out / "cells.csv").read_text(encoding="utf-8")
    capsys.readouterr()
    none: dict[str, list[str]] = {name: [] for name in rows(ONE)}
    assert release("counties", '"Total", "county"', none)[0] == 14
    assert "region: only Total" in capsys.readouterr().err
    code, out = release("total", '"Total"', none)
    assert code == 0, capsys.readouterr()
    certificate = json.loads((out / "together" / "certificate.json").read_bytes())
    assert certificate["passed"]
    told_before = {(t, s) for t in TOWNS for s in SECTIONS if not ONE[t, s]} - hidden(tmp_path / "towns")
    assert not hidden(out / "together") & told_before


def hidden(folder: Path) -> set[Place]:
    """The withheld zeros among the inner cells."""
    lines = (folder / "cells.csv").read_text(encoding="utf-8").splitlines()[1:]
    return {(line.split(",")[0], line.split(",")[1]) for line in lines if ",0," in line}


def test_another_month_has_zeros_of_its_own(tmp_path: Path) -> None:
    """What was not listed of October is known to be empty; of November nothing was told."""
    declaration(tmp_path)
    text = (tmp_path / "table.toml").read_text(encoding="utf-8")
    month = '[[dimensions]]\nname = "month"\nlevels = ["month"]\nshown = ["month"]\n'
    (tmp_path / "table.toml").write_text(text.replace("[[dimensions]]", month + "[[dimensions]]", 1), encoding="utf-8")
    spec = load_toml(tmp_path / "table.toml", Declaration)
    path = tmp_path / "x.history"
    history = exchange.begin(path, "x")
    known: dict[str, tuple[Counter[Place], dict[Place, int | None]]] = {}
    for seed, code in enumerate(("m1", "m2", "m3")):
        counts = drawn(seed + 40)
        columns = rows(counts)
        table = protect({**columns, "month": [code] * len(columns["who"])}, spec, history)
        history = exchange.append(path, history, code, spec, table.microdata, table.shown)
        assert {cell.place[0] for cell in table.cells} == {code}
        known[code] = counts, {place[1:]: value for place, value in told(table).items()}  # type: ignore[misc]
    assert not [code for code, (counts, public) in known.items() if given_away(counts, public)]
    assert sum(
        value is None and not counts[place] for counts, public in known.values() for place, value in public.items()
    )


def test_what_an_earlier_release_spoke_of_is_known_to_be_empty() -> None:
    data = replace(EMPTY, codes=(("m1", "t1", "s1"),), above=ABOVE)
    assert apart_from(data, ()) == {}
    assert apart_from(data, ({"m0"}, {"t1"}, {"s1"})) == {0: {"m1"}}
    assert apart_from(data, ({"m1"}, {"t2"}, {"s1"})) == {1: {"t1"}}
    assert apart_from(data, ({"m1"}, {"c1"}, {"s1"})) == {}, "of its county"
    assert apart_from(data, ({"Total"}, {"t1"}, {"s1"})) == {}, "of all months"
    assert apart_from(EMPTY, ({"m0"}, set(), set())) == {}


ABOVE = {"m1": ("Total",)}, {"t1": ("c1", "Total")}, {"s1": ("Total",)}
EMPTY = Microdata(codes=(), groups=(), values=(), above=ABOVE)
