"""Several processes, and processes that die: one winner a head, and no torn ledger."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lives import NOW

from gateway.ledger import Ledger

ROOT = Path(__file__).parents[2]


def start(ledger: Ledger, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("writer.py")), str(ledger.path), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_of_processes_that_decided_on_one_head_exactly_one_wins(tmp_path):
    ledger = Ledger.create(tmp_path / "ledger.sqlite")
    writers = [start(ledger, "once") for _ in range(4)]
    assert all(writer.stdout.readline() == "ready\n" for writer in writers)
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = sorted(writer.communicate(timeout=30)[0].strip() for writer in writers)
    assert said == ["lost 18", "lost 18", "lost 18", "won 1"]
    assert ledger.head().length == 1
    assert ledger.check() is None


def test_records_that_rest_on_nothing_all_find_their_place(tmp_path):
    ledger = Ledger.create(tmp_path / "ledger.sqlite")
    writers = [start(ledger, "many") for _ in range(3)]
    assert all(writer.stdout.readline() == "ready\n" for writer in writers)
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    assert ledger.head().length == 60
    assert ledger.check() is None


@pytest.mark.parametrize("seconds", [0.02, 0.07, 0.11, 0.19, 0.31])
def test_a_killed_writer_leaves_a_whole_ledger_with_all_it_reported(tmp_path, seconds):
    ledger = Ledger.create(tmp_path / "ledger.sqlite")
    writer = start(ledger, "on")
    assert writer.stdout.readline() == "ready\n"
    time.sleep(seconds)
    writer.kill()
    reported = [int(line) for line in writer.communicate()[0].split("\n")[:-1]]
    assert ledger.check() is None
    length = ledger.head().length
    assert max(reported, default=0) <= length <= max(reported, default=0) + 1
    assert ledger.append("keys.rotated", actor="operator-a", body={}, at=NOW, expect=None).length == length + 1
    assert ledger.check() is None


HALF_WRITTEN = """
import os, signal, sys
from pathlib import Path
from gateway.ledger import GENESIS, schema
with schema.opened(Path(sys.argv[1]), write=True) as connection:
    connection.execute("PRAGMA cache_size=2")  # so that pages reach the file before the commit
    last = connection.execute("SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()[0]
    for seq in range(2, 200):
        row = (seq, "x", "x", None, "x", "x" * 900, last, last)
        connection.execute("INSERT INTO ledger VALUES (?,?,?,?,?,?,?,?)", row)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_pages_written_before_a_commit_that_never_came_are_undone(tmp_path):
    ledger = Ledger.create(tmp_path / "ledger.sqlite")
    head = ledger.append("keys.rotated", actor="operator-a", body={}, at=NOW, expect=None)
    size = ledger.path.stat().st_size
    done = subprocess.run(
        [sys.executable, "-c", HALF_WRITTEN, str(ledger.path)], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert ledger.path.stat().st_size > size  # the file did hold what was never committed
    assert (tmp_path / "ledger.sqlite-journal").stat().st_size > 0
    assert ledger.head() == head
    assert ledger.check([head]) is None
