"""The month's verifier under attack: what the suppressor made is accepted; nothing less is, nor anything changed."""

import copy
import json
import random
from collections.abc import Callable
from functools import cache
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gateway.base.errors import DisclosureError
from gateway.disclosure import Parameters
from gateway.model.cells import Status
from gateway.model.table import Contributor, Kind, TableSpec
from gateway.verifier.month import month_intervals, recheck_month
from gateway.verifier.month.canonical import canonical
from gateway.verifier.month.certificate import public_of
from tests.disclosure.attacker import number
from tests.disclosure.intervals import intervals
from tests.disclosure.microdata import Record, dimension, flat, measure, table
from tests.disclosure.siege import Siege
from tests.disclosure.test_earlier import Second
from tests.verifier.months import chain, csvs, failed, material_of, verified

Change = Callable[[dict[str, Any], dict[str, bytes]], None]
LISTS = {"a": flat("a", ["a1", "a2", "a3", "a4"]), "b": flat("b", ["b1", "b2", "b3", "b4"])}
A, B = dimension("a"), dimension("b")
N, X = measure("n"), measure("x", Kind.SUM)
PERSONS = measure("seekers", Kind.DISTINCT, Contributor.WORKER, repeats=("a", "b"))
RULED: dict[str, Any] = {"minimum_persons": 3, "minimum_groups": 3, "p_percent": 10}
SPECS = [table("both", [A, B], [N, X]), table("one", [A], [N]), table("who", [A, B], [PERSONS])]


def records(seed: int, rows: int = 90) -> list[Record]:
    """Some 30 groups, few of which have much, and as many persons."""
    chance = random.Random(seed)
    return [
        Record(
            group=f"g{min(int(chance.expovariate(0.15)), 29)}",
            worker=f"w{chance.randrange(40)}",
            codes={"a": f"a{1 + min(int(chance.expovariate(0.7)), 3)}", "b": f"b{chance.randrange(1, 5)}"},
            amount=int(chance.paretovariate(0.9)),
        )
        for _ in range(rows)
    ]


@cache
def siege(seed: int = 3) -> Siege:
    return Siege(SPECS, records(seed), LISTS)


@cache
def after() -> Second:
    """A correction of it: some rows came, some went."""
    rows = records(3)
    more = [*rows[4:], *records(99, 12)]
    return Second(SPECS, more, LISTS, first=Siege(SPECS, rows, LISTS))


@pytest.fixture
def material() -> dict[str, Any]:
    return copy.deepcopy(material_of(siege()))


@pytest.fixture
def tables() -> dict[str, bytes]:
    return dict(csvs(siege()))


@pytest.mark.parametrize("seed", [3, 5])
def test_what_the_suppressor_made_is_accepted_and_its_certificate_holds(seed: int) -> None:
    one = siege(seed)
    made, files = material_of(one), csvs(one)
    report = verified(made, files)
    assert (failed(report), report.valid) == ([], True)
    assert report.secret is not None
    assert report.public is not None
    again = recheck_month(report.secret, canonical(made), files, report.public)
    assert ([check.name for check in again.checks if not check.passed], again.valid) == ([], True)
    assert verified(made, files).secret == report.secret  # the same input gives the same bytes


def test_a_correction_is_verified_together_with_what_it_corrects() -> None:
    one = after()
    made, files = material_of(one, one.first), csvs(one)
    report = verified(made, files)
    assert failed(report) == []
    assert report.secret is not None
    assert report.public is not None
    document = json.loads(report.public)
    assert document["history"]["together_with"] == ["LGTJ_220300_LHYG_202610_M_R01"]
    assert recheck_month(report.secret, canonical(made), files, report.public).valid


STAYED = (
    "D a1 b2 4, E a1 b3 4, G a1 b2 4, A a4 b3 4, A a4 b3 4, D a2 b3 8, A a3 b1 4, E a4 b1 4, A a4 b1 4, F a4 b2 8, "
    "D a1 b3 4"
)


def test_what_earlier_figures_leave_no_room_above_need_but_fall() -> None:
    """In a correction a number of the first release, which it can't mend, may have to move one way only."""

    def some(text: str) -> list[Record]:
        split = (row.split() for row in text.split(", "))
        return [Record(group=who, codes={"a": a, "b": b}, amount=int(amount)) for who, a, b, amount in split]

    lists = {"a": LISTS["a"], "b": flat("b", ["b1", "b2", "b3"])}
    specs = [table("t", [A, B], [N, X]), table("u", [A], [X])]
    rules = Parameters(minimum_persons=3, minimum_groups=3, p_percent=25)
    first = Siege(specs, some(f"F a4 b3 4, {STAYED}"), lists, rules)
    one = Second(specs, some(f"{STAYED}, H a1 b3 8"), lists, rules, first=first)
    report = verified(made := material_of(one, first), files := csvs(one))
    assert failed(report) == []
    assert any(one["given_up"] for one in json.loads(report.secret or b"")["sheets"])
    assert recheck_month(report.secret or b"", canonical(made), files, report.public or b"").valid


def statuses(made: dict[str, Any], status: str) -> list[tuple[str, str, list[Any]]]:
    """(table, measure, row) of the cells with this status."""
    return [
        (name, measure, row)
        for name, measures in made["statuses"].items()
        for measure, rows in measures.items()
        for row in rows
        if row[-1] == status
    ]


def publish(made: dict[str, Any], files: dict[str, bytes], spec: TableSpec, place: tuple[str, ...]) -> None:
    """Shows a withheld cell, in every table and measure where it stands, consistently."""
    codes = {d.name: code for d, code in zip(spec.dimensions, place, strict=True) if code != "Total"}
    populations = {measure.population for measure in spec.measures}
    for at, other in enumerate(SPECS[: len(files)]):
        names = [d.name for d in other.dimensions]
        if not set(codes) <= set(names):
            continue
        there = tuple(codes.get(name, "Total") for name in names)
        for one in other.measures:
            if one.population in populations:
                _show(made, files, f"{at + 2:02}.csv", other, one.name, there)


def _show(
    made: dict[str, Any], files: dict[str, bytes], entry: str, spec: TableSpec, measure: str, place: tuple[str, ...]
) -> None:
    for row in made["statuses"][spec.name][measure]:
        if tuple(row[:-1]) == place:
            row[-1] = "published"
    value = next(row[-4] for row in made["cells"][spec.name][measure] if tuple(row[:-4]) == place)
    header, *lines = files[entry].decode("utf-8-sig").split("\r\n")
    column = header.split(",").index(measure)
    for at, line in enumerate(lines):
        cells = line.split(",")
        if tuple(cells[1 : 1 + 2 * len(place) : 2]) == place:
            cells[column : column + 2] = [str(value), "A"]
            lines[at] = ",".join(cells)
    files[entry] = ("\r\n".join([header, *lines])).encode("utf-8-sig")


def test_a_primary_cell_that_is_shown_is_found(material: dict[str, Any], tables: dict[str, bytes]) -> None:
    _, _, row = next(one for one in statuses(material, "primary") if one[0] == "both")
    publish(material, tables, SPECS[0], tuple(row[:-1]))
    assert failed(verified(material, tables)) == ["primary"]


def _two_statuses(made: dict[str, Any], _: dict[str, bytes]) -> None:
    for row in made["statuses"]["one"]["n"]:
        row[-1] = "secondary" if row[-1] == "published" else "published"


def _figure(made: dict[str, Any], _: dict[str, bytes]) -> None:
    made["cells"]["both"]["n"][-1][-4] += 1


def _contributors(made: dict[str, Any], _: dict[str, bytes]) -> None:
    made["cells"]["both"]["n"][-1][-3] += 3


def _part(made: dict[str, Any], _: dict[str, bytes]) -> None:
    for cell in made["parts"]["rows/employer"]["count:"]:
        cell[1][0][1] += 1


def _nobody_alone(made: dict[str, Any], _: dict[str, bytes]) -> None:
    made["parts"]["rows/employer"]["count:"] = []


def _marked(made: dict[str, Any], files: dict[str, bytes]) -> None:
    files["02.csv"] = files["02.csv"].replace(b",C,", b",A,", 1)


def _value(made: dict[str, Any], files: dict[str, bytes]) -> None:
    header, *lines = files["03.csv"].split(b"\r\n")
    lines[0] = lines[0].replace(b",A", b"1,A", 1)
    files["03.csv"] = b"\r\n".join([header, *lines])


def _no_table(made: dict[str, Any], files: dict[str, bytes]) -> None:
    del files["03.csv"]


def _row_less(made: dict[str, Any], files: dict[str, bytes]) -> None:
    header, *lines = files["02.csv"].split(b"\r\n")
    files["02.csv"] = b"\r\n".join([header, *lines[:-2], b""])


def _status_less(made: dict[str, Any], _: dict[str, bytes]) -> None:
    made["statuses"]["who"]["seekers"].pop()


def _structural(made: dict[str, Any], _: dict[str, bytes]) -> None:
    made["tables"][0]["structural_zeros"] = [{"a": "a1"}]


def _unknown_key(made: dict[str, Any], _: dict[str, bytes]) -> None:
    made["more"] = []


def _looser(made: dict[str, Any], _: dict[str, bytes]) -> None:
    made["rules"]["insiders"] = "nobody"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (_two_statuses, "statuses"),  # a common cell withheld in one table and shown in another
        (_figure, "material"),  # a figure that the parts do not make up
        (_contributors, "material"),  # more contributors than there are
        (_part, "material"),  # a contributor with more
        (_nobody_alone, "material"),  # no contributors
        (_marked, "published"),  # a withheld cell marked as shown, without a value
        (_value, "published"),  # another value than was computed
        (_no_table, "published"),  # a table that does not leave
        (_row_less, "published"),  # a row that does not leave
        (_status_less, "material"),  # a cell whose status nobody knows
        (_structural, "material"),  # a declared zero that is not empty
        (_unknown_key, "material"),
        (_looser, "material"),
    ],
)
def test_whatever_is_changed_is_found(
    change: Change, check: str, material: dict[str, Any], tables: dict[str, bytes]
) -> None:
    change(material, tables)
    report = verified(material, tables)
    assert check in failed(report)
    assert not report.valid


def _other_head(made: dict[str, Any]) -> None:
    made["history"]["releases"][0]["head"] = "1" * 64


def _not_there(made: dict[str, Any]) -> None:
    made["earlier"] = []


def _other_figure(made: dict[str, Any]) -> None:
    _place, row = made["earlier"][0]["published"]["one"][0]
    row["n"][0] += 1
    made["history"]["releases"] = chain(made["earlier"])


def _unchained(made: dict[str, Any]) -> None:
    made["earlier"][0]["secret"]["cells"]["one"]["n"][0][-4] += 1


def _other_exchange(made: dict[str, Any]) -> None:
    made["history"]["agreement"] = "005"


@pytest.mark.parametrize("change", [_other_head, _not_there, _other_figure, _unchained, _other_exchange])
def test_a_history_that_does_not_fit_is_found(change: Callable[[dict[str, Any]], None]) -> None:
    one = after()
    made = copy.deepcopy(material_of(one, one.first))
    change(made)
    assert failed(verified(made, csvs(one)))[0] in ("material", "history")


@cache
def certified() -> tuple[dict[str, Any], bytes, dict[str, bytes]]:
    made, files = canonical(material_of(siege())), csvs(siege())
    report = verified(material_of(siege()), files)
    assert report.secret is not None
    return json.loads(report.secret), made, files


def _witness(document: dict[str, Any]) -> None:
    world = document["sheets"][0]["worlds"][0]
    name = next(iter(world["steps"]))
    world["steps"][name] += world["unit"]


def _given_away(document: dict[str, Any]) -> None:
    name = next(iter(document["sheets"][0]["witnesses"]))
    document["sheets"][0]["witnesses"][name] = []


def _swapped(document: dict[str, Any]) -> None:
    """Every number proved by the first world."""
    proofs = document["sheets"][0]["witnesses"]
    document["sheets"][0]["witnesses"] = {key: [0] for key in proofs}


def _count(document: dict[str, Any]) -> None:
    document["sheets"][0]["tested"] += 1


def _given_up(document: dict[str, Any]) -> None:
    name = next(iter(document["sheets"][0]["witnesses"]))
    document["sheets"][0]["given_up"] = [{"place": int(name), "side": 1, "who": 0, "unit": 1, "duals": {}}]


def _other_rules(document: dict[str, Any]) -> None:
    document["rules"]["minimum_groups"] = 1


def _other_history(document: dict[str, Any]) -> None:
    document["history"]["head"] = "1" * 64


def _other_structure(document: dict[str, Any]) -> None:
    document["structure"]["tables"]["02.csv"]["measures"][0]["population"] = 7


def _less_sheets(document: dict[str, Any]) -> None:
    document["sheets"].pop()


@pytest.mark.parametrize(
    "change",
    [
        _witness,
        _given_away,
        _swapped,
        _count,
        _given_up,
        _other_rules,
        _other_history,
        _other_structure,
        _less_sheets,
    ],
)
def test_a_certificate_that_was_edited_does_not_hold(change: Callable[[dict[str, Any]], None]) -> None:
    found, made, files = certified()
    document = copy.deepcopy(found)
    change(document)
    secret = canonical(document)
    report = recheck_month(secret, made, files, public_of(secret, document))
    assert not report.valid
    assert failed(report) != []


def test_another_public_certificate_or_package_does_not_go_with_it() -> None:
    document, made, files = certified()
    secret = canonical(document)
    public = public_of(secret, document)
    assert failed(recheck_month(secret, made, files, public.replace(b'"passed":true', b'"passed":false'))) == ["public"]
    assert failed(recheck_month(secret, made, {**files, "03.csv": files["03.csv"] + b"\r\n"}, public)) == ["digests"]
    assert failed(recheck_month(secret, made.replace(b"a1", b"a9"), files, public)) == ["digests"]
    assert failed(recheck_month(secret[:-1], made, files, public)) == ["certificate"]


def test_the_public_certificate_has_no_number_that_narrows_a_cell() -> None:
    """But for its digests, counts of releases and populations' numbers it has none."""
    document, _made, _files = certified()
    secret = canonical(document)
    public = json.loads(public_of(secret, document))
    assert not {"rules", "sheets", "salt"} & public.keys()

    def numbers(value: Any) -> list[int]:
        if isinstance(value, dict):
            return [n for one in value.values() for n in numbers(one)]
        if isinstance(value, list):
            return [n for one in value for n in numbers(one)]
        return [value] if isinstance(value, int) and not isinstance(value, bool) else []

    measures = [one for table in public["structure"]["tables"].values() for one in table["measures"]]
    allowed = [one[name] for one in measures for name in ("population", "least")]
    assert {one["least"] for one in measures} <= {0, 1}
    assert sorted(numbers(public)) == sorted([*allowed, public["history"]["releases"]])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(seed=st.integers(0, 10**6), rows=st.integers(20, 60))
def test_a_pattern_is_accepted_and_none_that_a_brute_force_attacker_can_open(seed: int, rows: int) -> None:
    """Each secondary cell is shown in turn: where an attacker who solves two programmes a cell then narrows a primary
    one to less than it must keep, the verifier refuses; the suppressor's own pattern it accepts."""
    one = Siege(SPECS[:1], records(seed, rows), LISTS)
    try:
        files = csvs(one)
    except DisclosureError:
        assume(False)
    made = material_of(one)
    assert failed(verified(made, files)) == []
    for place, status in one.protection.tables[0].status["n"].items():
        if status is not Status.SECONDARY:
            continue
        changed, shown = copy.deepcopy(made), dict(files)
        publish(changed, shown, SPECS[0], place)
        if _opened(changed, shown):
            assert {"exact", "outsider"} & set(failed(verified(changed, shown)))


def _opened(made: dict[str, Any], files: dict[str, bytes]) -> bool:
    """Whether some primary count is the only value that is possible, by scipy's solver over the CSV alone."""
    from scipy.optimize import linprog

    _, *lines = files["02.csv"].decode("utf-8-sig").strip().split("\r\n")
    cells = {(row[1], row[3]): row[5:7] for row in (line.split(",") for line in lines)}
    there = {place: value for place, value in cells.items() if value != ["0", "A"]}
    hidden = sorted(place for place, (_, mark) in there.items() if mark == "C")
    rows, sums = [], []
    for total in there:
        for at in (0, 1):
            children = [p for p in there if p[1 - at] == total[1 - at] and p[at] != "Total"]
            if total[at] == "Total" and children:
                terms = [(total, -1), *((child, 1) for child in children)]
                rows.append([sum(by for place, by in terms if place == one) for one in hidden])
                sums.append(-sum(by * int(there[p][0]) for p, by in terms if p not in hidden))
    primary = [tuple(row[:-1]) for row in made["statuses"]["both"]["n"] if row[-1] == "primary"]
    for place in primary:
        goal = [float(one == place) for one in hidden]
        ends = [
            linprog([sign * g for g in goal], A_eq=rows or None, b_eq=sums or None, bounds=(1, None))
            for sign in (1.0, -1.0)
        ]
        if ends[0].success and ends[1].success and ends[0].fun + ends[1].fun > -1e-6:
            return True
    return False


@pytest.mark.parametrize("seed", [3, 11])
def test_intervals_from_the_package_alone_are_those_of_a_brute_force_attacker(seed: int) -> None:
    one = siege(seed)
    report = verified(material_of(one), csvs(one))
    assert report.public is not None
    found = month_intervals(csvs(one), report.public)
    assert found
    wanted = {}
    for interval in found:
        at = int(interval.entry[:2]) - 2
        own = next(m for m in SPECS[at].measures if m.name == interval.measure)
        wanted[number(SPECS[at], own, interval.place, LISTS)] = interval
        true = one.cells[at].figures[interval.measure][interval.place].value
        assert interval.least - 1e-6 <= true <= (float("inf") if interval.most is None else interval.most + 1e-6)
    ends = intervals(one.attack, list(wanted), whole=False)
    for name, interval in wanted.items():
        if interval.measure == "seekers":
            continue  # a reader of a package can't tell whether a withheld figure of persons is zero; this attacker can
        low, high = ends[name]
        assert ceil(interval.least - 1e-6) == low
        assert (None if interval.most is None else floor(interval.most + 1e-6)) == high


ROUNDED = SPECS[0].model_copy(
    update={
        "name": "stock",
        "measures": (measure("stock", Kind.DISTINCT, Contributor.WORKER, feed="stock", repeats=("a", "b")),),
        "rounding": 5,
    }
)


def _more(line: str) -> str:
    cells = line.split(",")
    return ",".join([*cells[:-2], str(int(cells[-2]) + 5), cells[-1]])


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        (lambda line: line, True),
        (_more, False),  # more than one base from the truth, or from its total
        (lambda line: line.replace(",R", ",A"), False),  # said to be exact
        (lambda line: line.replace("0,R", "1,R").replace("5,R", "6,R"), False),  # no multiple of the base
    ],
)
def test_a_rounded_table_leaves_as_it_was_rounded(change: Callable[[str], str], valid: bool) -> None:
    one = Siege([*SPECS[:2], ROUNDED], records(3), LISTS)
    made, files = material_of(one), dict(csvs(one))
    header, *lines = files["04.csv"].decode("utf-8-sig").split("\r\n")
    files["04.csv"] = "\r\n".join([header, *(change(line) if line else line for line in lines)]).encode("utf-8-sig")
    report = verified(made, files)
    assert report.valid is valid
    assert failed(report) == ([] if valid else ["published"])


def test_zeros_that_are_withheld_are_unknowns_like_any_other() -> None:
    """Group disclosure withholds zeros; one that is shown in the CSV after all is found."""
    some = [record for record in records(5, 60) if record.codes["a"] != "a4" or record.codes["b"] == "b1"]
    some += [Record(worker=f"v{n}", group=f"g{n}", codes={"a": "a4", "b": "b1"}) for n in range(12)]
    rules = Parameters(minimum_persons=3, minimum_groups=3, p_percent=10, group_disclosure=True)
    one = Siege([table("who", [A, B], [PERSONS])], some, LISTS, parameters=rules)
    made, files = material_of(one), dict(csvs(one))
    known = {tuple(row[:-4]) for row in made["cells"]["who"]["seekers"]}
    zeros = [row for row in made["statuses"]["who"]["seekers"] if tuple(row[:-1]) not in known]
    assert zeros
    report = verified(made, files)
    assert failed(report) == []
    assert report.secret is not None
    assert report.public is not None
    assert recheck_month(report.secret, canonical(made), files, report.public).valid
    a, b = zeros[0][:2]
    text = files["02.csv"].decode("utf-8-sig")
    lines = [
        line.replace(",,C", ",0,A") if line.split(",")[1::2][:2] == [a, b] else line for line in text.split("\r\n")
    ]
    assert failed(verified(made, {"02.csv": "\r\n".join(lines).encode("utf-8-sig")})) == ["published"]


def test_the_dominance_rule_of_an_agreement_is_kept_by_both() -> None:
    """With it more is sensitive; a month that was protected without it is refused."""
    ruled = Siege(SPECS, records(3), LISTS, parameters=Parameters(**RULED, dominance=(1, 40)))
    plain = Siege(SPECS, records(3), LISTS, parameters=Parameters(**RULED))
    primary = [
        sum(s is Status.PRIMARY for t in one.protection.tables for f in t.status.values() for s in f.values())
        for one in (ruled, plain)
    ]
    assert primary[0] > primary[1]
    assert verified(material_of(ruled), csvs(ruled)).valid
    careless = material_of(plain)
    careless["rules"]["dominance"] = [1, 40]
    assert "primary" in failed(verified(careless, csvs(plain)))
