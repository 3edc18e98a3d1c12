"""What a release is protected together with: which earlier releases, and what became of their contributors since.

Whatever was released of the same month, a revision or an ad-hoc table, is one system with the release (docs/adr/0018).
Other months are not tied: flows (postings, applications) have no records in common with them, and two months of a stock
say nothing of each other's hidden cells to someone who does not know who came and who left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from gateway import statistics
from gateway.base.aside import Aside
from gateway.base.canonical import digest_of
from gateway.base.errors import DisclosureError
from gateway.disclosure import Before, Earlier, NoWorldError, UnsolvedError, world_of
from gateway.ingest import Feed
from gateway.model.cells import Cells, Moves
from gateway.model.release import ReleaseId
from gateway.model.table import TableSpec
from gateway.release.history.cellfiles import read_moves, write_moves
from gateway.release.history.chain import History
from gateway.release.history.past import Past
from gateway.release.site.deployment import Deployment


@dataclass(frozen=True)
class Neighbours:
    """The earlier releases that one release has to do with."""

    deployment: Deployment
    release: ReleaseId
    nobody: bool = False
    """An ad-hoc answer is protected in one system with its month by ``answering``."""
    only: frozenset[str] | None = None
    """To look at a release again as it was made: those that there were then, as far as their values are still there."""

    @cached_property
    def past(self) -> list[Past]:
        """They, in the order in which they left."""
        if self.nobody:
            return []
        history = History(self.deployment)
        if self.only is None:
            return history.near(self.release)
        return [past for name in history.releases() if name in self.only and (past := history.past(name))]

    def figures(self, past: Past, now: Sequence[Cells]) -> Sequence[Cells]:
        """The figures behind what it published; of what was published before the gateway a world near ``now``.

        Raises DisclosureError when none is found: there was one when it was imported."""
        if not past.imported:
            return past.cells
        try:
            return world_of(past.published, now, self.deployment.hierarchies)
        except (NoWorldError, UnsolvedError) as error:
            raise DisclosureError(
                f"{self.release.period} 在接入前已公布过数据，求解未能找到与其相符、接近本次数字的一组数，无法一并保护",
                f"figures of {self.release.period} were published before the gateway, and none near today's were found "
                "that fit them: the release can't be protected together with them",
                safe=("没有生成可提供的表", "no table was released"),
                next=("减少该月各表的分组", "publish the month's tables in a coarser breakdown"),
            ) from error

    @cached_property
    def _month(self) -> list[Past]:
        """All that was released of the month, for an ad-hoc answer."""
        return History(self.deployment).near(self.release)

    @cached_property
    def specs(self) -> tuple[TableSpec, ...]:
        """Their tables that are not among this release's: counted from this release's rows too, and not published."""
        own = [spec.model_dump() for spec in self.deployment.tables]
        found: dict[str, TableSpec] = {}
        for past in self.past:
            for cells in past.cells:
                if cells.spec.model_dump() not in own:
                    name = f"{cells.spec.name}__{digest_of(cells.spec.model_dump(mode='json'))[:12]}"
                    found[name] = cells.spec.model_copy(update={"name": name})
        return tuple(found.values())

    @property
    def digests(self) -> dict[str, str]:
        """What they rest on, and which of them still have their rows."""
        there = self._month if self.nobody else self.past
        return {str(past.id): f"{past.digest}/{self._rows(past) is not None}" for past in there}

    def count_moves(self, engine: Aside, feeds: Mapping[str, Feed], rests: Sequence[TableSpec]) -> bytes:
        """What became of persons since each of them, counted in the second process; also in the ``rests`` of wholes."""
        settings = self.deployment.settings.engine
        limits = statistics.Engine(memory=settings.memory, threads=settings.threads)
        lists, keyring = dict(self.deployment.hierarchies), self.deployment.keyring
        now = {name: feed.path for name, feed in feeds.items()}
        found: dict[str, Moves | None] = {}
        for past in self.past:
            before = self._rows(past)
            changed = [name for name in self.deployment.source.feeds if feeds[name].digest != past.feeds.get(name)]
            specs = [*self.deployment.tables, *self.specs, *rests]
            if before is None and changed:
                found[str(past.id)] = None
            elif before is None or not changed:
                found[str(past.id)] = {}
            else:
                asked = engine.ask(statistics.compare, specs, changed, before, now, keyring, lists, limits)
                found[str(past.id)] = asked.result()
        return write_moves(found)

    def before(self, moves: Any, now: Sequence[Cells], beside: Sequence[Cells]) -> Before:
        """All of it, for disclosure control. ``moves``: what ``count_moves`` wrote; ``now``: the release's tables,
        ``beside``: those of earlier ones that are not among them."""
        if self.nobody:  # one system with their tables already; only their zeros are to be known
            return Before(earlier=[self._zeros(past) for past in self._month], beside=beside)
        found = read_moves(moves)
        known = [replace(past, cells=self.figures(past, [*now, *beside])) for past in self.past]
        earlier = [
            Earlier(
                release=str(past.id),
                cells=[*past.cells, *past.rests],
                shown=past.shown,
                zeros=past.zeros,
                rounded=past.rounded,
                parts={} if past.imported else statistics.read_parts(past.parts),
                moves=found[str(past.id)],
                tied=None,
                imported=past.imported,
            )
            for past in known
        ]
        return Before(earlier=earlier, beside=beside)

    @staticmethod
    def _zeros(past: Past) -> Earlier:
        return Earlier(
            release=str(past.id),
            cells=past.cells,
            shown={},
            parts={},
            moves={},
            tied=frozenset(),
            zeros=past.zeros,
            rounded=past.rounded,
        )

    def _rows(self, past: Past) -> dict[str, Path] | None:
        """The files of its normalised rows, as long as they are there."""
        folder = self.deployment.store(str(past.id), frozenset()).folder / "feeds"
        files = {name: folder / f"{name}.feed" for name in self.deployment.source.feeds}
        return files if all(path.is_file() for path in files.values()) else None


def declared(tables: Sequence[TableSpec]) -> list[dict[str, Any]]:
    """The tables' declarations as the history keeps them."""
    return [spec.model_dump(mode="json") for spec in tables]
