"""What lies before this verifier: declaration, contributors, cells.csv and published.csv, read once."""

import hashlib
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from gateway.verifier.protection import agree, files
from gateway.verifier.protection.cells import Cells, ancestors, node_paths, recompute
from gateway.verifier.protection.declaration import Declaration, read_declaration
from gateway.verifier.protection.exact import determined
from gateway.verifier.protection.history import History, check_history, read_history
from gateway.verifier.protection.rules import Demands, demands
from gateway.verifier.protection.system import System, build, parents_of
from gateway.verifier.report import Problem

Source = Path | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The four files' bytes, and the release history that came before, where there is one."""

    declaration: bytes
    contributors: bytes
    cells: bytes
    published: bytes
    history: bytes | None = None

    def digests(self) -> dict[str, str]:
        """SHA-256 of each."""
        named = {
            "cells": self.cells,
            "contributors": self.contributors,
            "declaration": self.declaration,
            "published": self.published,
        }
        return {name: hashlib.sha256(data).hexdigest() for name, data in named.items()}


def read_sources(
    declaration: Source, contributors: Source, cells: Source, published: Source, history: Source | None = None
) -> Sources:
    """Reads the files. Raises Problem."""
    return Sources(
        declaration=files.contents(declaration, "declaration"),
        contributors=files.contents(contributors, "contributors"),
        cells=files.contents(cells, "cells.csv"),
        published=files.contents(published, "published.csv"),
        history=None if history is None else files.contents(history, "history"),
    )


class Material:
    """What the files turn out to hold; ``read`` and each ``check_…`` raise Problem where that fails."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.declaration: Declaration = read_declaration(sources.declaration)
        codes, groups, values = files.read_contributors(sources.contributors, self.declaration)
        self._found: dict[files.Key, tuple[int, str]] = {}
        self._unread: Problem | None = None
        try:
            self._found = files.read_cells(sources.cells, self.declaration)
        except Problem as problem:
            self._unread = problem  # what is wrong with cells.csv is said when it is checked
        zeros = {key for key, (value, status) in self._found.items() if not value and status != "published"}
        listed = self._found.keys() if self.declaration.partial else None
        self.cells: Cells = recompute(self.declaration, codes, groups, values, zeros, listed)
        figures = self.cells.keys[: self.cells.figures]
        self._listed = [listed is None or key in listed for key in figures]
        last = list(accumulate(len(one.levels) for one in self.declaration.dimensions))
        self._records = list(zip(zip(*(codes[at - 1] for at in last), strict=True), groups, strict=True))
        self._values = values
        self.demands: Demands = demands(self.declaration, self.cells)
        self.demands.primary[: self.cells.figures] &= self._listed
        self._parents = parents_of(ancestors(self.declaration, node_paths(self.declaration, codes)))

    def check_cells(self) -> None:
        """cells.csv has exactly the recomputed cells, or some of them where it may."""
        if self._unread is not None:
            raise self._unread
        agree.check_cells(self.cells, self._found, self._listed)

    def check_primary(self) -> None:
        """Exactly the sensitive cells are marked primary."""
        agree.check_primary(self.cells, self.demands.primary, self._found, self._listed)

    def check_published(self) -> None:
        """published.csv shows what cells.csv says is published, and nothing else."""
        agree.check_published(self._found, files.read_published(self.sources.published, self.declaration))

    def check_history(self, head: str | None = None) -> History:
        """The history (up to ``head``) is whole, and what it released is among the cells as it was released."""
        if self.sources.history is None:
            raise Problem("没有给出历史", "no history is given")
        history = read_history(self.sources.history, head)
        records: dict[tuple[files.Key, str], int] = {}
        for place, value in zip(self._records, self._values, strict=True):
            records[place] = records.get(place, 0) + value
        check_history(history, self._found, records)
        return history

    def system(self) -> System:
        """The linear system of what is published."""
        return build(self.cells.inside, self.cells.inner, self.hidden(), self.cells.keys, self._parents)

    def hidden(self) -> Any:
        """Of each cell whether it is withheld."""
        import numpy as np

        figures = zip(self.cells.keys[: self.cells.figures], self._listed, strict=True)
        hidden = [not listed or self._found[key][1] != "published" for key, listed in figures]
        return np.array([*hidden, *(True for _ in self.cells.keys[self.cells.figures :])])

    def by_status(self) -> dict[str, int]:
        """How many cells have which status."""
        marks = [status for _, status in self._found.values()]
        return {status: marks.count(status) for status in files.STATUSES}

    def determined(self, system: System) -> Any:
        """Of each withheld cell whether the published ones determine it."""
        seed = hashlib.sha256(self.sources.published + self.sources.contributors).digest()
        return determined(system.rows, system.fixed, system.inside, seed) & self.hidden()
