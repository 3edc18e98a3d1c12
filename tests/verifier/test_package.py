"""The independent verifier passes what is right and refuses what is wrong, by the same names as the receiver."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.verifier import Report, verify_package
from gateway.verifier.public import ASSUMED, CHECKS, NOT_CHECKED, ROUNDED
from tests.package_attacks import FORGED, TOUCHED, Attack
from tests.package_factory import (
    ALLOWED_SIGNERS,
    CSV,
    GATEWAY,
    JSON,
    NOW,
    PASSPHRASE,
    RECIPIENT,
    RELEASE,
    Plan,
    document,
    line,
    plain,
    sha,
)

ROOT = Path(__file__).parents[2]
OUTSIDE = (
    "allowed-signers files manifest-signature manifest-form names supersedes package-digest privacy-certificate archive"
)
INSIDE = "decryption statement entries contents rows figures approvals acceptance-code consistency gates"


def verify(package: Path, **changes: Any) -> Report:
    arguments: dict[str, Any] = {
        "allowed_signers": ALLOWED_SIGNERS,
        "at": NOW,
        "passphrase": PASSPHRASE,
        "recipient": RECIPIENT,
    }
    return verify_package(package, **(arguments | changes))


def failed(report: Report) -> list[str]:
    return [check.name for check in report.checks if not check.passed]


def test_a_good_package_passes_every_check(tmp_path: Path) -> None:
    package = Plan().write(tmp_path)
    report = verify(package)
    assert report.valid
    assert report.as_json() == {
        "package": str(package),
        "valid": True,
        "scope": "all",
        "checks": [{"name": check.name, "passed": True, "reason": ""} for check in report.checks],
        "not_checked": ["protection"],
    }
    assert [c.name for c in report.checks] == [*OUTSIDE.split()[:5], "recipient", *OUTSIDE.split()[5:], *INSIDE.split()]


def test_without_a_passphrase_it_speaks_of_the_outside_only_and_says_so(tmp_path: Path) -> None:
    report = verify(Plan().write(tmp_path), passphrase=None, recipient=None)
    assert (report.valid, report.scope) == (True, "outside")
    assert [check.name for check in report.checks] == OUTSIDE.split()
    assert list(report.not_checked) == ["recipient", *INSIDE.split(), "protection"]


def certificate(**changes: Any) -> tuple[JSON, bytes]:
    """A public certificate of the plan's one table."""
    stated: JSON = {
        "format": "gateway-month-statement/1",
        "release": RELEASE,
        "period": "2026-10",
        "version": "0.1.0",
        "tables": {"02.csv": sha(CSV)},
        "certificate": "c" * 64,
        "history": {"head": "e" * 64, "releases": 0, "together_with": [], "rows_gone": []},
        "structure": {"lists": {}, "tables": {}},
        "rounding": {"promised": ROUNDED, "bases": {}},
        "insiders": "any",
        "assumed": ASSUMED,
        "passed": True,
        "results": dict.fromkeys(CHECKS, True),
        "not_checked": [*NOT_CHECKED],
    }
    return plain("06.json", "certificate", document(stated | changes))


def test_a_package_with_its_disclosure_certificate_passes_one_check_more(tmp_path: Path) -> None:
    report = verify(Plan(files=[*Plan().files, certificate()]).write(tmp_path))
    assert report.valid
    assert [check.name for check in report.checks][-1] == "protection"
    assert report.not_checked == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"release": "LGTJ_220300_LHYG_202609_M_R01"},  # another release's
        {"period": "2026-09"},
        {"tables": {"02.csv": "0" * 64}},  # of other tables
        {"tables": {}},
        {"certificate": "d" * 64},  # not of the secret certificate that the stewards signed for
        {"history": {"head": "1" * 64, "releases": 1, "together_with": [], "rows_gone": []}},  # another history
        {"passed": False},
        {"results": {**dict.fromkeys(CHECKS, True), "insider": False}},  # says that it passed, and did not
        {"results": {"exact": True}},
        {"more": 1},
    ],
)
def test_a_disclosure_certificate_that_does_not_fit_is_found(tmp_path: Path, changes: Any) -> None:
    report = verify(Plan(files=[*Plan().files, certificate(**changes)]).write(tmp_path))
    assert failed(report) == ["protection"]


def test_one_disclosure_certificate_and_no_more(tmp_path: Path) -> None:
    entry, data = certificate()
    again = ({**entry, "entry": "07.json"}, data)
    report = verify(Plan(files=[*Plan().files, certificate(), again]).write(tmp_path))
    assert failed(report) == ["protection"]


def test_from_outside_it_does_not_judge_the_inside(tmp_path: Path) -> None:
    report = verify(Plan(approvers=[]).write(tmp_path), passphrase=None)
    assert report.valid
    assert "approvals" in report.not_checked


@pytest.mark.parametrize("ending", [".zip", ".privacy.json", ".manifest.json", ".manifest.json.sig", ""])
def test_any_of_its_files_or_its_folder_names_the_package(tmp_path: Path, ending: str) -> None:
    Plan().write(tmp_path / "inbox")
    assert verify(tmp_path / "inbox" / f"{RELEASE}{ending}" if ending else tmp_path / "inbox").valid


def test_what_names_no_package_or_two_is_not_valid(tmp_path: Path) -> None:
    Plan().write(tmp_path / "two")
    Plan(release=RELEASE.replace("R01", "R02")).write(tmp_path / "two")
    (tmp_path / "empty").mkdir()
    for named in ("two", "empty", "none.zip", "none"):
        assert failed(verify(tmp_path / named)) == ["files"]


@pytest.mark.parametrize("attack", FORGED, ids=[attack.name for attack in FORGED])
def test_forged(tmp_path: Path, attack: Attack) -> None:
    report = verify(attack.plan().write(tmp_path))
    assert failed(report) == [attack.refused_by]
    assert report.checks[-1].zh
    assert report.checks[-1].en
    assert not report.valid


@pytest.mark.parametrize(("name", "change", "refused_by"), TOUCHED, ids=[name for name, _, _ in TOUCHED])
def test_touched(tmp_path: Path, name: str, change: Callable[[Path], object], refused_by: str) -> None:
    change(Plan().write(tmp_path))
    report = verify(next(path for path in tmp_path.glob("LGTJ_*") if path.is_file()))
    assert failed(report) == [refused_by], name


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choice=st.data())
def test_any_changed_byte_of_any_file_is_refused(tmp_path: Path, choice: st.DataObject) -> None:
    Plan().write(tmp_path)
    ending = choice.draw(st.sampled_from([".zip", ".privacy.json", ".manifest.json", ".manifest.json.sig"]))
    path = tmp_path / f"{RELEASE}{ending}"
    data = bytearray(path.read_bytes())
    at = choice.draw(st.integers(0, len(data) - 1))
    data[at] ^= choice.draw(st.integers(1, 255))
    path.write_bytes(bytes(data))
    if ending == ".manifest.json.sig" and bytes(data[at : at + 1]).isspace():
        return  # white space for white space in the armor is no change of the signature
    expected = {".zip": "package-digest", ".privacy.json": "privacy-certificate"}.get(ending, "manifest-signature")
    assert failed(verify(path)) == [expected]
    assert failed(verify(path, passphrase=None)) == [expected]


@pytest.mark.parametrize("passphrase", ["", "WRONG", "口令", PASSPHRASE.lower()])
def test_a_wrong_passphrase_is_a_failure_not_a_smaller_scope(tmp_path: Path, passphrase: str) -> None:
    report = verify(Plan().write(tmp_path), passphrase=passphrase)
    assert (failed(report), report.scope) == (["decryption"], "all")


def test_keys_count_at_the_time_asked_for(tmp_path: Path) -> None:
    package = Plan().write(tmp_path)
    signers = line("gateway", 'namespaces="delivery-manifest",valid-before="20261104"', GATEWAY)
    others = ALLOWED_SIGNERS.split("\n", 1)[1]
    assert verify(package, allowed_signers=signers + others).valid
    late = verify(package, allowed_signers=signers + others, at=NOW.replace(day=5))
    assert failed(late) == ["manifest-signature"]


@pytest.mark.parametrize(
    "signers",
    ["", "# nobody\n", "gateway\n", "gateway ssh-rsa AAAA\n", ALLOWED_SIGNERS + "x cert-authority ssh-ed25519 AAAA\n"],
)
def test_a_list_of_signers_that_is_not_understood_trusts_nobody(tmp_path: Path, signers: str) -> None:
    assert failed(verify(Plan().write(tmp_path), allowed_signers=signers)) == ["allowed-signers"]


HEAD = "TIME_PERIOD,region_code,region,openings,openings_status\r\n"
GOOD = "2026-10,220300,四平市,37,A\r\n"


@pytest.mark.parametrize(
    ("text", "rows", "accepted"),
    [
        (HEAD + GOOD, 1, True),
        (HEAD, 0, True),  # a table without a row
        (HEAD + GOOD + '2026-10,220302,"铁,西""区",-1.5,A\r\n', 2, True),
        (HEAD + "2026-10,220300,四平市,,C\r\n", 1, True),
        (HEAD + "2026-10,220300,四平市,,M\r\n", 1, True),
        (HEAD + "2026-10,220300,四平市,0,A\r\n", 1, True),
        (HEAD + "2026-10,220300,四平市,37,C\r\n", 1, False),  # withheld, yet told
        (HEAD + "2026-10,220300,四平市,0,C\r\n", 1, False),
        (HEAD + "2026-10,220300,四平市, ,C\r\n", 1, False),
        (HEAD + "2026-10,220300,四平市,37,M\r\n", 1, False),
        (HEAD + "2026-10,220300,四平市,,A\r\n", 1, False),
        (HEAD + "2026-10,220300,四平市,many,A\r\n", 1, False),
        (HEAD + "2026-10,220300,四平市,1e3,A\r\n", 1, False),
        (HEAD + "2026-10,220300,四平市,37,\r\n", 1, False),
        (HEAD + "2026-10,220300,四平市,37,X\r\n", 1, False),
        (HEAD + "2026-10,220300,四平市,37,a\r\n", 1, False),
        (HEAD + "2026-09,220300,四平市,37,A\r\n", 1, False),  # another month
        (HEAD + "2026-10,,四平市,37,A\r\n", 1, False),
        (HEAD + "2026-10,220300,四平市,37\r\n", 1, False),
        (HEAD + "2026-10,220300,四平市,37,A,\r\n", 1, False),
        (HEAD + GOOD + GOOD, 2, False),  # one cell twice
        (HEAD.replace("\r\n", "\n") + GOOD.replace("\r\n", "\n"), 1, False),
        (HEAD.replace("TIME_PERIOD", "period") + GOOD, 1, False),
        (HEAD.replace("openings_status", "status") + GOOD, 1, False),
        (HEAD.replace("region_code", "region_id") + GOOD, 1, False),
        (HEAD.replace("openings", "岗位数") + GOOD, 1, False),
        ("TIME_PERIOD,region_code,region\r\n2026-10,220300,四平市\r\n", 1, False),
        ("TIME_PERIOD,openings,openings_status\r\n2026-10,37,A\r\n", 1, False),
        (HEAD + GOOD.replace(",A\r\n", ",R\r\n"), 1, True),
        (HEAD + "2026-10,220302,铁西区,,R\r\n", 1, False),
    ],
)
def test_figures_and_their_status(tmp_path: Path, text: str, rows: int, accepted: bool) -> None:
    files = [plain("01.xlsx", "workbook", b"PK"), plain("02.csv", "table", text.encode("utf-8-sig"), rows)]
    report = verify(Plan(files=files).write(tmp_path))
    assert failed(report) == ([] if accepted else ["figures"])
    assert "37" not in repr(report.checks)


def test_a_table_without_a_byte_order_mark_is_refused(tmp_path: Path) -> None:
    files = [plain("01.xlsx", "workbook", b"PK"), plain("02.csv", "table", (HEAD + GOOD).encode(), 1)]
    assert failed(verify(Plan(files=files).write(tmp_path))) == ["figures"]


@pytest.mark.parametrize("data", [b"\xff\xfe", b'"open', b""])
def test_a_table_that_is_no_csv_is_refused(tmp_path: Path, data: bytes) -> None:
    files = [plain("01.xlsx", "workbook", b"PK"), plain("02.csv", "table", data, 0)]
    assert failed(verify(Plan(files=files).write(tmp_path))) == ["rows"]


def test_it_imports_nothing_of_what_it_checks() -> None:
    for path in (ROOT / "gateway" / "verifier").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                top = name.split(".")[0]
                known = top in sys.stdlib_module_names or top in ("cryptography", "pyzipper")
                assert known or name.startswith("gateway.verifier"), f"{path.name}: {name}"
    code = "import sys, gateway.verifier; print([m for m in sys.modules if m.startswith('gateway.')])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT).stdout.decode()
    assert all(name.startswith("gateway.verifier") for name in ast.literal_eval(loaded))


def test_reasons_speak_the_readers_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = verify(Plan().write(tmp_path), recipient="someone-else")
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert report.as_json()["checks"][-1]["reason"] == "清单所列收件人是他人"
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert report.as_json()["checks"][-1]["reason"] == "the manifest names other recipients"


def test_the_zip_it_reads_is_the_zip_that_7zip_reads(tmp_path: Path) -> None:
    package = Plan().write(tmp_path)
    assert verify(package).valid
    done = subprocess.run([shutil.which("7z") or "7zz", "t", f"-p{PASSPHRASE}", str(package)], capture_output=True)
    assert done.returncode == 0


def test_a_moment_without_a_zone_is_a_bug_of_the_caller(tmp_path: Path) -> None:
    signers = line("gateway", 'namespaces="delivery-manifest",valid-before="20261104"', GATEWAY)
    with pytest.raises(TypeError):
        verify(Plan().write(tmp_path), allowed_signers=signers, at=datetime(2026, 11, 3))  # noqa: DTZ001
