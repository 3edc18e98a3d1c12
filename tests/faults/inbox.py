"""The inbox: names that are taken, files that move, a package that comes a second time."""

import threading
import time
from collections.abc import Callable

from gateway.base.errors import TransferError
from gateway.base.files import write_atomic
from gateway.delivery import ContentError, Proof, Stage
from gateway.release.sending.delivering import Word
from tests.faults.lab import Lab
from tests.faults.matrix import Turn, row


@row("a file of that name is there already, the same", full=4, small=1)
def same(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server) as case:
        name = list(case.files)[turn.number % 4]
        write_atomic(case.inbox / name, case.files[name])
        return case.finish()


@row("a file of that name is there already, with other content", full=16, small=1)
def different(lab: Lab, turn: Turn) -> list[str]:
    """Of another size, of the same size, empty, or all zeros: it stays as it is, and nothing counts as delivered."""
    with lab.delivery(turn.server) as case:
        name = list(case.files)[turn.number % 4]
        ours = case.files[name]
        other = (ours + b"x", ours[:-1] + bytes([ours[-1] ^ 1]), b"", bytes(len(ours)))[turn.number // 4]
        case.watch.ignore(name)
        (case.inbox / name).write_bytes(other)
        refused = case.deliver()
        broken = [] if isinstance(refused, ContentError) else [f"not noticed: {refused}"]
        if (case.inbox / name).read_bytes() != other:
            broken.append("overwritten")
        (case.inbox / name).unlink()
        case.watch.ignore()
        return broken + case.finish()


@row("the receiver takes every file as soon as it has its name", full=10, small=1)
def taken(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server, takes=True) as case:
        broken = case.finish()
        return broken + case.finish()


@row("the receiver moves the file before the read-back", full=4, small=1)
def moved_before(lab: Lab, turn: Turn) -> list[str]:
    """It takes even what has no name yet, as soon as the last byte is there: then there is no proof, and no name."""
    with lab.parcel(turn.server, turn.chance) as case:

        def take(stage: Stage, done: int) -> None:
            if stage is Stage.SEND and done == len(case.data):
                case.part.unlink()

        case.on_progress = take
        refused = case.send()
        broken = [f"a proof of nothing: {refused}"] if isinstance(refused, Proof) or case.proofs else []
        case.on_progress = lambda stage, done: None
        return broken + case.finish()


@row("the receiver takes all files, then the same command runs again", full=2, small=1)
def taken_later(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server) as case:
        case.deliver()
        case.watch.look(takes=True)
        case.line.heal()
        broken = case.finish()
        return broken + (["something went over the line"] if case.line.up else [])


@row("a delivered release that the bureau lost is sent again on an operator's word only", full=2, small=1)
def lost_by_bureau(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server) as case:
        case.deliver()
        for name in list(case.files)[turn.number :]:
            (case.inbox / name).unlink()
        case.watch.ignore(*case.files)
        case.deliver()
        broken = ["sent again unasked"] if len(list(case.inbox.iterdir())) != turn.number else []
        case.watch.ignore()
        return broken + case.finish(word=Word.AGAIN)


@row("an old package is put back under its names", full=2, small=0)
def replayed(lab: Lab, turn: Turn) -> list[str]:
    """The receiver took it; someone lays it there again. The same command does not touch it."""
    with lab.delivery(turn.server) as case:
        case.deliver()
        for name, data in case.files.items():
            write_atomic(case.inbox / name, data)
        return case.finish()


@row("two commands at once", full=3, small=0)
def two(lab: Lab, turn: Turn) -> list[str]:
    """The second is refused, or finds the release delivered."""
    with lab.delivery(turn.server) as case:
        deliver: Callable[[], object] = case.deliver
        other = threading.Thread(target=deliver)
        other.start()
        time.sleep(turn.chance.random() / 5)
        result = case.deliver()
        other.join()
        broken = ["the second command fails"] if isinstance(result, TransferError) else []
        return broken + case.finish()
