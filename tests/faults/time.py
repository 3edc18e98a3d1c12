"""The clock: a day off either way, and back again."""

from datetime import timedelta

from tests.faults.lab import Lab
from tests.faults.matrix import Turn, row
from tests.release.conftest import NOW


@row("the clock is a day off, then right again", full=4, small=2)
def a_day_off(lab: Lab, turn: Turn) -> list[str]:
    off = timedelta(days=(1, -1)[turn.number % 2])
    with lab.delivery(turn.server, now=NOW + off) as case:
        if turn.number >= 2:  # it is put right while the delivery stands half-way
            case.line.cut_up = turn.chance.randrange(case.length)
            case.deliver()
            case.now = NOW
        return case.finish()
