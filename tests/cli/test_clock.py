"""The commands around terms, as a person runs them."""

import configparser
import json
import re
from pathlib import Path

import pytest

from tests.cli.test_commands import ROOT, gateway


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site"
    assert gateway("init", str(path)).returncode == 0
    return path


def test_an_event_its_move_and_its_end(site: Path) -> None:
    where = ("-C", str(site))
    told = ("rectification_demanded", "--subject", "L2", "--date", "2099-12-04")
    made = gateway("clock", "event", *told, *where, "--json")
    assert made.returncode == 0, made.stderr
    (one,) = json.loads(made.stdout)
    assert (one["clock"], one["due"][:10], one["standing"]) == ("supply_rectification", "2099-12-04", "running")
    again = gateway("clock", "event", *told, *where)
    assert again.returncode == 19  # it runs already
    moved = ("clock", "move", "supply_rectification/L2", "--date", "2099-12-24", "--reference", "L3")
    assert json.loads(gateway(*moved, *where, "--json").stdout)["due"][:10] == "2099-12-24"
    ended = gateway("clock", "event", "rectified", "--subject", "L2", *where, "--json")
    assert json.loads(ended.stdout)[0]["standing"] == "met"
    listed = json.loads(gateway("clock", "list", *where, "--json").stdout)
    assert "supply_rectification" not in {row["clock"] for row in listed}
    everything = json.loads(gateway("clock", "list", "--all", *where, "--json").stdout)
    assert "supply_rectification" in {row["clock"] for row in everything}
    shown = json.loads(gateway("ledger", "show", *where, "--json").stdout)
    kinds = [entry["kind"] for entry in shown]
    assert {"clock.started", "clock.moved", "clock.stopped", "clock.refused"} <= set(kinds)


@pytest.mark.parametrize(
    "wrong",
    [
        ("clock", "event", "rectified", "--subject", "x", "--at", "yesterday"),
        ("clock", "event", "rectified", "--subject", "x", "--date", "4.12."),
        ("clock", "event", "rectified", "--subject", "x", "--as", "forgotten"),
        ("clock", "list", "--due", "soon"),
    ],
)
def test_what_can_not_be_read_is_a_usage_error(site: Path, wrong: tuple[str, ...]) -> None:
    assert gateway(*wrong, "-C", str(site)).returncode == 2


def test_the_agreement_is_shown_as_a_person_reads_it(site: Path) -> None:
    shown = gateway("agreement", "show", "--words", "-C", str(site), language="zh_CN.UTF-8").stdout
    for text in (
        "四平市就业服务局",
        "严禁提供",
        "银行卡号等敏感个人信息",
        "3个工作日内",
        "24小时内",
        "每月5日前（含）",
        "本月（",
        "政务专属查看账号 · 未开通",
        "在接到对方通知后3个工作日内整改",
    ):
        assert text in shown, text
    assert not re.search(r"\bNone\b|p_percent|min_groups", shown)
    english = gateway("agreement", "show", "-C", str(site)).stdout
    assert "within 3 working days" in english
    assert gateway("agreement", "show", "siping-005", "-C", str(site)).returncode == 19


def test_the_calendar_file_is_one_that_calendar_programs_read(site: Path) -> None:
    out = site / "clocks.ics"
    made = json.loads(gateway("clock", "export", str(out), "-C", str(site), "--json").stdout)
    data = out.read_bytes()
    lines = data.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in data.replace(b"\r\n", b"")
    unfolded = data.replace(b"\r\n ", b"").decode().split("\r\n")
    assert (unfolded[0], unfolded[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert unfolded.count("BEGIN:VEVENT") == unfolded.count("END:VEVENT") == made["events"] >= 12
    names = [line.partition(":")[0].partition(";")[0] for line in unfolded]
    assert names.count("UID") == names.count("DTSTAMP") == names.count("DTSTART") == made["events"]
    assert len({line for line in unfolded if line.startswith("UID:")}) == made["events"]
    assert any("内部目标：推送 2026年11月 数据" in line or "内部目标：推送" in line for line in unfolded)


def test_the_timers_run_commands_that_exist() -> None:
    folder = ROOT / "scripts" / "systemd"
    units = sorted(folder.iterdir())
    assert len(units) == 4
    commands = set()
    for path in units:
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read(path, encoding="utf-8")
        if path.suffix == ".timer":
            assert (folder / f"{path.stem}.service").is_file()
            assert "Asia/Shanghai" in unit["Timer"]["OnCalendar"]
            assert unit["Timer"]["Persistent"] == "true"
        else:
            assert unit["Service"]["Type"] == "oneshot"
            lines = re.findall(r"^Exec\w+=-?\S+/gateway (.+)$", path.read_text(), re.M)
            commands |= set(lines)
    assert commands == {"run last", "clock remind", "receipts"}
    for command in commands:
        words = [word for word in command.split() if word != "last"]
        assert gateway(*words, "--help").returncode == 0
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert all(path.name.split("@")[0] in text for path in units)


def test_run_last_is_the_month_before_this(site: Path) -> None:
    begun = gateway("history", "begin", "--empty", "-C", str(site))
    assert begun.returncode == 0, begun.stderr
    result = gateway("run", "last", "--dry-run", "-C", str(site), "--json")
    assert result.returncode == 11, result.stderr  # it got as far as the extract, which is not there
