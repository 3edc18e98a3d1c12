"""The server: killed, forbidding, without its folder."""

import os
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from gateway.base import sshsig
from gateway.base.errors import TransferError
from gateway.delivery import LinkError, RefusedError
from gateway.model.release import State
from gateway.release.sending.outage import deliver_in_time, outage_of
from tests.delivery.places import asyncssh_place, openssh_place
from tests.faults.delivery import point
from tests.faults.lab import Lab
from tests.faults.matrix import OPENSSH, Turn, row
from tests.release.conftest import silent

FORBIDDEN = ("open", "write", "close", "fsync", "lstat", "fstat", "read", "rename")


@row("SIGKILL of the server after a random byte", full=12, small=1)
def killed(lab: Lab, turn: Turn) -> list[str]:
    """All its processes at once; then it is started anew, with the same host key and folder."""
    host_key = sshsig.generate_key()
    with lab.turn() as folder:
        root = folder / "root"
        root.mkdir()
        serve = (
            (lambda n: openssh_place(folder / n, folder=root, host_key=host_key))
            if turn.server == OPENSSH
            else (lambda n: asyncssh_place(root, host_key=host_key))
        )
        with serve("first") as place, lab.delivery_at(place) as case:
            case.line.at, case.line.then = turn.chance.randrange(case.length), lambda: kill(place.pid)
            failed = case.deliver()
            broken = [] if isinstance(failed, LinkError) else [f"a killed server goes unnoticed: {failed}"]
            with serve("second") as again:
                case.line.target = again.port
                point(case.root, again, case.line.port)
                return broken + case.finish()


@row("an outage of hours, each attempt failing elsewhere, then the server is back", full=4, small=1)
def outage(lab: Lab, turn: Turn) -> list[str]:
    """Unattended: ``gateway deliver --until-due`` gets through by itself, and nobody is alerted."""
    with lab.delivery(turn.server) as case:
        told: list[str] = []
        tries = turn.chance.randrange(6, 14)

        def sleep(seconds: float) -> None:
            case.now += timedelta(seconds=seconds)
            case.slept += 1
            case.line.heal()
            case.line.cut_up = None if case.slept > tries else turn.chance.randrange(case.length)

        case.line.cut_up = 0
        view = deliver_in_time(
            case.deployment,
            case.release,
            lambda: case.now,
            silent,
            sleep=sleep,
            random=turn.chance.random,
            tell=lambda title, text: told.append(title),
        )
        found = outage_of(case.deployment.ledger.entries(), case.release)
        broken = ["not delivered by itself"] if view.state is not State.DELIVERED else []
        if told or (case.slept >= 5 and (found is None or found.over is None)):
            broken.append(f"the outage was told {len(told)} times, and is on record as {found}")
        case.check()
        return broken + case.finish()


@row("permission denied, one kind of request after the other", full=8, small=0, servers=(OPENSSH,))
def forbidden(lab: Lab, turn: Turn) -> list[str]:
    request = FORBIDDEN[turn.number] if turn.of > 2 else ("write", "rename")[turn.number]
    host_key = sshsig.generate_key()
    with lab.turn() as folder:
        root, options = folder / "root", f"-P {request}"
        with (
            openssh_place(folder / "a", folder=root, host_key=host_key, sftp_options=options) as place,
            lab.delivery_at(place) as case,
        ):
            refused = case.deliver()
            offered = request != "fsync"  # a request that is not even offered is not made
            broken = [] if isinstance(refused, RefusedError) or not offered else [f"{request} is not missed: {refused}"]
            if case.slept:
                broken.append("a refusal was tried again")
            with openssh_place(folder / "b", folder=root, host_key=host_key) as again:
                case.line.target = again.port
                point(case.root, again, case.line.port)
                return broken + case.finish()


@row("the inbox is read-only or missing", full=2, small=0)
def no_inbox(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server) as case:
        aside = case.inbox.with_name("aside")
        case.inbox.rename(aside)
        refused = case.deliver()
        broken = [] if isinstance(refused, TransferError) else [f"not missed: {refused}"]
        aside.rename(case.inbox)
        return broken + case.finish()


def kill(pid: int) -> None:
    """SIGKILL of a process and of all that descend from it: the youngest are found first, all die at once."""
    family = [pid]
    for member in family:
        with suppress(FileNotFoundError):
            children = Path(f"/proc/{member}/task/{member}/children").read_text(encoding="ascii")
            family += [int(child) for child in children.split()]
    for member in family:
        with suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)
