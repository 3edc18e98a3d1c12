"""Every command: help with an example in both languages, listed in the documents; the stable JSON shapes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.base.errors import Exit
from gateway.cli.app import COMMANDS, GROUPS
from gateway.model.release import State
from gateway.release.upkeep.status import WORDING
from tests.package_factory import ALLOWED_SIGNERS, Plan

ROOT = Path(__file__).resolve().parents[2]
SUBCOMMANDS = [
    f"{group} {command.name}"
    for group, app in GROUPS.items()
    for command in app.registered_commands
    if group != "custody"  # tests/cli/test_custody.py, in two processes
]


def gateway(*arguments: str, language: str = "C.UTF-8", folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
        timeout=300,
        env={**os.environ, "LANG": language, "LC_ALL": language, "PYTHONPATH": str(ROOT), "COLUMNS": "120"},
    )


@pytest.mark.parametrize("command", [*COMMANDS, *SUBCOMMANDS])
def test_help_in_both_languages(command: str) -> None:
    english = gateway(*command.split(), "--help")
    chinese = gateway(*command.split(), "--help", language="zh_CN.UTF-8")
    assert english.returncode == chinese.returncode == 0, english.stderr
    assert re.search(r"[一-鿿]", chinese.stdout)
    assert not re.search(r"[一-鿿]", english.stdout)
    assert "--json" in english.stdout
    assert re.search(rf"Examples?: gateway {command}\b", " ".join(english.stdout.split()))
    assert re.search(rf"例：gateway {command}\b", " ".join(chinese.stdout.split()))
    left = re.findall(r"Usage|OPTIONS|Arguments:|Options:|Commands:|required|default|Show this", chinese.stdout)
    assert not left


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("run", "缺少参数 month"),
        ("run 2026-10 b c", "多余的参数：b c"),
        ("run 2026-13", "值不对：月份应写作 2026-10"),
        ("run --foo 2026-10", "没有这个选项：--foo"),
        ("run --jsn 2026-10", "没有这个选项：--jsn （是否要用：--json）"),
        ("run --json=3 2026-10", "选项 --json 不跟值"),
        ("passphrase LGTJ", "缺少选项 --recipient"),
        ("demo --rows x", "--rows 的值不对：应为整数"),
        ("demo --rows 1", "--rows 的值不对：应不小于 1000"),
        ("demo --dir", "选项 --dir 须跟一个值"),
        ("recall LGTJ --until 20", "--until 的值不对：20 不符合格式 '%Y-%m-%d'"),
        ("keys add a b --for c", "--for 的值不对："),
        ("nonsense", "没有这个命令：nonsense"),
    ],
)
def test_a_usage_error_in_both_languages(arguments: str, said: str) -> None:
    """Exit 2; what is wrong and the command that helps, and in Chinese none of the library's own English."""
    chinese = gateway(*arguments.split(), language="zh_CN.UTF-8")
    assert (chinese.returncode, chinese.stdout) == (2, "")
    assert f"错误：{said}" in chinese.stderr
    assert re.search(r"^下一步：gateway .*--help$", chinese.stderr, re.M)
    assert not re.search(r"Usage|OPTIONS|Error|Try", chinese.stderr)
    assert not re.search(r"[A-Za-z]{3,} [a-z]{2,}", chinese.stderr.partition("错误：")[2]), chinese.stderr
    english = gateway(*arguments.split())
    assert english.returncode == 2
    assert "Error: " in english.stderr
    assert "--help' for help." in english.stderr
    assert not re.search(r"[一-鿿]", english.stderr)


def test_every_command_and_exit_code_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^## gateway ([a-z]+)", text, re.M))
    assert headings == {*COMMANDS, *(name.split()[0] for name in SUBCOMMANDS), "custody"}
    assert all(f"## gateway {name}\n" in text for name in SUBCOMMANDS)
    codes = {int(code) for code in re.findall(r"^\| *(\d+) *\|", text, re.M)}
    assert codes == {int(code) for code in Exit}


def test_every_state_has_its_wording() -> None:
    assert set(WORDING) == set(State)


LIGHT = ["deadline 2026-09", "clock list --due 7d", "clock export clocks.ics", "calendar 2026-11", "agreement show"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("light") / "site"
    assert gateway("init", str(path)).returncode == 0
    return path


def light(command: str, site: Path) -> subprocess.CompletedProcess[str]:
    script = (
        "import sys; sys.argv = ['gateway', *sys.argv[1].split(), '-C', sys.argv[2], '--json']\n"
        "from gateway.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "names = {'great_expectations', 'presidio_analyzer', 'pandas', 'ibis', 'duckdb', 'pyarrow', 'numpy',\n"
        "         'paramiko', 'scipy', 'highspy', 'apprise'}\n"
        "heavy = names & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    return subprocess.run(
        [sys.executable, "-c", script, command, str(site)],
        capture_output=True,
        text=True,
        check=False,
        cwd=site,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize("command", LIGHT)
def test_light_commands_load_no_heavy_library(command: str, site: Path) -> None:
    """A deadline is a matter of a moment."""
    result = light(command, site)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)


def test_a_deadline_s_shape(site: Path) -> None:
    result = light("deadline 2026-09", site)
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["period"] == "2026-09"
    assert document["due"] == "2026-10-08"
    assert document["target"] == "2026-10-04"
    assert document["readings"] == {
        "statutory_day": "2026-10-05",
        "published_block": "2026-10-08",
        "any_rest_day": "2026-10-08",
    }


def test_a_month_whose_year_has_no_notice_yet(tmp_path: Path) -> None:
    gateway("init", str(tmp_path / "site"))
    document = json.loads(gateway("deadline", "2026-12", "-C", str(tmp_path / "site"), "--json").stdout)
    assert document["due"] is None
    assert document["target"] == "2027-01-04"
    assert document["reason"]


def test_init_makes_a_deployment_that_doctor_explains(tmp_path: Path) -> None:
    """Fresh from init, doctor names what a person still has to do, and fails."""
    made = gateway("init", str(tmp_path / "site"), "--json")
    assert made.returncode == 0, made.stderr
    assert all(Path(path).is_file() for path in json.loads(made.stdout)["complete"])
    found = gateway("doctor", "--offline", "-C", str(tmp_path / "site"), "--json")
    assert found.returncode == 10
    checks = {check["name"]: check["passed"] for check in json.loads(found.stdout)["checks"]}
    assert not checks["allowed signers"]
    assert not checks["extract"]
    assert checks["keyring"]
    assert checks["ledger"]
    told = json.loads(found.stdout)["checks"]
    assert all((check["next"] is None) == check["passed"] for check in told)
    english = gateway("doctor", "--offline", "-C", str(tmp_path / "site")).stdout
    assert not re.search(r"[、；一-鿿]", english)
    assert english.startswith(f"{tmp_path / 'site'}\n")
    assert english.count("next") == sum(not check["passed"] for check in told)
    assert english.count("no due date") <= 1
    again = gateway("init", str(tmp_path / "site"))
    assert again.returncode == 10
    assert "\nsafe: nothing was changed\nnext: gateway doctor -C " in again.stderr


def test_scan_finds_and_never_prints_a_value(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name,phone\n某某,13912345678\n", encoding="utf-8")
    result = gateway("scan", str(path), "--json")
    assert result.returncode == 13
    findings = json.loads(result.stdout)
    assert {"file", "location", "entity", "tier", "start", "end"} == set(findings[0])
    assert "13912345678" not in result.stdout + result.stderr
    clean = tmp_path / "clean.csv"
    clean.write_text("region_code,postings\n220302,125\n", encoding="utf-8")
    assert gateway("scan", str(clean)).returncode == 0


def test_an_expected_failure_is_one_json_document(tmp_path: Path) -> None:
    result = gateway("run", "2026-10", "-C", str(tmp_path), "--json")
    assert result.returncode == 10
    document = json.loads(result.stdout)
    assert document["error"] == "ConfigurationError"
    assert document["next"].startswith("gateway init")
    assert document["safe"]


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "latin-1"])
@pytest.mark.parametrize("locale", ["zh_CN", "en_US"])
def test_no_console_stops_a_command_and_json_is_utf8(tmp_path: Path, encoding: str, locale: str) -> None:
    """As on a system that was set up for GBK: marks and words that it has come out right, others as a question mark."""
    Plan().write(tmp_path)
    (tmp_path / "allowed_signers").write_text(ALLOWED_SIGNERS)
    environment = {**os.environ, "LANGUAGE": locale, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "gateway", "verify", str(tmp_path), "--allowed-signers", "allowed_signers"]
    told, document = (
        subprocess.run([*command, *more], capture_output=True, cwd=tmp_path, env=environment)
        for more in ((), ("--json",))
    )
    assert (told.returncode, told.stderr) == (0, b"")
    assert (encoding, locale) != ("gbk", "zh_CN") or "√ 清单签名有效" in " ".join(told.stdout.decode("gbk").split())
    assert json.loads(document.stdout.decode("utf-8"))["valid"]


def test_usage_errors_exit_2() -> None:
    assert gateway("run").returncode == 2
    assert gateway("nonsense").returncode == 2
