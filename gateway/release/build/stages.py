"""How a stage is made: what its inputs have not made yet, with a word to whoever waits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.base import memory
from gateway.base.language import say
from gateway.release.site.store import Artefacts, Progress, Store

OPEN_NAMES = frozenset(
    {
        "extract.json",
        "ingest.json",
        "quality.json",
        "validation.html",
        "privacy-drafts.json",
        "statement.json",
    }
)
"""Artefacts without a data value: counts, names and digests."""


@dataclass(frozen=True, kw_only=True)
class Stages:
    """Of the release whose artefacts lie in ``store``."""

    store: Store
    progress: Progress

    def make(
        self, wording: tuple[str, str], name: str, inputs: Mapping[str, Any], make: Callable[[], Artefacts]
    ) -> None:
        """Makes the stage ``name`` unless it is there for the same ``inputs``. Raises what ``make`` raises."""
        label = say(*wording)
        self.progress(label, 0.0)
        self.store.stage(name, inputs, make)
        memory.release()
        self.progress(label, 1.0)
