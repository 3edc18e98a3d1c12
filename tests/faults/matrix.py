"""The fault matrix: rows that each do one kind of harm, and what has to hold whatever was done.

A row is a function that harms one delivery and says which promises were broken; ``@row`` enters it. ``make faults``
tries every row as often as it says, ``make test`` a few times. A new row needs nothing but a function in one of the
modules of ``ROOMS``."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.lab import Lab

OPENSSH, ASYNCSSH, NO_SERVER = "openssh", "asyncssh", "-"
BOTH = (OPENSSH, ASYNCSSH)
ROOMS = ("line", "server", "inbox", "disk", "process", "time", "record")
"""The modules of this folder that hold rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One try of a row: against which server, the how-manieth of how many, with which chance."""

    server: str
    number: int
    of: int
    chance: Random


Harm = Callable[["Lab", Turn], list[str]]
"""Does one turn; the promises that were broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``full`` and ``small``: how often it is tried against each server."""

    name: str
    servers: tuple[str, ...]
    full: int
    small: int
    harm: Harm

    def turns(self, *, small: bool) -> Iterator[Turn]:
        count = self.small if small else self.full
        for server in self.servers:
            for number in range(count):
                chance = Random(f"{self.name}/{server}/{number}")
                yield Turn(server=server, number=number, of=count, chance=chance)


ROWS: list[Row] = []


def row(name: str, *, full: int = 1, small: int = 1, servers: tuple[str, ...] = BOTH) -> Callable[[Harm], Harm]:
    """Enters a row. ``small`` 0 leaves it to ``make faults``; ``servers`` is (NO_SERVER,) for a harm without one."""

    def enter(harm: Harm) -> Harm:
        ROWS.append(Row(name=name, servers=servers, full=full, small=small, harm=harm))
        return harm

    return enter
