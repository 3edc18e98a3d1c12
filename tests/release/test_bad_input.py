"""What goes wrong, what it gets: the right exit code, a next step, nothing half-sent, and the same command works again.

Each row: what is done to the deployment, the exit code, and whether the message names what it should."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from gateway.model.period import ZONE
from tests.release.conftest import PERIOD, Site

Break = Callable[[Path], None]


def drop(name: str) -> Break:
    return lambda root: (root / "extract" / name).unlink()


def empty(name: str) -> Break:
    return lambda root: (root / "extract" / name).write_bytes(b"")


def cut(name: str, keep: float) -> Break:
    def do(root: Path) -> None:
        path = root / "extract" / name
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * keep)].rstrip(b"\n"))

    return do


def cut_at_a_line_end(name: str, share: float) -> Break:
    """The last lines are gone and every line that is left is whole: what a copy of whole blocks of lines leaves."""

    def do(root: Path) -> None:
        path = root / "extract" / name
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[: -int(len(lines) * share)]))

    return do


def edit(name: str, pattern: bytes, new: bytes, count: int = 0) -> Break:
    def do(root: Path) -> None:
        path = root / name
        changed, hits = re.subn(pattern, new, path.read_bytes(), count=count)
        assert hits, "the test changes nothing"
        path.write_bytes(changed)

    return do


def recode(name: str) -> Break:
    """GB18030 bytes where the contract says UTF-8."""

    def do(root: Path) -> None:
        path = root / "extract" / name
        path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
        edit("pipelines/sources/made_up.toml", rb'source = "postings"\n', b'source = "postings"\nencoding = "utf-8"\n')(
            root
        )

    return do


def shift(name: str) -> Break:
    """Every fifth row has a cell too many."""

    def do(root: Path) -> None:
        path = root / "extract" / name
        lines = path.read_bytes().split(b"\n")
        path.write_bytes(b"\n".join(b"," + line if n % 5 == 2 else line for n, line in enumerate(lines)))

    return do


def no_key(name: str) -> Break:
    return lambda root: (root / "keyring" / name).unlink()


def open_key(name: str) -> Break:
    return lambda root: (root / "keyring" / name).chmod(0o644)


CASES: dict[str, tuple[Break, int, str]] = {
    "a feed is missing": (drop("workers.csv"), 11, "workers"),
    "a feed is empty": (empty("workers.csv"), 11, "workers.csv"),
    "a feed is cut off": (cut("activities.csv", 0.5), 11, "activities.csv"),
    "activities are cut off at a line end": (
        cut_at_a_line_end("activities.csv", 0.1),
        12,
        "feed_activities.month_covered",
    ),
    "postings are cut off at a line end": (cut_at_a_line_end("postings.csv", 0.1), 11, "activities"),  # point nowhere
    "a column is renamed": (edit("extract/workers.csv", rb"birth_date", b"born_on", 1), 11, "birth_date"),
    "a column is gone": (edit("extract/postings.csv", rb"posting_id", b"", 1), 11, "posting_id"),
    "GBK read as UTF-8": (recode("postings.csv"), 11, "UTF-8"),
    "shifted columns": (shift("workers.csv"), 11, "workers"),
    "a month with no rows": (
        edit("extract/postings.csv", rb"2026-10-", b"2026-08-"),
        11,
        "postings",
    ),
    "mostly unknown codes": (edit("extract/postings.csv", rb",2203", b",9903"), 11, "region"),
    "mostly sentinels for pay": (
        edit("extract/postings.csv", rb"\d+-\d+\xe5\x85\x83", b"99999999\xe5\x85\x83"),
        11,
        "pay",
    ),
    "a setting is unknown": (edit("gateway.toml", rb"\[engine\]", b"[engine]\nspeed = 9"), 10, "gateway.toml:"),
    "a table is undeclared": (edit("pipelines/monthly.toml", rb'"pay_bands"', b'"pay_bounds"'), 10, "pay_bounds"),
    "a disclosure model is missing": (
        edit("pipelines/tables/pay_bands.toml", rb'model = "business"\n', b""),
        10,
        "model",
    ),
    "a suite is missing": (lambda root: (root / "expectations" / "pay_bands.json").unlink(), 10, "pay_bands"),
    "a key is missing": (no_key("exchange-secret"), 10, "exchange-secret"),
    "a key can be read by others": (open_key("exchange-secret"), 10, "exchange-secret"),
    "the ledger is gone": (lambda root: (root / "var" / "ledger.db").unlink(), 10, "ledger.db"),
    "the agreement is not yet in force": (
        edit("agreements/siping-004.toml", rb"since = 2026-01-01", b"since = 2027-06-01", 1),
        19,
        "2027-06-01",
    ),
    "the agreement has ended": (
        edit("agreements/siping-004.toml", rb"until = 2027-12-31", b"until = 2026-11-01", 1),
        19,
        "2026-11-01",
    ),
    "a table beyond the scope": (
        edit("pipelines/tables/pay_bands.toml", 'clause = "二\\(一\\)1"'.encode(), 'clause = "二(一)9"'.encode()),
        19,
        "",
    ),
    "the operator is not the agreement's": (
        edit("gateway.toml", rb'operator = "operator_a"', b'operator = "somebody"'),
        19,
        "somebody",
    ),
    "a limit of quality is passed": (
        edit("pipelines/monthly.toml", rb"duplicate_share = 0.01", b"duplicate_share = 0.0"),
        12,
        "",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input(name: str, site: Site, founded: Site) -> None:
    spoil, code, named = CASES[name]
    spoil(site.root)
    result = site.gateway("run", str(PERIOD))
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr
    assert named in result.stderr
    assert "error:" in result.stderr
    assert not list((site.root / "var").rglob("*.zip"))
    assert_no_values(result.stdout + result.stderr, founded.root / "extract")
    chinese = site.gateway("run", str(PERIOD), LANG="zh_CN.UTF-8")
    assert chinese.returncode == code
    assert "错误" in chinese.stderr


def assert_no_values(text: str, extract: Path) -> None:
    """No name, phone, ID or key of the source in what was printed."""
    first = (extract / "workers.csv").read_text(encoding="utf-8").splitlines()[1:200]
    values = {cell for line in first for cell in line.split(",")[:5] if len(cell) > 2}
    assert [value for value in values if value in text] == []


def test_columns_shifted_in_every_row_are_told_as_refusals(site: Site) -> None:
    path = site.root / "extract" / "postings.csv"
    head, *lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(
        head
        + b"".join(line.rstrip(b"\n").rpartition(b",")[2] + b"," + line.rpartition(b",")[0] + b"\n" for line in lines)
    )
    result = site.gateway("run", str(PERIOD))
    assert result.returncode == 11, result.stderr
    assert "rows refused" in result.stderr
    command = re.search(r"next: gateway (status LGTJ_\S+ --refused)", result.stderr)
    assert command, result.stderr
    listed = site.gateway(*command[1].split())
    assert listed.returncode == 0, listed.stderr
    assert "postings.csv:2 " in listed.stdout


def test_the_same_command_works_once_the_cause_is_gone(site: Site, founded: Site) -> None:
    path = site.root / "extract" / "workers.csv"
    good = path.read_bytes()
    path.write_bytes(good[: len(good) // 2])
    assert site.gateway("run", str(PERIOD)).returncode == 11
    path.write_bytes(good)
    again = site.gateway("run", str(PERIOD))
    assert again.returncode == 0, again.stderr
    assert "SUBMITTED" in again.stdout


@pytest.mark.parametrize(
    ("month", "code"), [("this month", 11), ("2099-01", 11), ("2026-13", 2), ("October", 2), ("2026-1", 2)]
)
def test_a_month_that_is_not_over_or_not_a_month(site: Site, month: str, code: int) -> None:
    before = list(site.deployment.ledger.entries())
    result = site.gateway("run", datetime.now(ZONE).strftime("%Y-%m") if month == "this month" else month)
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr
    assert list(site.deployment.ledger.entries()) == before


def test_a_folder_that_is_no_deployment(tmp_path: Path) -> None:
    from gateway.base.keyring import Keyring

    result = Site(root=tmp_path, people=Keyring(tmp_path)).gateway("run", str(PERIOD))
    assert result.returncode == 10
    assert "gateway init" in result.stderr


def test_formulas_in_the_source_are_harmless_in_every_output(site: Site) -> None:
    """The made-up data hold cells such as =cmd|…; no output cell begins like a formula."""
    assert b"=cmd|" in (site.root / "extract" / "postings.csv").read_bytes()
    result = site.gateway("run", str(PERIOD), "--json")
    assert result.returncode == 0, result.stderr
    release = "LGTJ_220300_LHYG_202610_M_R01"
    site.gateway("export", release)
    for path in (site.root / "export" / release).glob("*.csv"):
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            assert not re.search(r"(^|,)\"?[=+@]", line)
