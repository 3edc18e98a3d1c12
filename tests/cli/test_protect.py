"""``gateway protect`` as it is typed: what it writes."""

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.desk import ROOT, SPEC, Desk, as_csv, records


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


PERSONS = SPEC.replace('"business"', '"persons"').split("[rules]")[0]


def test_nothing_of_an_earlier_run_stays_beside_another(desk: Desk) -> None:
    """A rounded table beside the certificate of an exact one would be taken for certified."""
    assert desk.type()[0] == 0
    (desk.out / "together").mkdir()
    (desk.out / "together" / "cells.csv").write_bytes(b"of an earlier history")
    (desk.out / "notes.txt").write_bytes(b"a person's own")
    desk.spec.write_text(PERSONS + "[rounding]\nbase = 5\n", encoding="utf-8")
    desk.cells.write_bytes(as_csv([[f"p{number}", *row[1:-1], "1"] for number, row in enumerate(records())]))
    assert desk.type()[0] == 0
    assert {path.name for path in desk.out.iterdir()} == {"cells.csv", "published.csv", "notes.txt"}


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
