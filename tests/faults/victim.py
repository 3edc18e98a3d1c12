"""A month's build or its delivery in a process of its own that may be killed at any step it takes.

A step is a call on a file, the line or the ledger. ``python -m tests.faults.victim ROOT RELEASE NOW`` delivers, and
exits as the command would."""

import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.base.errors import AwaitingApprovalError, GatewayError, machine_error
from gateway.delivery import LinkError
from gateway.delivery.wire import Wire
from gateway.ledger import Ledger
from gateway.model.release import ReleaseId
from gateway.release.build import corridor
from gateway.release.review.approving import approve
from gateway.release.sending.delivering import deliver
from gateway.release.sending.receipts import fetch_receipts
from gateway.release.site.deployment import load_deployment

_ON_FILES = frozenset({"open", "os.rename", "os.remove", "os.link", "os.mkdir", "socket.connect", "sqlite3.connect"})


class Steps:
    """Counts what the process does to the world; dies without a word at the step it is told."""

    def __init__(self, last: int | None) -> None:
        self._last = last
        self.done = 0

    def step(self) -> None:
        if self.done == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.done += 1

    def watch(self) -> None:
        sys.addaudithook(self._audit)
        Wire.ask = self._around(Wire.ask)  # type: ignore[method-assign]
        Ledger.append = self._around(Ledger.append)  # type: ignore[method-assign]

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _ON_FILES and not str(arguments[0]).endswith((".py", ".pyc", ".so")):
            self.step()

    def _around(self, plain: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*arguments: Any, **named: Any) -> Any:
            self.step()
            result = plain(*arguments, **named)
            self.step()
            return result

        return stepped


def build(root: Path, release: str, now: datetime, last: int | None = None) -> tuple[int, int]:
    """Steps of building a month."""
    steps = Steps(last)
    steps.watch()
    corridor.run(load_deployment(root, now), ReleaseId.parse(release).period, lambda: now, _silent)
    return 0, steps.done


def send(root: Path, release: str, now: datetime, last: int | None = None) -> tuple[int, int]:
    """Exit code and steps of one delivery."""
    steps = Steps(last)
    steps.watch()
    try:
        deliver(load_deployment(root, now), release, lambda: now, _silent, sleep=time.sleep, random=lambda: 0.0)
    except LinkError as error:
        return int(error.exit), steps.done
    except GatewayError as error:
        print(error.en, file=sys.stderr)
        return int(error.exit), steps.done
    except OSError as error:
        expected = machine_error(error)
        print(expected.en, file=sys.stderr)
        return int(expected.exit), steps.done
    return 0, steps.done


def decide(root: Path, release: str, now: datetime, last: int | None = None) -> tuple[int, int]:
    """Steps of both approvals; their signatures lie beside the deployment, as ``<steward>.sig``."""
    steps = Steps(last)
    steps.watch()
    try:
        for signature in sorted(root.parent.glob("steward_*.sig")):
            approve(load_deployment(root, now), release, signature.read_text(encoding="ascii"), now)
    except AwaitingApprovalError as error:  # approved already
        return int(error.exit), steps.done
    return 0, steps.done


def acknowledge(root: Path, release: str, now: datetime, last: int | None = None) -> tuple[int, int]:
    """Steps of fetching and entering the receipt of ``release``."""
    steps = Steps(last)
    steps.watch()
    (view,) = fetch_receipts(load_deployment(root, now), now)
    return (0 if view.release == release else 1), steps.done


def _silent(stage: str, done: float) -> None:
    """Nobody looks."""


if __name__ == "__main__":
    root, release, now = sys.argv[1:]
    sys.exit(send(Path(root), release, datetime.fromisoformat(now))[0])
