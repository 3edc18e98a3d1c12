"""The guided month, as a user runs it, and the made-up second agreement with townships."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.release.upkeep.founding import SHIPPED
from gateway.release.upkeep.registers import REGISTERS

NAMES = {"workbook", "package", "manifest", "signature", "allowed_signers", "report", "receipt"}


def demo(folder: Path, *more: str) -> dict[str, object]:
    result = subprocess.run(
        [sys.executable, "-m", "gateway", "demo", "--dir", str(folder), "--rows", "6000", "--json", *more],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        cwd=SHIPPED,
        env={**os.environ, "LANG": "C.UTF-8"},
    )
    assert result.returncode == 0, result.stderr
    return dict(json.loads(result.stdout))


@pytest.fixture(scope="module")
def township(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    folder = tmp_path_factory.mktemp("demo") / "d"
    return folder, demo(folder, "--agreement", "demo-township")


def test_the_document_and_its_files(township: tuple[Path, dict[str, object]]) -> None:
    _, document = township
    assert document["state"] == "ACKNOWLEDGED"
    assert document["due"] == "2026-11-05"
    files = document["files"]
    assert isinstance(files, dict)
    assert set(files) >= NAMES
    assert all(Path(str(files[name])).is_file() for name in NAMES)


def test_townships_where_the_agreement_adds_them(township: tuple[Path, dict[str, object]]) -> None:
    folder, document = township
    tables = folder / "platform" / "export" / str(document["release"])
    area = (tables / "04.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    codes = {line.split(",")[1] for line in area}
    assert any(len(code) == 9 for code in codes)
    supply = (tables / "02.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert {len(line.split(",")[1]) for line in supply} <= {6, 8}


def test_the_change_on_the_month_before_is_there(township: tuple[Path, dict[str, object]]) -> None:
    import pandas as pd

    folder, document = township
    frame = pd.read_csv(folder / "platform" / "export" / str(document["release"]) / "02.csv", dtype=str)
    shown = frame[frame["seekers_change_status"] == "A"]  # on so little data much is withheld
    assert len(shown) > 0
    assert shown["seekers_change"].astype(float).notna().all()


def test_the_registers_lie_ready_to_print(township: tuple[Path, dict[str, object]]) -> None:
    folder, document = township
    names = {f"{name}.{kind}" for name in REGISTERS for kind in ("html", "csv", "xlsx")}
    assert {path.name for path in (folder / "platform" / "registers").iterdir()} == names
    sent = (folder / "platform" / "registers" / "sent.csv").read_text(encoding="utf-8-sig")
    assert sent.count("LGTJ_") >= 2
    assert str(document["release"]) in sent


def test_a_folder_that_is_not_empty_is_left_alone(township: tuple[Path, dict[str, object]]) -> None:
    folder, _ = township
    before = sorted(path.name for path in folder.iterdir())
    result = subprocess.run(
        [sys.executable, "-m", "gateway", "demo", "--dir", str(folder)], capture_output=True, check=False, cwd=SHIPPED
    )
    assert result.returncode == 10
    assert sorted(path.name for path in folder.iterdir()) == before
