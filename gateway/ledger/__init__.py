"""The append-only record of what happened to every release: who, when, which digests; never a data value.

Guarantees: an entry that was reported is on the disk; entries are only ever added, each bound to all before it; of two
writers who decided on the same head, one wins and the other is told; an event that may not follow is refused; a change
by any other hand is found (the cutting of the end by heads that were given out). States are folds over the entries."""

from gateway.ledger.book import Ledger, head_of
from gateway.ledger.copies import backup, restore
from gateway.ledger.entry import GENESIS, BadEntry, Entry, covered
from gateway.ledger.fold import states, step, timeline
from gateway.ledger.guard import CARRIES, guard
from gateway.ledger.view import ReleaseView, Vote

__all__ = [
    "CARRIES",
    "GENESIS",
    "BadEntry",
    "Entry",
    "Ledger",
    "ReleaseView",
    "Vote",
    "backup",
    "covered",
    "guard",
    "head_of",
    "restore",
    "states",
    "step",
    "timeline",
]
