"""``gateway protect`` as it is typed: what it writes, what it refuses and how it says so, and a run that is killed."""

import csv
import io
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway import cli
from gateway.disclosure import exchange
from gateway.release.protecting import protect_file

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 11, 1, tzinfo=UTC)
SPEC = """format = "gateway-protect/1"
model = "business"
group = "holding"
value = "value"

[[dimensions]]
name = "month"
levels = ["month"]

[[dimensions]]
name = "region"
levels = ["county", "town"]

[[dimensions]]
name = "industry"
levels = ["section"]

[rules]
minimum_groups = 3
p_percent = 15
"""
HEADER = ["holding", "month", "county", "town", "section", "value"]
Rows = list[list[str]]


def records(month: int = 10) -> Rows:
    """A month of twelve holdings, with words that occur nowhere but in the data."""
    draw = random.Random(month)
    rows = []
    for town in range(5):
        for section in range(3):
            for holding in draw.sample(range(12), draw.choice([1, 2, 4, 6, 8])):
                codes = [f"2026-{month}", f"cty-{town // 3}", f"twn-{town}", f"sec-{section}"]
                rows.append([f"grp-{holding}", *codes, str(draw.choice([7001, 7013, 7919, 70_001, 104_729]))])
    return rows


def as_csv(rows: Rows, header: list[str] = HEADER) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


@dataclass
class Desk:
    """A folder with a file, a declaration and a place for the result; the command as it is typed there."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def __post_init__(self) -> None:
        self.cells, self.spec = self.folder / "october.csv", self.folder / "table.toml"
        self.out, self.history = self.folder / "out", self.folder / "siping.history"
        self.cells.write_bytes(as_csv(records()))
        self.spec.write_text(SPEC, encoding="utf-8")

    def type(self, *more: str, language: str = "C.UTF-8") -> tuple[int, str]:
        """Exit code, and everything that was said."""
        command = ["gateway", "protect", str(self.cells), "--spec", str(self.spec), "--out", str(self.out), *more]
        self.monkeypatch.setattr(sys, "argv", command)
        for name in ("LANGUAGE", "LC_MESSAGES", "LANG"):
            self.monkeypatch.delenv(name, raising=False)
        self.monkeypatch.setenv("LC_ALL", language)
        with pytest.raises(SystemExit) as end:
            cli.main()
        told = self.capture.readouterr()
        return int(end.value.code or 0), told.out + told.err

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.out / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, capsys, monkeypatch)


# what it writes -------------------------------------------------------------------------------------------------------


def test_the_document_and_the_files(desk: Desk) -> None:
    code, told = desk.type("--json")
    assert code == 0, told
    document = json.loads(told[told.index("{") : told.rindex("}") + 1])
    assert set(document) == {"cells", "primary", "secondary", "value_share", "seconds", "certificate"}
    cells, published = desk.table("cells.csv"), desk.table("published.csv")
    assert list(cells[0]) == ["month", "region", "industry", "value", "status"]
    assert list(published[0]) == ["month", "region", "industry", "value", "mark"]
    statuses = [row["status"] for row in cells]
    assert set(statuses) == {"published", "primary", "secondary"}
    assert document["cells"] == len(cells)
    assert (document["primary"], document["secondary"]) == (statuses.count("primary"), statuses.count("secondary"))
    hidden = sum(int(row["value"]) for row in cells if row["status"] != "published")
    assert document["value_share"] == pytest.approx(hidden / sum(int(row["value"]) for row in cells), abs=1e-6)
    assert 0 <= document["seconds"] < 60
    assert Path(document["certificate"]).is_file()
    assert {path.name for path in desk.out.iterdir()} == {
        "cells.csv",
        "published.csv",
        "certificate.secret.json",
        "certificate.json",
        "page.html",
    }


def test_cells_are_sorted_and_summed_to_total(desk: Desk) -> None:
    assert desk.type()[0] == 0
    cells = desk.table("cells.csv")
    places = [(row["month"], row["region"], row["industry"]) for row in cells]
    assert places == sorted(set(places))
    values = {place: int(row["value"]) for place, row in zip(places, cells, strict=True)}
    rows = records()
    assert values["Total", "Total", "Total"] == sum(int(row[-1]) for row in rows)
    assert values["2026-10", "cty-1", "Total"] == sum(int(row[-1]) for row in rows if row[2] == "cty-1")
    assert values["Total", "Total", "sec-2"] == sum(int(row[-1]) for row in rows if row[4] == "sec-2")
    inner = {(row[1], row[3], row[4]) for row in rows}
    assert inner <= set(places)


def test_what_is_published_is_what_the_secret_file_says(desk: Desk) -> None:
    assert desk.type()[0] == 0
    for secret, public in zip(desk.table("cells.csv"), desk.table("published.csv"), strict=True):
        shown = secret["status"] == "published"
        assert [public[name] for name in ("month", "region", "industry")] == list(secret.values())[:3]
        assert (public["mark"], public["value"]) == (("A", secret["value"]) if shown else ("C", ""))


def test_secret_files_are_for_their_owner_only(desk: Desk) -> None:
    assert desk.type("--history", str(desk.history), "--begin-history")[0] == 0
    desk.cells.write_bytes(as_csv(records()))
    desk.out = desk.folder / "alone"
    assert desk.type()[0] == 0
    for path in (desk.history, desk.out / "cells.csv", desk.out / "certificate.secret.json"):
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_the_same_file_gives_the_same_result(desk: Desk) -> None:
    """Also from rows in another order, with another line end and a byte order mark."""
    assert desk.type()[0] == 0
    first = (desk.out / "cells.csv").read_bytes()
    rows = records()
    random.Random(3).shuffle(rows)
    desk.cells.write_bytes(b"\xef\xbb\xbf" + as_csv(rows).replace(b"\n", b"\r\n"))
    desk.out = desk.folder / "again"
    assert desk.type()[0] == 0
    assert (desk.out / "cells.csv").read_bytes() == first


@pytest.mark.parametrize("language", ["C.UTF-8", "zh_CN.UTF-8"])
def test_help_has_an_example(language: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "gateway", "protect", "--help"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        env={**os.environ, "LC_ALL": language, "LANG": language, "PYTHONPATH": str(ROOT), "COLUMNS": "160"},
    )
    assert re.search(r"gateway protect \S+\.csv\s+--spec\s+\S+\.toml\s+--out\s+\S+\s+--json", result.stdout)
    assert bool(re.search(r"[一-鿿]", result.stdout)) is language.startswith("zh")
    for option in ("--spec", "--out", "--history", "--begin-history", "--release", "--json"):
        assert option in result.stdout


# what it refuses ------------------------------------------------------------------------------------------------------

Change = Callable[[Rows], bytes]


def put(row: int, column: str, text: str) -> Change:
    """The file with one cell changed; rows are counted as a person sees them, the header is row 1."""

    def change(rows: Rows) -> bytes:
        rows[row - 2][HEADER.index(column)] = text
        return as_csv(rows)

    return change


def without(column: str) -> Change:
    def change(rows: Rows) -> bytes:
        at = HEADER.index(column)
        return as_csv([[*row[:at], *row[at + 1 :]] for row in rows], [name for name in HEADER if name != column])

    return change


BAD_FILES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "no contributor column": (without("holding"), ("holding",)),
    "no value column": (without("value"), ("value",)),
    "a level is missing": (without("town"), ("town",)),
    "a negative value": (put(4, "value", "-7919"), ("4", "value")),
    "a decimal value": (put(5, "value", "7919.5"), ("5", "value")),
    "a value in words": (put(6, "value", "many-7919"), ("6", "value")),
    "no value": (put(7, "value", ""), ("7", "value")),
    "a value with a space": (put(7, "value", " 7919"), ("7", "value")),
    "a value with a sign": (put(7, "value", "+7919"), ("7", "value")),
    "a value in another notation": (put(7, "value", "79e19"), ("7", "value")),
    "a value in full-width digits": (put(7, "value", "７９１９"), ("7", "value")),
    "a value of sixteen digits": (put(7, "value", "7919791979197919"), ("7", "value")),
    "no contributor": (put(8, "holding", ""), ("8", "holding")),
    "no code": (put(9, "town", ""), ("9", "town")),
    "two codes above one": (put(3, "county", "cty-9"), ("town",)),
    "a code of two levels": (put(3, "town", "cty-0"), ("county",)),
    "the reserved word": (put(10, "section", "Total"), ("10", "section", "Total")),
    "the reserved word above": (put(10, "county", "Total"), ("10", "county", "Total")),
    "nothing at all": (lambda rows: b"", ("holding",)),
    "a header only": (lambda rows: as_csv([]), ()),
    "a row too short": (lambda rows: as_csv([*rows[:2], rows[2][:-1], *rows[3:]]), ("4",)),
    "a row too long": (lambda rows: as_csv([*rows[:2], [*rows[2], "7919"], *rows[3:]]), ("4",)),
    "an empty line between": (lambda rows: as_csv([*rows[:2], [], *rows[2:]]), ("4",)),
    "not UTF-8": (lambda rows: as_csv(rows).replace(b"cty-0", "四平".encode("gb18030")), ("UTF-8",)),
    "UTF-16": (lambda rows: as_csv(rows).decode().encode("utf-16"), ("UTF-8",)),
    "an open quotation mark": (lambda rows: as_csv(rows) + b'"grp-1,7919', ("CSV",)),
    "a column twice": (lambda rows: as_csv(rows, [*HEADER[:-2], "value", "value"]), ()),
    "zeros only": (lambda rows: as_csv([[*row[:-1], "0"] for row in rows]), ()),
    "more than is exact": (lambda rows: as_csv([[*row[:-1], "9" * 15] for row in rows]), ()),
}


@pytest.mark.parametrize("why", BAD_FILES)
def test_a_bad_file_is_refused_by_row_and_column(desk: Desk, why: str) -> None:
    change, words = BAD_FILES[why]
    good = desk.cells.read_bytes()
    desk.cells.write_bytes(change(records()))
    both_languages(desk, 11, words)
    desk.cells.write_bytes(good)
    assert desk.type()[0] == 0, "once mended the same command works"


def both_languages(desk: Desk, exit: int, words: tuple[str, ...], *more: str) -> None:
    """The exit code, a message with its words in either language and no word of the data, and nothing written."""
    before = desk.files()
    for language, chinese in (("C.UTF-8", False), ("zh_CN.UTF-8", True)):
        code, told = desk.type("--json", *more, language=language)
        assert code == exit, told
        assert "Traceback" not in told
        told = told.replace(str(desk.folder), "")
        document = json.loads(told[told.index("{") : told.index("}") + 1])
        assert document["exit"] == exit
        assert all(word in document["message"] for word in words), document["message"]
        assert bool(re.search(r"[一-鿿]", document["message"])) is chinese
        assert not re.search(r"grp-|cty-|twn-|sec-|7\d\d\d|104729|９", told), "a value of the data"
    assert desk.files() == before


def replaced(old: str, new: str) -> str:
    assert old in SPEC
    return SPEC.replace(old, new, 1)


BAD_SPECS: dict[str, tuple[str, tuple[str, ...]]] = {
    "an unknown key": (SPEC + "secret = 1\n", ("secret",)),
    "an unknown key at the top": ("note = 1\n" + SPEC, ("note",)),
    "another format": (replaced("protect/1", "protect/2"), ("format",)),
    "no format": (replaced('format = "gateway-protect/1"\n', ""), ("format",)),
    "another model": (replaced('"business"', '"branches"'), ("model",)),
    "a level twice": (replaced('["section"]', '["town"]'), ("dimensions",)),
    "the contributor as a level": (replaced('["section"]', '["holding"]'), ("dimensions",)),
    "the value as the contributor": (replaced('group = "holding"', 'group = "value"'), ("dimensions",)),
    "two dimensions of one name": (replaced('"industry"', '"region"'), ("dimensions",)),
    "no dimension": (SPEC.split("[[dimensions]]")[0] + "[rules]\nminimum_groups = 3\n", ("dimensions",)),
    "a dimension without levels": (replaced('["section"]', "[]"), ("levels",)),
    "an unknown level is shown": (replaced('["section"]', '["section"]\nshown = ["shop"]'), ("shown",)),
    "a minimum of one": (replaced("minimum_groups = 3", "minimum_groups = 1"), ("minimum_groups",)),
    "p of nothing": (replaced("p_percent = 15", "p_percent = 0"), ("p_percent",)),
    "p in words": (replaced("p_percent = 15", 'p_percent = "15"'), ("p_percent",)),
    "three dominate": (SPEC + "dominance = [3, 85]\n", ("dominance",)),
    "nobody dominates": (SPEC + "dominance = [2, 0]\n", ("dominance",)),
    "an unknown insider": (SPEC + 'insiders = "third"\n', ("insiders",)),
    "not TOML": ("format =\n", ("TOML",)),
}


@pytest.mark.parametrize("why", BAD_SPECS)
def test_a_bad_declaration_is_refused_by_its_key(desk: Desk, why: str) -> None:
    text, words = BAD_SPECS[why]
    desk.spec.write_text(text, encoding="utf-8")
    both_languages(desk, 10, words)
    desk.spec.write_text(SPEC, encoding="utf-8")
    assert desk.type()[0] == 0, "once mended the same command works"


@pytest.mark.parametrize(("which", "exit"), [("spec", 10), ("cells", 11)])
@pytest.mark.parametrize("instead", ["missing", "a folder", "not text"])
def test_a_file_that_is_not_there_or_not_one(desk: Desk, which: str, exit: int, instead: str) -> None:
    path: Path = getattr(desk, which)
    path.unlink()
    if instead == "a folder":
        path.mkdir()
    if instead == "not text":
        path.write_bytes(b"\xff\xfe\x00\x81")
    both_languages(desk, exit, ())


# histories ------------------------------------------------------------------------------------------------------------


def begun(desk: Desk) -> list[str]:
    """A history with October in it, November's file on the desk, and the options for it."""
    desk.spec.write_text(SPEC.replace('levels = ["month"]', 'levels = ["month"]\nshown = ["month"]'), encoding="utf-8")
    assert desk.type("--history", str(desk.history), "--begin-history", "--release", "2026-10")[0] == 0
    desk.cells.write_bytes(as_csv(records(11)))
    desk.out = desk.folder / "november"
    return ["--history", str(desk.history), "--release", "2026-11"]


def test_releases_are_remembered(desk: Desk) -> None:
    options = begun(desk)
    code, told = desk.type("--json", *options)
    assert code == 0, told
    document = json.loads(told[told.index("{") : told.rindex("}") + 1])
    assert set(document) == {"cells", "primary", "secondary", "value_share", "seconds", "certificate"}
    assert exchange.load(desk.history, "siping").releases == ("2026-10", "2026-11")
    assert {row["month"] for row in desk.table("cells.csv")} == {"2026-11"}


Spoil = Callable[[bytes], bytes]
SPOILED: dict[str, Spoil] = {
    "empty": lambda data: b"",
    "cut": lambda data: data[:-9],
    "a byte of its first line": lambda data: data.replace(b"nothing", b"nothinG", 1),
    "its first release left out": lambda data: b"\n".join(data.split(b"\n")[1:]),
    "another exchange's": lambda data: data.replace(b'"siping"', b'"jilin"', 1),
    "something after its end": lambda data: data + b"{}\n",
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_damaged_history_stops_the_release(desk: Desk, how: str) -> None:
    options = begun(desk)
    whole = desk.history.read_bytes()
    desk.history.write_bytes(SPOILED[how](whole))
    both_languages(desk, 18, (), *options)
    desk.history.write_bytes(whole)
    assert desk.type(*options)[0] == 0, "once restored the same command works"


def test_a_missing_history_is_not_an_empty_one(desk: Desk) -> None:
    options = begun(desk)
    moved = desk.history.rename(desk.folder / "moved.history")
    both_languages(desk, 18, (), *options)
    both_languages(desk, 18, (), "--history", str(moved), "--release", "2026-11")
    moved.rename(desk.history)
    both_languages(desk, 18, (), *options, "--begin-history")
    assert desk.type(*options)[0] == 0


def test_a_history_is_begun_by_a_release_that_is_made(desk: Desk) -> None:
    """The first release goes wrong: the same command begins the history once the file is mended."""
    good = desk.cells.read_bytes()
    desk.cells.write_bytes(put(4, "value", "-7919")(records()))
    options = ("--history", str(desk.history), "--begin-history")
    both_languages(desk, 11, ("4", "value"), *options)
    desk.cells.write_bytes(good)
    assert desk.type(*options)[0] == 0


def test_another_structure_and_another_hierarchy_are_refused(desk: Desk) -> None:
    options = begun(desk)
    good = desk.spec.read_text(encoding="utf-8"), desk.cells.read_bytes()
    desk.spec.write_text(good[0].replace('levels = ["county", "town"]', 'levels = ["town"]'), encoding="utf-8")
    both_languages(desk, 18, (), *options)
    desk.spec.write_text(good[0], encoding="utf-8")
    desk.cells.write_bytes(good[1].replace(b"cty-1", b"cty-7"))
    both_languages(desk, 14, (), *options)
    desk.cells.write_bytes(good[1])
    assert desk.type(*options)[0] == 0


def test_a_full_disk_leaves_the_history_as_it_was(desk: Desk) -> None:
    options = begun(desk)
    before = desk.history.read_bytes()
    result = subprocess.run(
        [sys.executable, "-m", "gateway", "protect", desk.cells, "--spec", desk.spec, "--out", desk.out, *options],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, len(before) + 100)),
    )
    assert result.returncode == 10, result.stderr
    assert desk.history.read_bytes() == before
    assert desk.type(*options)[0] == 0, "with room again the same command works"


# a run that is killed -------------------------------------------------------------------------------------------------


def release(desk: Desk, out: Path, history: Path) -> None:
    protect_file(desk.cells, desk.spec, out, at=AT, history=history, release="2026-11")


def in_a_process_of_its_own(work: Callable[[], Any]) -> int:
    """Forks, works, ends without any of this process's endings."""
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException:
        os._exit(1)


def files_in(folder: Path) -> dict[str, bytes]:
    """All whole files; of a certificate, which is salted and dated, only that it is there."""
    return {
        path.relative_to(folder).as_posix(): b"" if path.name.startswith("certificate") else path.read_bytes()
        for path in folder.rglob("[!.]*")
        if path.is_file()
    }


def test_a_killed_run_leaves_nothing_half_written(desk: Desk) -> None:
    begun(desk)
    before = desk.history.read_bytes()
    started = time.monotonic()
    child = in_a_process_of_its_own(lambda: release(desk, desk.out, desk.history))
    assert os.waitpid(child, 0)[1] == 0
    whole = time.monotonic() - started
    after, files = desk.history.read_bytes(), files_in(desk.out)
    draw = random.Random(5)
    for number in range(40):
        folder = desk.folder / f"run{number}"
        folder.mkdir()
        history = folder / "siping.history"
        history.write_bytes(before)
        child = in_a_process_of_its_own(lambda folder=folder, history=history: release(desk, folder / "out", history))
        time.sleep(whole * (draw.uniform(0.6, 1.1) if number % 2 else draw.random()))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = files_in(folder / "out")
        named = {name: data for name, data in found.items() if not name.endswith(".staged")}
        assert named.items() <= files.items()
        if history.read_bytes() == before:
            assert not named, "what no history knows has no name"
        else:
            assert history.read_bytes() == after
            assert {name.removesuffix(".staged"): data for name, data in found.items()} == files
        assert exchange.load(history, "siping").releases[:1] == ("2026-10",)


def test_two_releases_at_once_are_both_remembered_or_refused(desk: Desk) -> None:
    begun(desk)
    children = []
    for number in range(4):
        out = desk.folder / f"out{number}"
        children.append(in_a_process_of_its_own(lambda out=out: release(desk, out, desk.history)))
    done = [os.waitpid(child, 0)[1] == 0 for child in children]
    assert len(exchange.load(desk.history, "siping").releases) == 1 + sum(done)
    assert any(done)
