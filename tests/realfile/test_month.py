"""A real month, 2019-09, from the crawled file to the verified package and the registered receipt.

Every part is the real one: the file where it lies, sshd, the stewards' and the bureau's keys. What it publishes is
compared with the same file counted plainly (``plain``), and searched for what must not leave (``traces``)."""

import csv
import io
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from gateway.base.keyring import Keyring
from gateway.base.sshsig import APPROVAL, sign
from gateway.ingest import withheld_columns
from gateway.model.cells import Mark, Protected, PublishedTable
from gateway.model.release import State
from gateway.privacy import SourceBatch, ValueKind, match_source
from gateway.receiving import Reception, read_register, receive
from gateway.release.build.corridor import run
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.history.cellfiles import read_cells, read_published
from gateway.release.review.approving import approve
from gateway.release.review.exporting import export
from gateway.release.sending.delivering import deliver
from gateway.release.sending.receipts import fetch_receipts
from gateway.release.sending.sealing import package_of
from gateway.release.sending.telling import tell_passphrase
from gateway.release.site.deployment import Deployment
from gateway.release.upkeep.status import status
from gateway.statistics import publish
from gateway.verifier import verify_package
from tests.realfile import job_board, plain, traces
from tests.servers import Sshd, sshd

ROWS = 4950
ACCOUNT = {"counted": 4254, "refused": 48, "duplicate": 3, "out_of_period": 645}
REASONS = {
    ("posting", "missing"): 29,
    ("industry", "missing"): 1,
    ("industry", "unknown_code"): 1,
    ("region", "unknown_code"): 17,
}
TABLES = {
    "supply": (["city", "industry"], ["postings", "vacancies"]),
    "pay_bands": (["city", "pay"], ["postings"]),
    "recruiting_area": (["area"], ["postings", "vacancies"]),
}


def quiet(stage: str, done: float) -> None:
    """No progress is shown."""


@dataclass(frozen=True)
class Month:
    """What is left of the month when it is over."""

    deployment: Deployment
    release: str
    passphrase: str = field(repr=False)
    reception: Reception
    bureau: Path
    outputs: Path
    rows: list[plain.Row] = field(repr=False)
    codes: plain.Codes
    bands: plain.Bands

    @property
    def ingest(self) -> dict[str, Any]:
        document: dict[str, Any] = self.deployment.store(self.release, OPEN_NAMES).get_json("ingest.json")["postings"]
        return document

    def table(self, entry: str) -> list[dict[str, str]]:
        """A published table, from the CSV file that the bureau unpacked."""
        text = (self.outputs / self.release / entry).read_bytes().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    base = tmp_path_factory.mktemp("month")
    people, bureau = Keyring.create(base / "people"), base / "bureau"
    rows = plain.read(job_board.real_file())
    with sshd(base / "sshd", folder=bureau / "sftp") as server:
        for name in ("inbox", "receipts"):
            (server.folder / name).mkdir()
        deployment = job_board.found_deployment(base / "platform", rows, server, people)
        release, passphrase, reception = _walk(deployment, people, bureau, server)
    codes = job_board.write_lists(base / "codes", rows)
    return Month(
        deployment=deployment,
        release=release,
        passphrase=passphrase,
        reception=reception,
        bureau=bureau,
        outputs=bureau / "unpacked",
        rows=rows,
        codes=codes,
        bands=plain.read_bands(base / "codes" / "pay.csv"),
    )


def _walk(deployment: Deployment, people: Keyring, bureau: Path, server: Sshd) -> tuple[str, str, Reception]:
    """Run, two approvals, deliver, receive, receipts."""
    release = run(deployment, job_board.PERIOD, job_board.now, quiet).release
    statement = Path(status(deployment, release)["files"]["statement"]).read_bytes()
    for steward in job_board.STEWARDS:
        approve(deployment, release, sign(statement, people.get(steward), APPROVAL), job_board.now())
    deliver(deployment, release, job_board.now, quiet, sleep=time.sleep, random=random.Random(1).random)
    passphrase = tell_passphrase(deployment, release, job_board.RECIPIENT, job_board.now())["passphrase"]
    reception = receive(
        [server.folder / "inbox" / name for name in package_of(deployment, release).names],
        passphrase=passphrase,
        allowed_signers=deployment.allowed_signers_path.read_text(encoding="utf-8"),
        recipient=job_board.RECIPIENT,
        key=people.get(job_board.RECIPIENT),
        register=bureau / "register.db",
        receipts=server.folder / "receipts",
        unpack=bureau / "unpacked",
        now=job_board.now(),
    )
    fetch_receipts(deployment, job_board.now())
    export(deployment, release, deployment.root / "export" / release)
    return release, passphrase, reception


def test_the_month_reaches_the_register_and_its_receipt_comes_back(month: Month) -> None:
    assert month.release == "LGTJ_100000_JOBS2019_201909_M_R01"
    assert month.reception.valid
    assert [entry.release for entry in read_register(month.bureau / "register.db")] == [month.release]
    document = status(month.deployment, month.release)
    assert document["state"] == State.ACKNOWLEDGED
    assert all(document["files"].values())


def test_the_package_verifies_whole_and_without_the_gateway(month: Month) -> None:
    report = verify_package(
        month.bureau / "sftp" / "inbox" / f"{month.release}.zip",
        allowed_signers=month.deployment.allowed_signers_path.read_text(encoding="utf-8"),
        at=job_board.now(),
        passphrase=month.passphrase,
        recipient=job_board.RECIPIENT,
    )
    assert [(check.name, check.en) for check in report.checks if not check.passed] == []
    assert (report.valid, report.scope, report.not_checked) == (True, "all", ())


def test_every_row_ends_somewhere_and_the_four_add_up(month: Month) -> None:
    plainly = plain.account(month.rows, str(job_board.PERIOD))
    account = month.ingest["account"]
    assert plain.summary(plainly) == ACCOUNT
    assert account == {"rows": ROWS, **ACCOUNT}
    assert sum(ACCOUNT.values()) == ROWS == len(month.rows)


def test_each_refusal_names_its_row_column_and_reason(month: Month) -> None:
    outcomes = plain.account(month.rows, str(job_board.PERIOD))
    expected = [
        (number, *outcome.removeprefix("refused: ").split())
        for number, outcome in enumerate(outcomes, start=2)
        if outcome.startswith("refused")
    ]
    refusals = month.ingest["refusals"]
    assert {file for file, *_ in refusals} == {job_board.FILE.name}
    assert [tuple(rest) for _, *rest in refusals] == expected
    assert Counter((column, reason) for _, _, column, reason in refusals) == REASONS


def test_a_headcount_of_several_counts_as_a_posting_without_persons(month: Month) -> None:
    outcomes = plain.account(month.rows, str(job_board.PERIOD))
    counted = [row for row, where in zip(month.rows, outcomes, strict=True) if where == "counted"]
    several = sum(row["人数"] == "若干人" for row in counted)
    profile = {row["column"]: row for row in month.ingest["profile"]}
    assert several == profile["headcount"]["nulls"] == 835
    assert profile["headcount"]["refused"] == 0


@pytest.fixture(scope="module")
def counted(month: Month) -> dict[str, dict[str, dict[tuple[str, ...], tuple[int, ...]]]]:
    """Table → measure → place → (value, employers, largest, second), counted plainly."""
    frame = plain.frame(month.rows, str(job_board.PERIOD), month.codes, month.bands)
    return {
        name: {measure: plain.cells(frame, dimensions, measure) for measure in measures}
        for name, (dimensions, measures) in TABLES.items()
    }


@pytest.mark.parametrize("name", TABLES)
def test_the_cells_before_suppression_are_the_plainly_counted_ones(month: Month, counted: Any, name: str) -> None:
    store = month.deployment.store(month.release, OPEN_NAMES)
    cells = {c.spec.name: c for c in read_cells(store.get_json("cells.json"), month.deployment.tables)}[name]
    for measure, expected in counted[name].items():
        found = {p: (f.value, f.contributors, f.largest, f.second) for p, f in cells.figures[measure].items()}
        assert found == expected
        assert len(found) > 100


@pytest.mark.parametrize(("name", "entry"), list(zip(TABLES, ("02.csv", "03.csv", "04.csv"), strict=True)))
def test_every_published_figure_is_the_plainly_counted_one(month: Month, counted: Any, name: str, entry: str) -> None:
    rows, (dimensions, measures) = month.table(entry), TABLES[name]
    columns = [f"{'region' if d in ('city', 'area') else d}_code" for d in dimensions]
    places = [tuple(row[column] for column in columns) for row in rows]
    assert {row["TIME_PERIOD"] for row in rows} == {"2019-09"}
    for measure in measures:
        assert set(counted[name][measure]) <= set(places)
        marks = Counter(row[f"{measure}_status"] for row in rows)
        assert set(marks) == {"A", "C"}
        assert marks["A"] > 60
        for place, row in zip(places, rows, strict=True):
            value, employers, *_ = counted[name][measure].get(place, (0, 0))
            if row[f"{measure}_status"] == "A":
                assert int(row[measure]) == value
                assert employers == 0 or employers >= month.deployment.terms.disclosure.min_groups
            else:
                assert row[measure] == ""


def test_shares_and_quartiles_follow_from_the_plain_counts(month: Month, counted: Any) -> None:
    """The published ones, of which suppression leaves few, and all that there would be without suppression."""
    store = month.deployment.store(month.release, OPEN_NAMES)
    tables = month.deployment.tables
    cells = read_cells(store.get_json("cells.json"), tables)
    open_to_all = [Protected(spec=c.spec, status={m.name: {} for m in c.spec.measures}) for c in cells]
    lists, edges = month.deployment.hierarchies, month.deployment.edges
    whole = [publish(c, p, lists, edges, None) for c, p in zip(cells, open_to_all, strict=True)]
    # hardly a unit has all its bands published, so quartiles may be none at all
    for published, shares, quartiles in (
        (read_published(store.get_json("published.json"), tables), 50, 0),
        (whole, 500, 100),
    ):
        assert _check_shares(published[0], counted["supply"]["vacancies"]) > shares
        assert _check_quartiles(published[1], counted["pay_bands"]["postings"], month.bands) >= quartiles


def _check_shares(table: PublishedTable, vacancies: Any) -> int:
    checked = 0
    for place, row in table.rows.items():
        share, whole = row["vacancy_share"], vacancies.get((place[0], "Total"), (0,))[0]
        if share.mark is Mark.NORMAL:
            assert share.value == plain.half_up(Fraction(vacancies.get(place, (0,))[0] * 100, whole), 1)
            checked += 1
        elif share.mark is Mark.MISSING:
            assert whole == 0
    return checked


def _check_quartiles(table: PublishedTable, postings: Any, bands: plain.Bands) -> int:
    checked = 0
    for (region, pay), row in table.rows.items():
        counts = [postings.get((region, code), (0,))[0] for code, _, _ in bands.get(pay, ())]
        for quarter, name in enumerate(("q1", "median", "q3"), start=1):
            if row[name].mark is not Mark.WITHHELD:
                assert row[name].value == plain.quartile(counts, bands.get(pay, []), quarter)
                checked += row[name].value is not None
    return checked


def test_no_contact_detail_name_or_company_is_in_any_output(month: Month) -> None:
    """Not in what the bureau got, not in what lies in the open here: every byte, workbooks unzipped."""
    values = traces.traces(month.rows)
    least = {"mobile": 43, "landline": 10, "mail": 18, "name": 25, "company": 4700}
    assert {kind: len(values[kind]) >= count for kind, count in least.items()} == dict.fromkeys(least, True)
    folders = [month.outputs, month.bureau / "sftp", month.deployment.root]
    files = [item for folder in folders for item in traces.contents(folder)]
    assert {name.rpartition(".")[2] for name, _ in files} >= {"csv", "html", "json", "xml", "zip", "sealed", "feed"}
    assert traces.found(set().union(*values.values()), files) == set()
    planted = ("planted.csv", f"1,{sorted(values['company'])[7]}".encode())
    assert len(traces.found(values["company"], [planted])) >= 1


def test_the_privacy_stage_would_find_a_company(month: Month) -> None:
    """What the contract withholds reaches the search: a company planted in a table is found there."""
    named = {row["公司"] for row in month.rows if re.fullmatch("[\u4e00-\u9fff]{2,}", row["公司"])}
    companies = sorted(named, key=lambda name: (len(name), name))
    for company in [*companies[:3], *companies[100::900]]:
        withheld = withheld_columns(month.deployment.source, month.deployment.extract)
        source = (
            SourceBatch(
                source=feed,
                batch=pa.record_batch(dict(chunk.columns)),
                kinds={name: ValueKind(kind) for name, kind in kinds.items()},
            )
            for feed, kinds, chunk in withheld
        )
        planted = {"02.csv": f"地区,说明\r\n北京,{company}\r\n".encode()}
        match = match_source(source, planted, vocabulary=frozenset({"地区", "说明", "北京"}))
        assert match.checked == ROWS - 28
        assert match.blocks
        assert [column.matches > 0 for column in match.columns] == [True]
