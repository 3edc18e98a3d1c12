"""The register keeps what was written: edits, deletions and other orders are found, and two at once get in line."""

import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gateway.base.errors import GatewayError, IntegrityError
from gateway.model.documents import Receipt
from gateway.receiving import read_register
from tests.package_factory import ALLOWED_SIGNERS, BUREAU, NOW, PASSPHRASE, RECIPIENT, RELEASE, Plan
from tests.receiving.bureau import Bureau

ROOT = Path(__file__).parents[2]


@pytest.fixture
def written(bureau: Bureau) -> Bureau:
    """Three lines: a refusal, a failure, a reception."""
    package = Plan().write(bureau.inbox)
    good = package.read_bytes()
    package.write_bytes(b"x")
    bureau.refused()
    package.write_bytes(good)
    bureau.refused(passphrase="WRONG")
    bureau.receive()
    return bureau


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register SET disposition = 'processed' WHERE number = 1",
        "DELETE FROM register WHERE number = 3",
        "INSERT INTO register SELECT 9, 'x', manifest, disposition, body, hash, 'y' FROM register WHERE number = 3",
        "INSERT INTO register SELECT 4, 'x', manifest, disposition, body, 'p', 'y' FROM register WHERE number = 3",
    ],
)
def test_the_table_itself_refuses(written: Bureau, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        run(written.register, statement)
    assert len(read_register(written.register)) == 3


@pytest.mark.parametrize(
    ("line", "statement"),
    [
        (1, "UPDATE register SET disposition = 'processed' WHERE number = 1"),
        (2, "UPDATE register SET release = 'LGTJ_220300_LHYG_202609_M_R01' WHERE number = 2"),
        (2, "UPDATE register SET manifest = replace(manifest, 'a', 'b') || 'c' WHERE number = 2"),
        (3, "UPDATE register SET body = replace(body, 'R01', 'R02') WHERE number = 3"),
        (3, "UPDATE register SET body = 'null' WHERE number = 3"),
        (3, "UPDATE register SET body = NULL WHERE number = 3"),
        (2, "DELETE FROM register WHERE number = 1"),
        (3, "DELETE FROM register WHERE number = 2"),
        (4, "UPDATE register SET number = 4 WHERE number = 3"),
        (3, "UPDATE register SET hash = printf('%064d', 7) WHERE number = 3"),
    ],
)
def test_who_gets_past_the_triggers_is_found(written: Bureau, line: int, statement: str) -> None:
    loose = (
        "CREATE TABLE loose AS SELECT * FROM register",
        "DROP TABLE register",
        "ALTER TABLE loose RENAME TO register",
    )
    run(written.register, *loose, statement)
    with pytest.raises(IntegrityError, match=str(line)):
        read_register(written.register)
    with pytest.raises(IntegrityError):
        written.receive(now=NOW.replace(day=9))


def test_two_lines_exchanged_are_found(written: Bureau) -> None:
    run(
        written.register,
        "DROP TRIGGER register_keeps",
        "UPDATE register SET number = 99 WHERE number = 1",
        "UPDATE register SET number = 1 WHERE number = 2",
        "UPDATE register SET number = 2 WHERE number = 99",
    )
    with pytest.raises(IntegrityError, match="1"):
        read_register(written.register)


def test_what_is_no_register_is_said_to_be_none(bureau: Bureau, tmp_path: Path) -> None:
    Plan().write(bureau.inbox)
    bureau.register.write_bytes(b"not a database, but long enough to be taken for one" * 50)
    with pytest.raises(IntegrityError):
        bureau.receive()
    with pytest.raises(IntegrityError):
        read_register(tmp_path / "none.db")
    assert not bureau.files.exists() or list(bureau.files.iterdir()) == []


def test_the_register_is_private_and_reading_it_needs_no_right_to_write(written: Bureau) -> None:
    assert stat.S_IMODE(written.register.stat().st_mode) == 0o600
    before = written.register.read_bytes()
    written.register.chmod(0o400)
    assert len(read_register(written.register)) == 3
    assert written.register.read_bytes() == before
    assert [path.name for path in written.register.parent.glob("register.db*")] == ["register.db"]


SCRIPT = """
import sys
from datetime import datetime
from pathlib import Path
from gateway.receiving import receive
base = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
receive([base / "inbox"], passphrase=sys.argv[2], allowed_signers=(base / "signers").read_text(),
    recipient=sys.argv[3], key=(base / "key").read_bytes(), register=base / "register.db",
    receipts=base / "receipts", unpack=base / "files", now=datetime.fromisoformat(sys.argv[4]))
print("done", flush=True)
"""


def start(folder: Path) -> subprocess.Popen[bytes]:
    (folder / "signers").write_text(ALLOWED_SIGNERS)
    (folder / "key").write_bytes(BUREAU)
    command = [sys.executable, "-c", SCRIPT, str(folder), PASSPHRASE, RECIPIENT, NOW.isoformat()]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    assert child.stdout is not None
    child.stdout.readline()
    return child


def go(child: subprocess.Popen[bytes]) -> None:
    assert child.stdin is not None
    child.stdin.write(b"\n")
    child.stdin.flush()


def end(child: subprocess.Popen[bytes]) -> None:
    child.communicate()


def test_killed_at_any_moment_the_next_call_finishes(tmp_path: Path) -> None:
    done = 0
    for attempt, wait in enumerate((0.0, 0.02, 0.04, 0.06, 0.08, 0.1)):
        bureau = Bureau(tmp_path / str(attempt))
        Plan().write(bureau.inbox)
        child = start(tmp_path / str(attempt))
        go(child)
        time.sleep(wait)
        child.send_signal(signal.SIGKILL)
        end(child)
        assert bureau.receive().valid
        check_whole(bureau)
        done += 1
    assert done == 6


STEPS: list[tuple[str, str]] = [
    ("gateway.receiving.unpack", "write_atomic"),
    ("gateway.receiving.unpack", "sync"),
    ("gateway.receiving.settling", "_record"),
    ("gateway.receiving.settling", "_publish"),
    ("gateway.receiving.posting", "write_atomic"),
    ("gateway.receiving.posting", "sync"),
]


@pytest.mark.parametrize(("module", "function"), STEPS, ids=[f"{m.rpartition('.')[2]}.{f}" for m, f in STEPS])
@pytest.mark.parametrize("call", [1, 2])
def test_a_power_cut_before_any_step_leaves_nothing_that_the_next_call_cannot_finish(
    tmp_path: Path, module: str, function: str, call: int
) -> None:
    """A child process dies at once (``os._exit``) before the step's first or second call."""
    bureau = Bureau(tmp_path)
    Plan().write(bureau.inbox)
    bureau.refused(passphrase="WRONG")  # so that a receipt has to be replaced
    cut = f"""
import importlib, os
calls = []
module = importlib.import_module({module!r})
real = getattr(module, {function!r})
def step(*arguments, **named):
    calls.append(1)
    if len(calls) == {call}:
        os._exit(9)
    return real(*arguments, **named)
setattr(module, {function!r}, step)
"""
    (tmp_path / "signers").write_text(ALLOWED_SIGNERS)
    (tmp_path / "key").write_bytes(BUREAU)
    command = [sys.executable, "-c", cut + SCRIPT, str(tmp_path), PASSPHRASE, RECIPIENT, NOW.isoformat()]
    code = subprocess.run(command, input=b"\n", capture_output=True, cwd=ROOT).returncode
    assert code in (0, 9)  # 0: the step is taken once only
    assert bureau.receive().valid
    check_whole(bureau, lines=2)


def check_whole(bureau: Bureau, lines: int = 1) -> None:
    entries = read_register(bureau.register)
    assert len(entries) == lines
    receipt = bureau.receipts / f"{RELEASE}.R1.json"
    assert receipt.read_text() == entries[-1].details.receipt
    assert receipt.with_name(receipt.name + ".sig").read_text() == entries[-1].details.signature
    assert Receipt.model_validate_json(receipt.read_bytes()).disposition == "processed"
    assert len(list((bureau.files / RELEASE).iterdir())) == 7
    assert [path.name for path in bureau.files.iterdir()] == [RELEASE]
    assert not [path for path in bureau.receipts.iterdir() if path.name not in (receipt.name, receipt.name + ".sig")]


def test_two_at_once_give_one_line_and_one_receipt(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    Plan().write(bureau.inbox)
    children = [start(tmp_path) for _ in range(3)]
    for child in children:
        go(child)
    for child in children:
        assert b"done" in child.communicate()[0]
    check_whole(bureau)


def broken_folder(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("a file where a folder should be")


@pytest.mark.parametrize("place", [lambda b: b.receipts, lambda b: b.files], ids=["receipts", "files"])
def test_a_folder_that_cannot_be_written_is_an_expected_failure(
    bureau: Bureau, place: Callable[[Bureau], Path]
) -> None:
    Plan().write(bureau.inbox)
    broken_folder(place(bureau))
    with pytest.raises(GatewayError):
        bureau.receive()
    place(bureau).unlink()
    assert bureau.receive().valid
    check_whole(bureau)


def test_a_register_that_cannot_be_written_is_an_expected_failure(bureau: Bureau) -> None:
    Plan().write(bureau.inbox)
    bureau.register.mkdir()
    with pytest.raises(IntegrityError):
        bureau.receive()
    bureau.register.rmdir()
    assert bureau.receive().valid
