"""The process: SIGKILL at every step of a delivery, and at random moments of a whole month."""

import multiprocessing
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

from gateway.base.sshsig import RECEIPT
from gateway.model.release import Event
from gateway.release.sending.receipts import fetch_receipts
from gateway.release.sending.sealing import passphrase_name
from tests.faults.lab import Lab
from tests.faults.matrix import OPENSSH, Turn, row
from tests.faults.record import lay, received
from tests.release.conftest import NOW, PERIOD, Site


@row("SIGKILL of the client at a step on a file, the ledger or the line", full=80, small=2)
def killed(lab: Lab, turn: Turn) -> list[str]:
    """From an approved release. Turns are spread over all steps, so that a full matrix leaves out few or none."""
    with lab.delivery(turn.server, ready="approved") as case:
        steps = steps_of(lab, turn.server)
        place = turn.number * steps // turn.of + turn.chance.randrange(max(1, steps // turn.of))
        code = victim("send", case.root, case.release, case.now, place)[0]
        case.check()
        broken = [] if code == -signal.SIGKILL else [f"not killed at step {place} of {steps}: {code}"]
        return broken + case.finish()


@row("SIGKILL of the client again and again until it gets through", full=4, small=0)
def killed_often(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server, ready="approved") as case:
        for _ in range(6):
            victim("send", case.root, case.release, case.now, turn.chance.randrange(steps_of(lab, turn.server)))
            case.check()
        return case.finish()


@row("SIGKILL at a step of the month's build, then of its delivery", full=24, small=0, servers=(OPENSSH,))
def killed_build(lab: Lab, turn: Turn) -> list[str]:
    """Whatever lies about then, temporary files included, holds nothing in plain."""
    with lab.delivery(turn.server, ready="founded") as case:
        steps = steps_of_build(lab)
        place = turn.number * steps // turn.of + turn.chance.randrange(max(1, steps // turn.of))
        code = victim("build", case.root, case.release, case.now, place)[0]
        case.check_plain_text()
        broken = [] if code == -signal.SIGKILL else [f"not killed at step {place} of {steps}: {code}"]
        lab.submit_and_approve(case.root)
        victim("send", case.root, case.release, case.now, turn.chance.randrange(steps_of(lab, turn.server)))
        case.check()
        return broken + case.finish()


@row("SIGKILL at a step of the two approvals", full=12, small=0, servers=(OPENSSH,))
def killed_approval(lab: Lab, turn: Turn) -> list[str]:
    """No vote is lost that was recorded, none counts twice, and the release goes its way."""
    with lab.delivery(turn.server, ready="submitted") as case:
        _lay_signatures(lab, case.root)
        steps = steps_of_approvals(lab)
        place = turn.number * steps // turn.of + turn.chance.randrange(max(1, steps // turn.of))
        code = victim("decide", case.root, case.release, case.now, place)[0]
        case.check()
        broken = [] if code == -signal.SIGKILL else [f"not killed at step {place} of {steps}: {code}"]
        victim("decide", case.root, case.release, case.now, None)
        events = [e.kind for e in case.deployment.ledger.entries(release=case.release)]
        if (events.count(Event.APPROVED_ONCE), events.count(Event.APPROVED)) != (1, 1):
            broken.append("a vote was lost, or counted twice")
        return broken + case.finish()


@row("SIGKILL at a step of fetching the receipt", full=16, small=1, servers=(OPENSSH,))
def killed_receipt(lab: Lab, turn: Turn) -> list[str]:
    """The next run acknowledges the release, once, and forgets its passphrase."""
    with lab.delivery(turn.server) as case:
        case.deliver()
        lay(case, received(case, lab), lab.founded.people.get("manager_a"), RECEIPT)
        shutil.rmtree(case.root.parent / "bureau")
        steps = steps_of_receipt(lab)
        place = turn.number * steps // turn.of + turn.chance.randrange(max(1, steps // turn.of))
        code = victim("acknowledge", case.root, case.release, case.now, place)[0]
        case.check()
        broken = [] if code == -signal.SIGKILL else [f"not killed at step {place} of {steps}: {code}"]
        fetch_receipts(case.deployment, case.now)
        events = [e.kind for e in case.deployment.ledger.entries(release=case.release)]
        if (events.count(Event.RECEIPT), events.count(Event.ACKNOWLEDGED)) != (1, 1):
            broken.append("the receipt was lost, or counted twice")
        if case.deployment.keyring.has(passphrase_name(case.release)):
            broken.append("the passphrase is still kept")
        return broken + case.finish()


@row("SIGKILL at random moments of gateway run", full=3, small=0, servers=(OPENSSH,))
def killed_month(lab: Lab, turn: Turn) -> list[str]:
    """The command itself, three times killed, its second process with it; then finished, approved, delivered."""
    with lab.delivery(turn.server, ready="founded") as case:
        for _ in range(3):
            command = [sys.executable, "-m", "gateway", "run", str(PERIOD), "-C", str(case.root)]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(turn.chance.uniform(0.5, 12))
            process.kill()
            process.wait()
            case.check_plain_text()
        lab.submit_and_approve(case.root)
        return case.finish()


@cache
def steps_of_build(lab: Lab) -> int:
    """How many steps an undisturbed build takes."""
    with lab.turn() as folder:
        root = folder / "platform"
        shutil.copytree(lab.founded.root, root)
        return victim("build", root, lab.release, NOW, None)[1]


@cache
def steps_of_approvals(lab: Lab) -> int:
    """How many steps two undisturbed approvals take."""
    with lab.turn() as folder:
        shutil.copytree(lab.submitted.root, folder / "platform")
        _lay_signatures(lab, folder / "platform")
        return victim("decide", folder / "platform", lab.release, NOW, None)[1]


@cache
def steps_of_receipt(lab: Lab) -> int:
    """How many steps it takes to fetch and enter a receipt undisturbed."""
    with lab.delivery(OPENSSH) as case:
        case.deliver()
        lay(case, received(case, lab), lab.founded.people.get("manager_a"), RECEIPT)
        return victim("acknowledge", case.root, case.release, case.now, None)[1]


def _lay_signatures(lab: Lab, root: Path) -> None:
    """Both stewards' signatures over the statement in ``root``, where the victim looks for them."""
    site = Site(root=root, people=lab.founded.people)
    for steward in ("steward_a", "steward_b"):
        (root.parent / f"{steward}.sig").write_text(site.sign(steward, lab.release), encoding="ascii")


@cache
def steps_of(lab: Lab, server: str) -> int:
    """How many steps an undisturbed delivery takes."""
    with lab.delivery(server, ready="approved") as case:
        return victim("send", case.root, case.release, case.now, None)[1]


def victim(what: str, root: Path, release: str, now: datetime, last: int | None) -> tuple[int, int]:
    """Exit code and steps of ``what``, a function of tests.faults.victim, in a process that holds only imports."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.victim", "paramiko", "pyzipper", "pyarrow.parquet"])
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(what, root, release, now, last, theirs))
    process.start()
    theirs.close()
    try:
        code, steps = ours.recv()
    except EOFError:
        code = steps = 0
    process.join(120)
    return (process.exitcode if process.exitcode else code), steps


def _run(what: str, root: Path, release: str, now: datetime, last: int | None, line: Connection) -> None:
    from tests.faults import victim

    line.send(getattr(victim, what)(root, release, now, last))
