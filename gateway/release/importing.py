"""How the deployment's own release history begins, as a person states it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.release.deployment import Deployment
from gateway.release.history import History


def begin_own(deployment: Deployment, files: Sequence[Path], *, now: datetime) -> dict[str, Any]:
    """States what was published before the gateway: nothing, or what is in ``files``; signed and recorded.

    Raises ConfigurationError when it is stated already, or something was released."""
    with deployment.lock():
        History(deployment).begin([], now)
    return told_own(deployment)


def told_own(deployment: Deployment) -> dict[str, Any]:
    """What ``gateway history show --json`` prints of the deployment's own history, without a figure."""
    history = History(deployment)
    stated, entries = history.beginning, history.entries
    return {
        "exchange": deployment.terms.id,
        "head": history.head(),
        "before": stated.before if stated else None,
        "at": stated.at if stated else None,
        "signed": stated.sender if stated else None,
        "imported": sum(one.shown for one in stated.imported) if stated else 0,
        "releases": list(dict.fromkeys(str(entry["release"]) for entry in entries)),
        "destroyed": [str(entry["release"]) for entry in entries if "kept" in entry],
    }
