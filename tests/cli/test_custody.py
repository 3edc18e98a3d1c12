"""``gateway custody`` as a user runs it: help in both languages, and a holding's whole life with real ssh-keygen."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway.base.keyring import Keyring
from gateway.cli.custody import COMMANDS
from gateway.demo.custody import found_custody
from tests.custody.conftest import CONTENT, NOW

ROOT = Path(__file__).resolve().parents[2]
_VERIFY = ("ssh-keygen", "-Y", "verify", "-I", "gateway", "-n", "custody-certificate")
_HELP = """
import json, sys
from typer.testing import CliRunner
from gateway.cli.app import app
runner = CliRunner()
print(json.dumps({name: runner.invoke(app, ["custody", name, "--help"]).output for name in json.loads(sys.argv[1])}))
"""


def test_help_in_both_languages() -> None:
    said = {}
    for language in ("C.UTF-8", "zh_CN.UTF-8"):
        env = {**os.environ, "LANG": language, "LC_ALL": language, "COLUMNS": "120", "PYTHONPATH": str(ROOT)}
        result = subprocess.run(
            [sys.executable, "-c", _HELP, json.dumps([*COMMANDS])], capture_output=True, text=True, check=True, env=env
        )
        said[language] = json.loads(result.stdout)
    for name in COMMANDS:
        english, chinese = said["C.UTF-8"][name], said["zh_CN.UTF-8"][name]
        assert "--json" in english, name
        assert re.search(r"[一-鿿]", chinese), name
        assert not re.search(r"[一-鿿]", english), name
        assert "gateway custody" in english, name  # an example
        assert "gateway custody" in chinese, name


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert re.findall(r"^### gateway custody ([a-z]+)$", text, re.M) == [*COMMANDS]


class User:
    """Runs commands in one deployment, with people's keys as files for ssh-keygen."""

    def __init__(self, root: Path, people: Keyring, folder: Path) -> None:
        self.root, self.people, self.folder = root, people, folder

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "gateway", "custody", *map(str, arguments), "-C", str(self.root)]
        env = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        return subprocess.run(command, capture_output=True, check=False, cwd=self.folder, env=env, timeout=120)

    def ask(self, *arguments: str | Path) -> Any:
        result = self.run(*arguments, "--json")
        assert result.returncode == 0, result.stderr.decode() + result.stdout.decode()
        return json.loads(result.stdout)

    def sign(self, person: str, path: Path, namespace: str) -> Path:
        key = self.people.path(person)
        subprocess.run(["ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", key, path], check=True)
        return path.with_name(path.name + ".sig")


@pytest.fixture
def user(tmp_path: Path) -> User:
    people = Keyring.create(tmp_path / "people")
    root = found_custody(tmp_path / "site", people, NOW)
    work = tmp_path / "desk"
    work.mkdir()
    return User(root, people, work)


def test_a_holding_s_life_by_the_commands(user: User) -> None:
    me = ("--as", "engineer_a")
    text = user.folder / "commitment.txt"
    user.ask("commit", "education-001", *me, "--out", text)
    user.ask("commit", "education-001", text, user.sign("engineer_a", text, "custody-commitment"), *me)
    handed_in = user.folder / "list.xlsx"
    handed_in.write_bytes(CONTENT)
    added = user.ask(
        *("add", "education-001", handed_in, *me, "--purpose", "project"),
        *("--material", "pupil_records", "--subject", "class-3"),
    )
    holding = added["holding"]
    assert (added["state"], added["cleared"]) == ("HELD", False)
    assert user.ask("clear", holding, *me)["removed"] == 1
    assert not handed_in.exists()

    asked = user.folder / "request.json"
    user.ask("request", holding, "--purpose", "project", *me, "--out", asked)
    signature = user.sign("engineer_a", asked, "custody-request")
    shown = user.run("open", asked, signature)
    assert (shown.returncode, shown.stdout) == (0, CONTENT)
    again = user.run("open", asked, signature)
    assert again.returncode == 19
    assert b"next" in again.stderr or b"error" in again.stderr

    user.ask("end", holding, "project_ended", *me)
    waiting = user.run("destroy", holding, *me)
    assert waiting.returncode == 15  # the owner's permission
    assert b"6.2" in waiting.stderr
    paper = user.folder / "paper.json"
    user.ask("form", "destroy", holding, *me, "--out", paper)
    user.ask("permit", holding, paper, user.sign("school_coordinator", paper, "custody-permission"), *me)
    assert user.ask("destroy", holding, *me)["state"] == "DESTROYED"
    files = user.ask("certificate", holding, *me, "--out", user.folder / "out")
    checked = subprocess.run(
        [*_VERIFY, "-f", files["signer"], "-s", files["signature"]],
        input=Path(files["certificate"]).read_bytes(),
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    (listed,) = user.ask("list", *me)
    assert (listed["holding"], listed["gone"] is not None, listed["key"]) == (holding, True, True)
    report = user.ask("report", "education-001", *me, "--out", user.folder / "report")
    assert Path(report["page"]).is_file()
    assert Path(report["workbook"]).is_file()
    assert {Path(path).stem for path in report["csv"]} >= {"holdings", "accesses", "ends", "refusals"}
    stranger = user.run("list", "--as", "stranger")
    assert stranger.returncode == 19


def test_a_working_copy_and_a_case_by_the_commands(user: User) -> None:
    me = ("--as", "reviewer_a")
    text = user.folder / "commitment.txt"
    user.ask("commit", "hardship-000", *me, "--out", text)
    user.ask("commit", "hardship-000", text, user.sign("reviewer_a", text, "custody-commitment"), *me)
    user.ask("train", "hardship-000", "reviewer_a", text, *me)
    handed_in = user.folder / "proof.pdf"
    handed_in.write_bytes(CONTENT)
    assert "告知书" in user.ask("notice", "hardship-000", *me)["draft"]
    wanted = ("--purpose", "eligibility", "--material", "hardship_proof", "--subject", "case-0001")
    refused = user.run("add", "hardship-000", handed_in, *me, *wanted)
    assert refused.returncode == 19  # was not told
    holding = user.ask("add", "hardship-000", handed_in, *me, *wanted, "--told", "1")["holding"]
    asked = user.folder / "request.json"
    user.ask("request", holding, "--purpose", "eligibility", *me, "--out", asked)
    opened = user.ask("open", asked, user.sign("reviewer_a", asked, "custody-request"), "--copy")
    (copy,) = map(Path, opened["copies"])
    assert copy.read_bytes() == CONTENT
    assert user.ask("close", opened["access"], *me)["removed"] == 1
    assert not copy.exists()
    summary = ("--summary", "a file was sent to the wrong desk")
    case = user.ask("case", "hardship-000", "incident", *me, "--holding", holding, *summary)
    assert case["missing"] == ["measures", "notice"]
    assert user.run("settle", case["case"], *me, "--outcome", "done").returncode == 19
    draft = user.folder / "notice.txt"
    user.ask("notice", case["case"], *me, "--out", draft)
    assert holding in draft.read_text(encoding="utf-8")
    for step in ("measures", "notice"):
        user.ask("step", case["case"], step, draft, *me)
    assert user.ask("settle", case["case"], *me, "--outcome", "contained")["closed"]
