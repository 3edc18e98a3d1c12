"""What was published before the gateway, imported when the history begins: read, signed, bound; a month after it."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from gateway.base.canonical import digest, digest_of
from gateway.base.errors import DisclosureError, InputError, IntegrityError
from gateway.base.keyring import Keyring
from gateway.demo.month import found_with_keys
from gateway.disclosure import integers
from gateway.model.cells import Mark, Place, PublishedTable
from gateway.release.build.answering import Answer
from gateway.release.build.corridor import run
from gateway.release.build.drafts import Drafts
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.history.beginning import BEGUN, start_of
from gateway.release.history.cellfiles import read_published
from gateway.release.history.chain import History
from gateway.release.history.importing import begin_own
from gateway.release.review.exporting import export_secret
from gateway.release.site.deployment import Deployment, load_deployment
from gateway.release.upkeep.retiring import kept_of
from gateway.verifier.month import recheck_month
from gateway.verifier.month.canonical import canonical
from gateway.verifier.month.material import Month as Material
from gateway.verifier.report import Problem
from tests.release.conftest import NOW, PERIOD, Site, clock, silent

IMPORTED = "LGTJ_220300_LHYG_202610_M_R00"
TABLE = "supply_demand"
Line = dict[str, str]


@dataclass(frozen=True)
class Month:
    """The month as the gateway publishes it without any history: ``csvs`` and ``tables`` by the table's name."""

    csvs: Mapping[str, bytes]
    tables: Mapping[str, PublishedTable]


@pytest.fixture(scope="module")
def month(founded: Site, tmp_path_factory: pytest.TempPathFactory) -> Month:
    root = tmp_path_factory.mktemp("month") / "platform"
    shutil.copytree(founded.root, root)
    deployment = Site(root=root, people=founded.people).deployment
    release = run(deployment, PERIOD, clock, silent).release
    store = deployment.store(release, OPEN_NAMES)
    drafts = Drafts.read(store)
    entries = [entry.entry for entry in drafts.entries if entry.role == "table"]
    names = [spec.name for spec in deployment.tables]
    return Month(
        csvs={name: drafts.contents[entry] for name, entry in zip(names, entries, strict=True)},
        tables={t.spec.name: t for t in read_published(store.get_json("published.json"), deployment.tables)},
    )


@pytest.fixture
def unstated(tmp_path: Path, extract: Path) -> Site:
    people = Keyring.create(tmp_path / "people")
    found_with_keys(tmp_path / "platform", people, "siping-004")
    shutil.copytree(extract, tmp_path / "platform" / "extract", dirs_exist_ok=True)
    return Site(root=tmp_path / "platform", people=people)


def lines(data: bytes) -> list[Line]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def file(folder: Path, rows: list[Line], name: str = TABLE) -> Path:
    """``rows`` as a package's CSV has them."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path = folder / f"{name}.csv"
    path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
    return path


def at(rows: list[Line], region: str, industry: str) -> Line:
    return next(row for row in rows if (row["region_code"], row["industry_code"]) == (region, industry))


def statuses(deployment: Deployment, release: str) -> PublishedTable:
    document = deployment.store(release, OPEN_NAMES).get_json("published.json")
    return next(t for t in read_published(document, deployment.tables) if t.spec.name == TABLE)


def marks(table: PublishedTable, measure: str) -> dict[Place, Mark]:
    return {place: row[measure].mark for place, row in table.rows.items()}


def test_the_month_before_the_gateway_gives_the_first_month_its_changes(
    unstated: Site, month: Month, tmp_path: Path
) -> None:
    rows = [row | {"TIME_PERIOD": "2026-09"} for row in lines(month.csvs[TABLE])]
    said = unstated.gateway("history", "begin", "--import", str(file(tmp_path, rows)), "--json")
    assert said.returncode == 0, said.stderr
    shown = json.loads(said.stdout)
    names = ("postings", "vacancies", "seekers")
    figures = [row[name] for row in month.tables[TABLE].rows.values() for name in names]
    assert shown["imported"] == sum(one.mark is Mark.NORMAL for one in figures)
    assert (shown["before"], shown["releases"]) == (
        "what was published is imported",
        ["LGTJ_220300_LHYG_202609_M_R00"],
    )
    release = run(unstated.deployment, PERIOD, clock, silent).release
    table = statuses(unstated.deployment, release)
    told = [row["vacancies_change"] for row in table.rows.values() if row["vacancies"].mark is Mark.NORMAL]
    assert {str(one.value) for one in told if one.mark is Mark.NORMAL} == {"0.0"}
    assert marks(table, "postings") == marks(month.tables[TABLE], "postings")
    covered = json.loads(unstated.deployment.store(release, OPEN_NAMES).get("certificate-public.json"))["history"]
    assert (covered["releases"], covered["together_with"]) == (1, [])


def test_the_same_month_published_before_binds_every_figure(unstated: Site, month: Month, tmp_path: Path) -> None:
    """What was shown is shown, what was withheld stays so; both certificates name what was imported, and that its rows
    are not there."""
    begin_own(unstated.deployment, [file(tmp_path, lines(month.csvs[TABLE]))], now=NOW)
    deployment = unstated.deployment
    release = run(deployment, PERIOD, clock, silent).release
    assert marks(statuses(deployment, release), "postings") == marks(month.tables[TABLE], "postings")
    assert marks(statuses(deployment, release), "seekers") == marks(month.tables[TABLE], "seekers")
    store = deployment.store(release, OPEN_NAMES)
    covered = json.loads(store.get("certificate-public.json"))["history"]
    assert covered["together_with"] == covered["rows_gone"] == [IMPORTED]
    assert covered["head"] == History(deployment).head() == json.loads(store.get("statement.json"))["history_head"]
    assert store.get_json("disclosure.json")["not_tested"]


def test_what_an_import_would_tell_of_the_first_month_is_withheld(unstated: Site, month: Month, tmp_path: Path) -> None:
    """One posting less in one county and section before: each figure that is shown of it today would tell that one
    came. All are withheld now, in every table, and what is the same stays shown."""
    rows = lines(month.csvs[TABLE])
    top = rows[0]["region_code"]
    shown = [row for row in rows if row["postings"] > "0"]
    county = next(row for row in shown if row["region_code"] != top and row["industry_code"] == "Total")
    section = next(row for row in shown if row["region_code"] == top and row["industry_code"] != "Total")
    for row in (rows[0], county, section):
        row["postings"] = str(int(row["postings"]) - 1)
    begin_own(unstated.deployment, [file(tmp_path, rows)], now=NOW)
    deployment = unstated.deployment
    release = run(deployment, PERIOD, clock, silent).release
    changed = {(row["region_code"], row["industry_code"]) for row in (rows[0], county, section)}
    now, before = marks(statuses(deployment, release), "postings"), marks(month.tables[TABLE], "postings")
    assert {before[place] for place in changed} == {Mark.NORMAL}
    assert {place for place, mark in before.items() if now[place] is not mark} == changed
    document = deployment.store(release, OPEN_NAMES).get_json("published.json")
    area = next(t for t in read_published(document, deployment.tables) if t.spec.name == "recruiting_area")
    assert {area.rows[place,]["postings"].mark for place in (top, county["region_code"])} == {Mark.WITHHELD}


def test_every_table_of_the_month_published_before(unstated: Site, month: Month, tmp_path: Path) -> None:
    """But for the stock, which is rounded: a whole and its parts among them, of which one differs by one person."""
    files = []
    for name in ("supply_demand", "pay_bands", "recruiting_area", "market_activity"):
        rows = lines(month.csvs[name])
        if name == "market_activity":
            county = next(row for row in rows[1:] if row["applied"] > "0")
            for row in (rows[0], county):
                row["applied"] = str(int(row["applied"]) - 1)
        files.append(file(tmp_path, rows, name))
    begin_own(unstated.deployment, files, now=NOW)
    deployment = unstated.deployment
    release = run(deployment, PERIOD, clock, silent).release
    document = deployment.store(release, OPEN_NAMES).get_json("published.json")
    for table in read_published(document, [spec for spec in deployment.tables if spec.rounding is None]):
        before = month.tables[table.spec.name]
        for measure in table.spec.measures:
            now, then = marks(table, measure.name), marks(before, measure.name)
            differ = {place for place, mark in then.items() if now[place] is not mark}
            regions = {code for place in differ for code in place if code != "Total"}
            same = measure.name in ("applied", "seekers")  # one population, so one status
            wanted = {rows[0]["region_code"], county["region_code"]} if same else set()
            assert regions == wanted, (table.spec.name, measure.name)


def test_a_figure_that_was_withheld_before_is_not_shown_now(unstated: Site, month: Month, tmp_path: Path) -> None:
    """A county's figures, each with its total, that today's pattern would show."""
    rows = lines(month.csvs[TABLE])
    top = rows[0]["region_code"]
    county = next(
        row
        for row in rows
        if row["region_code"] != top and row["industry_code"] == "Total" and row["postings_status"] == "A"
    )
    hidden = []
    for row in rows:
        if row["region_code"] == county["region_code"] and row["industry_code"] != "Total":
            hidden.append((row["region_code"], row["industry_code"]))
            for name in ("postings", "vacancies", "ratio", "vacancy_share", "vacancies_change"):
                row[name], row[f"{name}_status"] = "", "C"
    begin_own(unstated.deployment, [file(tmp_path, rows)], now=NOW)
    release = run(unstated.deployment, PERIOD, clock, silent).release
    now = marks(statuses(unstated.deployment, release), "postings")
    assert {now[place] for place in hidden} == {Mark.WITHHELD}


def edit(change: Callable[[list[Line]], object]) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        rows = lines(data)
        change(rows)
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()

    return changed


def _set(**values: str) -> Callable[[list[Line]], object]:
    return lambda rows: rows[1].update(values)


def _more(rows: list[Line]) -> None:
    row = next(row for row in rows[1:] if row["postings_status"] == "A")
    row["postings"] = str(int(row["postings"]) + 1)


def _ratio(rows: list[Line]) -> None:
    row = next(row for row in rows if row["ratio_status"] == "A")
    row |= {"postings": "", "postings_status": "C", "vacancies": "", "vacancies_status": "C"}


def _half(rows: list[Line]) -> None:
    row = next(row for row in rows if row["postings_status"] == "A")
    row |= {"postings": "", "postings_status": "C"}


BAD: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "does not add up": (edit(_more), "does not add up"),
    "a total is missing": (edit(lambda rows: rows.pop(0)), "does not add up"),
    "negative": (edit(_set(postings="-1", postings_status="A")), "row 3: postings is neither"),
    "not a whole number": (edit(_set(postings="1.5", postings_status="A")), "row 3: postings is neither"),
    "a value that is withheld": (edit(_set(postings="7", postings_status="C")), "row 3: postings is neither"),
    "rounded": (edit(_set(postings="5", postings_status="R")), "row 3: postings is neither"),
    "an unknown mark": (edit(_set(postings_status="X")), "row 3: postings is neither"),
    "an unknown code": (edit(_set(region_code="999999")), "row 3: its region is no code"),
    "a code that the table does not show": (edit(_set(industry_code="A01")), "row 3: its industry is no code"),
    "an unknown table": (lambda data: data.replace(b"postings", b"offers"), "not those of one of the tables"),
    "no month": (edit(_set(TIME_PERIOD="October")), "row 3: its month is not one"),
    "a month that is not over": (edit(lambda rows: [r.update(TIME_PERIOD="2026-11") for r in rows]), "2026-11"),
    "a row twice": (edit(lambda rows: rows.append(dict(rows[1]))), "stands twice"),
    "a derived figure tells a withheld one": (edit(_ratio), "ratio tells a figure"),
    "one of two figures over the same": (edit(_half), "tells a figure"),
    "nothing": (lambda data: b"", "not those of one of the tables"),
    "no rows": (lambda data: data.partition(b"\r\n")[0] + b"\r\n", "not those of one of the tables"),
    "cut off": (lambda data: data[: len(data) // 2].rpartition(b",")[0], "another number of cells"),
    "not text": (lambda data: data[:400] + b"\xff\xfe" + data[400:], "can't be read"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_its_reason_and_nothing_is_stated(
    unstated: Site, month: Month, tmp_path: Path, name: str
) -> None:
    change, reason = BAD[name]
    path = tmp_path / f"{TABLE}.csv"
    path.write_bytes(change(month.csvs[TABLE]))
    with pytest.raises(InputError) as refusal:
        begin_own(unstated.deployment, [path], now=NOW)
    assert refusal.value.exit == 11
    assert reason in refusal.value.en
    assert History(unstated.deployment).beginning is None
    assert not (unstated.root / "var" / "history").exists()


def test_what_stays_open_is_not_said_to_be_wrong(
    unstated: Site, month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether withheld figures have a world is left open where the search for one is cut short."""
    monkeypatch.setattr(integers, "_CLOSE", -1.0)
    with pytest.raises(DisclosureError, match="could not be told") as refusal:
        begin_own(unstated.deployment, [file(tmp_path, lines(month.csvs[TABLE]))], now=NOW)
    assert (refusal.value.exit, refusal.value.safe is None, refusal.value.next is None) == (14, False, False)
    assert History(unstated.deployment).beginning is None


def test_a_month_of_a_table_is_imported_once(unstated: Site, month: Month, tmp_path: Path) -> None:
    path = file(tmp_path, lines(month.csvs[TABLE]))
    with pytest.raises(InputError, match="imported twice"):
        begin_own(unstated.deployment, [path, path], now=NOW)


@pytest.mark.parametrize("looked", [True, False])
def test_two_tables_can_not_have_withheld_and_shown_the_same_cell(
    unstated: Site, month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, looked: bool
) -> None:
    """``applied`` and ``seekers`` count the same persons: a cell that one table shows is no secret in the other. Had
    the import not looked, the verifier would stop the month."""
    activity, demand = lines(month.csvs["market_activity"]), lines(month.csvs[TABLE])
    county = next(row for row in activity[1:] if row["applied_status"] == "A")["region_code"]
    at(demand, county, "Total").update({"seekers": "", "seekers_status": "C"})
    for row in demand:
        if row["region_code"] == county:
            row.update({"seeker_share": "", "seeker_share_status": "C", "ratio": "", "ratio_status": "C"})
    files = [file(tmp_path, activity, "market_activity"), file(tmp_path, demand)]
    if looked:
        with pytest.raises(InputError, match=r"(seekers|applied) tells a figure"):
            begin_own(unstated.deployment, files, now=NOW)
        assert History(unstated.deployment).beginning is None
        return
    monkeypatch.setattr("gateway.release.history.importing._check_one_mark", lambda *_: None)
    begin_own(unstated.deployment, files, now=NOW)
    with pytest.raises(DisclosureError, match="published a cell and withheld it"):
        run(unstated.deployment, PERIOD, clock, silent)


def test_a_change_tells_what_the_month_before_withheld(unstated: Site, month: Month, tmp_path: Path) -> None:
    now = lines(month.csvs[TABLE])
    then = [row | {"TIME_PERIOD": "2026-09"} for row in lines(month.csvs[TABLE])]
    place = next(row for row in now if row["vacancies_status"] == "A" and row["industry_code"] != "Total")
    place |= {"vacancies_change": "0.0", "vacancies_change_status": "A"}
    hidden = at(then, place["region_code"], place["industry_code"])
    for name in ("postings", "vacancies", "ratio", "vacancy_share", "vacancies_change"):
        hidden |= {name: "", f"{name}_status": "C"}
    with pytest.raises(InputError, match="vacancies_change tells a figure"):
        begin_own(unstated.deployment, [file(tmp_path, [*then, *now])], now=NOW)


@pytest.fixture(scope="module")
def corrected(founded: Site, month: Month, tmp_path_factory: pytest.TempPathFactory) -> tuple[Deployment, str]:
    """The month after an import of it, in which a county had one posting less."""
    folder = tmp_path_factory.mktemp("corrected")
    found_with_keys(folder / "platform", Keyring.create(folder / "people"), "siping-004")
    shutil.copytree(founded.root / "extract", folder / "platform" / "extract", dirs_exist_ok=True)
    rows = lines(month.csvs["recruiting_area"])
    county = next(row for row in rows[1:] if row["postings"] > "0")
    for row in (rows[0], county):
        row["postings"] = str(int(row["postings"]) - 1)
    deployment = load_deployment(folder / "platform", NOW)
    begin_own(deployment, [file(folder, rows, "recruiting_area")], now=NOW)
    return deployment, run(deployment, PERIOD, clock, silent).release


def test_the_secret_side_of_such_a_month_proves_it_again(corrected: tuple[Deployment, str], tmp_path: Path) -> None:
    """And the history keeps equations and intervals of it, as of any other."""
    deployment, release = corrected
    export_secret(deployment, release, tmp_path, "steward_a", NOW)
    store = deployment.store(release, OPEN_NAMES)
    drafts = Drafts.read(store)
    tables = {entry.entry: drafts.contents[entry.entry] for entry in drafts.entries if entry.role == "table"}
    secret, material = (tmp_path / name for name in ("certificate.secret.json", "material.json"))
    report = recheck_month(secret.read_bytes(), material.read_bytes(), tables, store.get("certificate-public.json"))
    assert [check.name for check in report.checks if not check.passed] == []
    History(deployment).append(release, store)
    kept = kept_of(deployment, release)
    assert kept is not None
    assert json.loads(kept)["with"] == [IMPORTED]


def _tampered(material: Any, what: str) -> None:
    earlier, history = material["earlier"][0], material["history"]
    figures = earlier["secret"]["cells"]["recruiting_area"]["postings"]
    if what == "a figure that was shown is left out":
        del figures[0]
    elif what == "a figure that was shown is another":
        figures[0][-4] += 1
    elif what == "what was published is another":
        earlier["published"]["recruiting_area"][0][1]["postings"][0] += 1
    elif what == "the declarations are others":
        earlier["secret"]["tables"][0]["clause"] = "x"
    elif what == "the beginning is another":
        history["begun"] = "0" * 64
    elif what == "the import is left out":
        material["earlier"], history["releases"] = [], []


@pytest.mark.parametrize(
    "what",
    [
        "a figure that was shown is left out",
        "a figure that was shown is another",
        "what was published is another",
        "the declarations are others",
        "the beginning is another",
        "the import is left out",
    ],
)
def test_the_verifier_refuses_material_that_says_other_of_the_import(
    corrected: tuple[Deployment, str], what: str
) -> None:
    deployment, release = corrected
    store = deployment.store(release, OPEN_NAMES)
    whole = Material.read(store.get("material.json"))
    stated = json.loads(store.get("certificate-public.json"))["history"]
    assert whole.check_history() == stated
    assert len(whole.past) == 1
    document = json.loads(store.get("material.json"))
    _tampered(document, what)
    changed = Material.read(canonical(document))
    try:
        found = changed.check_history()
        _ = changed.past
    except Problem:
        return
    assert found["head"] != stated["head"]  # a package's statement names the head: that is another one's


@pytest.fixture
def stated(unstated: Site, month: Month, tmp_path: Path) -> Site:
    begin_own(unstated.deployment, [file(tmp_path, lines(month.csvs[TABLE]))], now=NOW)
    return unstated


def test_no_answer_is_given_about_a_month_that_has_an_import(stated: Site) -> None:
    deployment = stated.deployment
    asked = deployment.terms.release(PERIOD, kind="A01")
    one = Answer(
        deployment=deployment, month=deployment, release=asked, supersedes=None, reason=None, round=1, progress=silent
    )
    with pytest.raises(DisclosureError) as refused:
        one.figures.earlier()
    assert refused.value.exit == 14


def _broken(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / f"{IMPORTED}.{name}"
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    return change


def _lost(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / f"{IMPORTED}.{name}").unlink()


def _left_out(folder: Path) -> None:
    (folder / "history.json").write_text('{"releases": []}')


def _figures(folder: Path) -> None:
    path = folder / "beginning.json"
    document = json.loads(path.read_text())
    document["imported"] = []
    path.write_text(json.dumps(document))


def _listed(folder: Path) -> None:
    path = folder / "history.json"
    document = json.loads(path.read_text())
    document["releases"][0]["digest"] = "0" * 64
    path.write_text(json.dumps(document))


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(_broken("sealed"), id="figures-edited"),
        pytest.param(_broken("tables.sealed"), id="declarations-edited"),
        pytest.param(_lost("sealed"), id="figures-lost"),
        pytest.param(_left_out, id="left-out-of-the-list"),
        pytest.param(_figures, id="taken-out-of-the-statement"),
        pytest.param(_listed, id="another-digest-in-the-list"),
    ],
)
def test_an_import_can_not_be_changed_after_it_was_signed(stated: Site, attack: Callable[[Path], None]) -> None:
    attack(stated.root / "var" / "history")
    with pytest.raises(IntegrityError) as refusal:
        run(stated.deployment, PERIOD, clock, silent)
    assert refusal.value.exit == 18


@pytest.mark.parametrize("chained", [False, True])
def test_figures_sealed_anew_are_not_the_signed_ones(stated: Site, chained: bool) -> None:
    """Somebody who has the keys that seal, and not the statement's: also when the list is written anew to fit."""
    deployment, folder = stated.deployment, stated.root / "var" / "history"
    name, path = f"history/{IMPORTED}.sealed", folder / f"{IMPORTED}.sealed"
    data = deployment.keyring.open_sealed(path.read_bytes(), name).replace(b'"A"', b'"C"', 1)
    start = History(deployment).begun
    path.write_bytes(deployment.keyring.seal(data, name))
    if chained:
        document = json.loads((folder / "history.json").read_text())
        entry = document["releases"][0]
        entry["digest"] = digest(data)
        head = start_of(deployment.terms.id, str(start))
        entry["head"] = digest_of([deployment.terms.id, head, IMPORTED, "imported", entry["digest"], entry["declared"]])
        (folder / "history.json").write_text(json.dumps(document))
    with pytest.raises(IntegrityError):
        History(deployment).near(deployment.terms.release(PERIOD))


def test_an_import_has_no_figure_in_statement_or_ledger(stated: Site, month: Month) -> None:
    (record,) = stated.deployment.ledger.entries(kind=BEGUN)
    document = json.loads((stated.root / "var" / "history" / "beginning.json").read_bytes())
    assert record.body.keys() == {"digest", "imported", "shown"}
    assert document["imported"][0].keys() == {"release", "digest", "declared", "shown", "withheld"}
    foreign = replace(stated.deployment, terms=stated.deployment.terms.model_copy(update={"id": "another"}))
    with pytest.raises(IntegrityError):
        History(foreign).head()
