"""Killed at any step of add, access, handover, return or destruction, the next command finishes or undoes it, and the
ledger never says destroyed while a byte can be read."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.custody import (
    RECEIPT,
    Holding,
    State,
    Views,
    destroy,
    end,
    fold,
    give_back,
    open_holding,
    returned,
)
from gateway.custody import handover as handing
from tests.custody.conftest import CONTENT, MEDICAL, House
from tests.custody.kills import killed_at
from tests.custody.traces import runs, traces

WANTED = runs(CONTENT)
EVERY = int(os.environ.get("CUSTODY_KILL_EVERY", "4"))
"""Each fourth step in ``make test``, each one in ``make faults``."""


def ledger(house: House) -> Views:
    """What the ledger says, before any command has mended anything."""
    return fold(house.room.record.entries())


def readable(house: House, name: str) -> bool:
    """Whether anything of a holding is left: key, ciphertext, working copy."""
    vault = house.room.vault
    accesses = [path.name for path in (vault.folder / "work").iterdir()] if (vault.folder / "work").is_dir() else []
    return not vault.gone(name, accesses)


def check_promise(house: House) -> None:
    """The ledger never says destroyed while a byte can be read."""
    for holding in ledger(house).holdings.values():
        if holding.is_gone:
            assert not readable(house, holding.id)


def every_kill(
    house: House,
    tmp_path: Path,
    action: Callable[[House], object],
    check: Callable[[House], object],
    *,
    every: int = EVERY,
) -> None:
    """Kills ``action`` at each step, on a fresh copy; checks the promise at once, the rest after one more command."""
    rounds, offset = 0, random.Random(rounds_seed(action)).randrange(every)
    for after in (False, True):
        step = 1 + offset
        while True:
            root = tmp_path / "killed"
            shutil.copytree(house.root, root, ignore=shutil.ignore_patterns("pipelines", "expectations"))
            copy = House(root=root, people=house.people, now=house.now, inbox=house.inbox)
            was_killed = killed_at(step, lambda copy=copy: action(copy), after=after)  # type: ignore[misc]
            check_promise(copy)
            with copy.stay("gateway"):  # any command
                pass
            check_promise(copy)
            assert not copy.room.journal.exists()
            check(copy)
            shutil.rmtree(root)
            rounds += was_killed
            if not was_killed:
                break
            step += every
    assert rounds * every > 8  # it was killed at all
    print(f"{action.__name__}: killed {rounds} times, no promise broken")


def rounds_seed(action: Callable[..., object]) -> int:
    return sum(map(ord, action.__name__))


def test_add(house: House, tmp_path: Path) -> None:
    house.ready("hardship-000", "reviewer_a")
    path = house.file()

    def adding(copy: House) -> None:
        copy.adds("reviewer_a", [path], cleared=False)

    def check(copy: House) -> None:
        holdings = ledger(copy).holdings
        vault = copy.room.vault
        for name in holdings:
            assert list(copy.opens("reviewer_a", name).contents) == [(".pdf", CONTENT)]
        assert vault.keys.names() == sorted(holdings)  # no key, no file of what never was
        folder = vault.folder / "holdings"
        assert sorted(p.name for p in folder.iterdir()) == sorted(holdings) if folder.is_dir() else not holdings
        assert traces([copy.root], WANTED) == []
        assert path.read_bytes() == CONTENT  # what was handed in is not lost either way

    every_kill(house, tmp_path, adding, check)


def test_access(house: House, tmp_path: Path) -> None:
    house.ready("hardship-000", "reviewer_a")
    holding = house.adds("reviewer_a").id
    document, signature = house.asks("reviewer_a", holding)

    def opening(copy: House) -> None:
        with copy.stay("reviewer_a") as stay:
            open_holding(stay, document, signature, copy=True)

    def check(copy: House) -> None:
        found = ledger(copy).holdings[holding]
        copies = traces([copy.root], WANTED)
        open_ones = [access for access in found.accesses if access.closed is None]
        assert bool(copies) == bool(open_ones)  # a copy lies there only for an access that is recorded and open
        assert all(path.read_bytes() == CONTENT for path in copies)  # and is whole
        assert copy.opens("reviewer_a", holding).contents

    every_kill(house, tmp_path, opening, check)


def test_destruction(house: House, tmp_path: Path) -> None:
    house.ready("hardship-000", "reviewer_a")
    holding = house.adds("reviewer_a").id
    house.opens("reviewer_a", holding, copy=True)
    with house.stay("reviewer_a") as stay:
        end(stay, holding, "completed", house.now)

    def destroying(copy: House) -> None:
        with copy.stay("reviewer_a") as stay:
            destroy(stay, holding)

    def check(copy: House) -> None:
        found: Holding = ledger(copy).holdings[holding]
        if found.state is State.HELD:
            assert copy.opens("reviewer_a", holding).contents  # it had not begun: all of it is there
            destroying(copy)
        assert ledger(copy).holdings[holding].state is State.DESTROYED
        assert traces([copy.root], WANTED) == []
        assert not readable(copy, holding)
        (clock,) = [c for c in copy.clocks("hardship-000", holding) if "delete" in c.name]
        assert clock.met  # the clock was told, whenever the kill came

    every_kill(house, tmp_path, destroying, check)


def test_what_ends_a_holding_starts_its_clock(house: House, tmp_path: Path) -> None:
    house.ready("hardship-000", "reviewer_a")
    holding = house.adds("reviewer_a").id

    def ending(copy: House) -> None:
        with copy.stay("reviewer_a") as stay:
            end(stay, holding, "withdrawn", copy.now)

    def check(copy: House) -> None:
        ended = ledger(copy).holdings[holding].ended
        assert len(copy.clocks("hardship-000", holding)) == len(ended)

    every_kill(house, tmp_path, ending, check)


def test_return(house: House, tmp_path: Path) -> None:
    house.ready("medical-003", "analyst_a")
    holding = house.adds("analyst_a", **MEDICAL).id
    with house.stay("analyst_a") as stay:
        end(stay, holding, "return_demanded", house.now)
    out = tmp_path / "return.zip"
    with house.stay("analyst_a") as stay:
        package = give_back(stay, holding, out, "A" * 24).package
    receipt = house.paper(RECEIPT, "bureau_officer", agreement="medical-003", holdings=[holding], package=package)

    def returning(copy: House) -> None:
        with copy.stay("analyst_a") as stay:
            returned(stay, holding, *receipt)

    def check(copy: House) -> None:
        if ledger(copy).holdings[holding].state is State.RETURNING:
            assert readable(copy, holding)
            returning(copy)
        assert ledger(copy).holdings[holding].state is State.RETURNED
        assert traces([copy.root], WANTED) == []

    every_kill(house, tmp_path, returning, check)


def test_handover(house: House, tmp_path: Path) -> None:
    house.ready("hardship-000", "reviewer_a")
    holding = house.adds("reviewer_a").id
    with house.stay("reviewer_a") as stay:
        begun = handing.begin(stay, [holding], "reviewer_b", "leave")
    house.commits("hardship-000", "reviewer_b", begun.id)
    with house.stay("reviewer_a") as stay:
        from gateway.custody import train

        train(stay, "hardship-000", "reviewer_b", house.now, b"record")

    def handing_over(copy: House) -> None:
        with copy.stay("reviewer_a") as stay:
            handing.finish(stay, begun.id, leaves=True)

    def check(copy: House) -> None:
        views = ledger(copy)
        done = views.handovers[begun.id].done is not None
        assert views.holdings[holding].by == ("reviewer_b" if done else "reviewer_a")
        assert (views.person("hardship-000", "reviewer_a").revoked is not None) == done
        assert len(copy.clocks("hardship-000", begun.id)) == done
        if not done:
            handing_over(copy)
        assert copy.opens("reviewer_b", holding).contents

    every_kill(house, tmp_path, handing_over, check)


_COMMAND = """
import sys
from datetime import datetime
from gateway.custody import destroy
from gateway.release.upkeep.custody import custody_room
from pathlib import Path
now = datetime.fromisoformat(sys.argv[2])
with custody_room(Path(sys.argv[1]), now).stay("reviewer_a", now) as stay:
    print("ready", flush=True)
    destroy(stay, sys.argv[3])
"""


@pytest.mark.parametrize("round_", range(4))
def test_a_real_kill_at_a_random_moment(house: House, round_: int) -> None:
    house.ready("hardship-000", "reviewer_a")
    holding = house.adds("reviewer_a", [house.file(f"{n}.pdf", CONTENT * 40) for n in range(4)]).id
    with house.stay("reviewer_a") as stay:
        end(stay, holding, "completed", house.now)
    arguments = [str(house.root), house.now.isoformat(), holding]
    child = subprocess.Popen([sys.executable, "-c", _COMMAND, *arguments], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(random.Random(round_).uniform(0, 0.03))
    child.send_signal(signal.SIGKILL)
    child.communicate()
    check_promise(house)
    state = house.view(holding).state
    assert state in (State.HELD, State.DESTROYED)
    assert readable(house, holding) == (state is State.HELD)
