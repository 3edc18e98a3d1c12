"""The line: cut, frozen, slow, to another host; the reply that matters lost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gateway.base import sshsig
from gateway.base.errors import GatewayError, TransferError
from gateway.base.files import write_atomic
from gateway.delivery import HostKeyError, LinkError, Patience, Proof
from gateway.delivery.remote import Remote
from gateway.release.sending.delivering import Word
from tests.delivery.places import openssh_place
from tests.faults.lab import Lab
from tests.faults.matrix import OPENSSH, Turn, row
from tests.faults.parcel import BLOCK, Parcel
from tests.servers import key_exchanges

SOON = 90.0
"""Seconds after which a harmed command counts as one that hangs."""


@row("cut after a random byte sent, until the next run", full=60, small=2)
def cut_up(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server) as case:
        case.line.cut_up = turn.chance.randrange(case.length)
        case.deliver()
        return harmless(case.line.cuts) + case.finish()


@row("cut after a random byte received, until the next run", full=60, small=2)
def cut_down(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server) as case:
        case.line.cut_down = turn.chance.randrange(case.length)
        case.deliver()
        return harmless(case.line.cuts) + case.finish()


@row("cut after a random byte, tried again by the same command", full=30, small=1)
def cut_once(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server) as case:
        case.on_sleep = case.line.heal
        setattr(case.line, turn.chance.choice(("cut_up", "cut_down")), turn.chance.randrange(case.length))
        result = case.deliver()
        broken = [f"one cut is too much: {result.en}"] if isinstance(result, GatewayError) else []
        return broken + harmless(case.line.cuts) + case.finish()


@row("cut after a random byte while the receiver takes files at once", full=40, small=1)
def cut_taking(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server, takes=True) as case:
        setattr(case.line, turn.chance.choice(("cut_up", "cut_down")), turn.chance.randrange(case.length))
        case.deliver()
        case.broken += harmless(case.line.cuts)
        case.line.heal()
        in_doubt = isinstance(case.deliver(), TransferError)  # the cut lost the reply to a rename: the row below
        return case.finish(word=Word.TAKEN if in_doubt else None)


@row("a long file cut after a random byte: only what is unproved goes again", full=60, small=2)
def cut_parcel(lab: Lab, turn: Turn) -> list[str]:
    with lab.parcel(turn.server, turn.chance) as case:
        setattr(case.line, ("cut_up", "cut_down")[turn.number % 2], turn.chance.randrange(len(case.data)))
        first = case.send()
        there = case.part.stat().st_size if case.part.exists() else 0
        case.line.heal()
        second = case.send()
        if not isinstance(first, LinkError) or not isinstance(second, Proof):
            return [*case.broken, "the cut was not one, or the next run failed"]
        unproved = len(case.data) - there
        again = len(case.data) - second.resumed
        if again > unproved + BLOCK:
            case.broken.append(f"{again} bytes went again, {unproved} were unproved")
        if case.line.up > unproved + BLOCK:  # all that the line has carried up: login, requests to read and headers too
            case.broken.append(f"{case.line.up} bytes went over the line, {unproved} were unproved")
        return case.finish()


@row("a long file cut again and again", full=4, small=0)
def cut_often(lab: Lab, turn: Turn) -> list[str]:
    """3 MB in pieces of about 400 KB never arrive unless each attempt carries on from the one before."""
    with lab.parcel(turn.server, turn.chance) as case:
        for _ in range(40):
            case.line.heal()
            case.line.cut_up = turn.chance.randrange(300_000, 500_000)
            if isinstance(case.send(), Proof):
                return case.finish()
        return [*case.broken, "no progress"]


@row("the peer freezes after a random byte", full=12, small=1)
def frozen(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server) as case:
        way = turn.chance.choice(("up", "down"))
        setattr(case.line, f"freeze_{way}", turn.chance.randrange(6_000, case.length))
        case.impatient()
        case.on_sleep = case.line.heal
        with soon(case.broken):
            case.deliver()
        return harmless(case.line.freezes) + case.finish()


@row("the peer freezes in a long file", full=6, small=0)
def frozen_parcel(lab: Lab, turn: Turn) -> list[str]:
    with lab.parcel(turn.server, turn.chance) as case:
        way = turn.chance.choice(("up", "down"))
        setattr(case.line, f"freeze_{way}", turn.chance.randrange(6_000, len(case.data)))
        case.patience = Patience(greeting=2, login=2, reply=1)
        with soon(case.broken):
            case.send()
        return harmless(case.line.freezes) + case.finish()


@row("the peer trickles: each wait is short, the whole would never end", full=4, small=1)
def trickling(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server) as case:
        case.impatient()
        case.on_sleep = case.line.heal
        case.line.pace = turn.chance.randrange(4_000, 10_000)
        with soon(case.broken):
            result = case.deliver()
        broken = [] if case.slept else [f"a line of {case.line.pace} bytes a second was put up with: {result}"]
        return broken + case.finish()


@row("a slow line that is fast enough", full=2, small=0)
def slow(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server) as case:
        case.line.pace = 60_000
        result = case.deliver()
        return ([result.en] if isinstance(result, GatewayError) else []) + case.finish()


@row("the host key has changed", full=2, small=0)
def other_host(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server) as case:
        path = case.root / "keys" / "known_hosts"
        pinned = path.read_bytes()
        other = sshsig.public_line(sshsig.generate_key())
        write_atomic(path, f"[127.0.0.1]:{case.line.port} {other}\n".encode())
        result = case.deliver()
        broken = [] if isinstance(result, HostKeyError) else [f"not refused: {result}"]
        if case.slept or any((case.place.local / "inbox").iterdir()):
            broken.append("tried again, or something was sent")
        write_atomic(path, pinned)
        return broken + case.finish()


@row("new keys every 4 MB", full=2, small=1, servers=(OPENSSH,))
def rekeyed(lab: Lab, turn: Turn) -> list[str]:
    """17 MB there and back: by the server's own log keys were exchanged at login and at least six times more."""
    config = ["RekeyLimit 4M", "LogLevel DEBUG1"]
    with lab.turn() as folder, openssh_place(folder / "sshd", config=config) as place:
        case = Parcel.of(folder, turn.chance.randbytes(17_000_000), place, lab.no_line)
        result = case.send()
        broken = [] if isinstance(result, Proof) else [result.en]
        exchanges = key_exchanges(folder / "sshd" / "log")
        if exchanges < 1 + 6:  # the limit counts either way, and each exchange begins both counts anew
            broken.append(f"keys were exchanged {exchanges} times only")
        return broken + case.finish()


@row("the reply to a rename is lost", full=4, small=1)
def lost_reply(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server) as case, losing_reply(case.line, turn.number % 4):
        case.deliver()
        return case.finish()


@row("the reply to a rename is lost and the receiver takes the file at once", full=4, small=2)
def lost_reply_taken(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server, takes=True) as case:
        with losing_reply(case.line, turn.number % 4):
            case.deliver()
        case.line.heal()
        unasked = case.deliver()
        broken = [] if isinstance(unasked, TransferError) else ["nobody was asked"]
        return broken + case.finish(word=Word.TAKEN)


@row("the same, and an operator says that the bureau has lost it", full=4, small=1)
def lost_reply_again(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server) as case:
        number = turn.number % 4
        with losing_reply(case.line, number):
            case.deliver()
        case.line.heal()
        (case.inbox / list(case.files)[number]).unlink()
        case.line.cut_up = turn.chance.randrange(2_000, 9_000)
        case.deliver(word=Word.AGAIN)
        case.line.heal()
        return case.finish(word=Word.AGAIN)


def harmless(times: int) -> list[str]:
    """A turn whose harm has not happened proves nothing."""
    return [] if times else ["no harm was done"]


@contextmanager
def soon(broken: list[str]) -> Iterator[None]:
    """A command that goes on for longer than it may."""
    started = time.monotonic()
    yield
    if time.monotonic() - started > SOON:
        broken.append("it hangs")


@contextmanager
def losing_reply(line: Any, number: int) -> Iterator[None]:
    """From the ``number``-th rename on nothing comes back; what was asked still reaches the server."""
    plain, done = Remote.rename, [0]

    def rename(remote: Remote, old: str, new: str) -> None:
        if done[0] == number:
            line.cut_down = line.down
        done[0] += 1
        plain(remote, old, new)

    Remote.rename = rename  # type: ignore[method-assign]
    try:
        yield
    finally:
        Remote.rename = plain  # type: ignore[method-assign]
