"""The process: SIGKILL at every step of a delivery, and at random moments of a whole month."""

import multiprocessing
import signal
import subprocess
import sys
import time
from datetime import datetime
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

from tests.faults.lab import Lab
from tests.faults.matrix import OPENSSH, Turn, row
from tests.release.conftest import PERIOD


@row("SIGKILL of the client at a step on a file, the ledger or the line", full=80, small=2)
def killed(lab: Lab, turn: Turn) -> list[str]:
    """From an approved release. Turns are spread over all steps, so that a full matrix leaves out few or none."""
    with lab.delivery(turn.server, ready="approved") as case:
        steps = steps_of(lab, turn.server)
        place = turn.number * steps // turn.of + turn.chance.randrange(max(1, steps // turn.of))
        code = victim(case.root, case.release, case.now, place)[0]
        case.check()
        broken = [] if code == -signal.SIGKILL else [f"not killed at step {place} of {steps}: {code}"]
        return broken + case.finish()


@row("SIGKILL of the client again and again until it gets through", full=6, small=0)
def killed_often(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server, ready="approved") as case:
        for _ in range(6):
            victim(case.root, case.release, case.now, turn.chance.randrange(steps_of(lab, turn.server)))
            case.check()
        return case.finish()


@row("SIGKILL at random moments of the whole month, build to delivery", full=5, small=0, servers=(OPENSSH,))
def killed_month(lab: Lab, turn: Turn) -> list[str]:
    """``gateway run`` three times killed, then finished, approved, and its delivery three times killed."""
    with lab.delivery(turn.server, ready="founded") as case:
        for _ in range(3):
            command = [sys.executable, "-m", "gateway", "run", str(PERIOD), "-C", str(case.root)]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(turn.chance.uniform(0.5, 12))
            process.kill()
            process.wait()
            case.check_plain_text()
        lab.submit_and_approve(case.root)
        case.refresh()
        for _ in range(3):
            victim(case.root, case.release, case.now, turn.chance.randrange(400))
            case.check()
        return case.finish()


@cache
def steps_of(lab: Lab, server: str) -> int:
    """How many steps an undisturbed delivery takes."""
    with lab.delivery(server, ready="approved") as case:
        return victim(case.root, case.release, case.now, None)[1]


def victim(root: Path, release: str, now: datetime, last: int | None) -> tuple[int, int]:
    """Exit code and steps of a delivery in a fresh process, which inherits nothing but what is imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.victim", "paramiko", "pyzipper", "pyarrow.parquet"])
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(root, release, now, last, theirs))
    process.start()
    theirs.close()
    try:
        code, steps = ours.recv()
    except EOFError:
        code = steps = 0
    process.join(120)
    return (process.exitcode if process.exitcode else code), steps


def _run(root: Path, release: str, now: datetime, last: int | None, line: Connection) -> None:
    from tests.faults.victim import run

    line.send(run(root, release, now, last))
