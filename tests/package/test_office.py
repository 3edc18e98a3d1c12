"""LibreOffice opens the workbook: it prints, and no text in it has become a formula."""

import csv
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from gateway.model.hierarchy import Hierarchy
from gateway.package import table_csv, workbook


@pytest.fixture(scope="module")
def office() -> str:
    found = shutil.which("soffice")
    if not found:
        pytest.fail("LibreOffice is missing: apt-get install libreoffice-calc")
    return found


def converted(office: str, folder: Path, data: bytes, to: str) -> list[Path]:
    (folder / "01.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [office, profile, "--headless", "--convert-to", to, "--outdir", str(folder), str(folder / "01.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return sorted(path for path in folder.iterdir() if path.suffix == f".{to.split(':')[0]}")


def test_it_prints(office, sample, tmp_path):
    few = (sample.tables[0], sample.tables[2], sample.tables[4])
    (made,) = converted(office, tmp_path, workbook(few, sample.hierarchies, sample.period, sample.cover), "pdf")
    assert made.read_bytes().startswith(b"%PDF-")
    assert made.stat().st_size > 20_000


def test_it_takes_no_text_for_a_formula(office, sample, tmp_path):
    regions = sample.hierarchies["regions"]
    nodes = (regions.nodes[0], *(replace(node, label="=1+1") for node in regions.nodes[1:]))
    lists = {**sample.hierarchies, "regions": Hierarchy(name="regions", levels=regions.levels, nodes=nodes)}
    data = workbook(sample.tables[2:3], lists, sample.period, sample.cover)
    sheets = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    texts = [path.read_text(encoding="utf-8") for path in converted(office, tmp_path, data, sheets)]
    table = next(text for text in texts if "表1" in text and "代码 Code" in text)
    assert table.count("=1+1") == len(nodes) - 1


def test_it_shows_the_chinese_of_a_csv(office, sample, tmp_path):
    """Opened with what its import dialogue offers because of the BOM: comma, quotes, UTF-8 (character set 76)."""
    (tmp_path / "02.csv").write_bytes(table_csv(sample.tables[0], sample.hierarchies, sample.period))
    options = ["--infilter=Text - txt - csv (StarCalc):44,34,76,1", "--convert-to", "xlsx", "--outdir", str(tmp_path)]
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [office, profile, "--headless", *options, str(tmp_path / "02.csv")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    rows = list(openpyxl.load_workbook(tmp_path / "02.xlsx").active.iter_rows(values_only=True))
    expected = list(csv.reader((tmp_path / "02.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [str(cell) for cell in rows[0]] == expected[0]
    labels = [place for place, name in enumerate(expected[0]) if f"{name}_code" in expected[0]]
    assert any("一" <= letter <= "鿿" for row in rows for letter in str(row[labels[0]]))
    assert [[str(row[n]) for n in labels] for row in rows] == [[row[n] for n in labels] for row in expected]
