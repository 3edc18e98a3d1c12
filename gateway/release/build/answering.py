"""An ad-hoc answer being built: through every gate of a month, and protected together with what was published before.

Its table is counted and protected in one system with the month's tables and with every earlier answer about the month.
What was published stays as it was: a cell that stands in a published table has that table's status, and the rest may
be shown only if all of it together determines and narrows no sensitive cell, for outsiders and contributors: what the
one system has to withhold is withheld everywhere. If the extract no longer gives the cells that were published, or the
tables can't stand together, there is no answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from gateway import statistics
from gateway.base.aside import Aside
from gateway.base.canonical import encode_for_people
from gateway.base.errors import DisclosureError
from gateway.disclosure import Protection, check_published
from gateway.ingest import Feed
from gateway.model.cells import Cells, Key, Protected, Status, key_of
from gateway.model.release import ReleaseId
from gateway.model.table import TableSpec
from gateway.release.build.build import Build
from gateway.release.build.figures import Figures
from gateway.release.build.proving import Proof
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.history.before import Neighbours
from gateway.release.history.cellfiles import read_cells, read_protected, write_protected
from gateway.release.history.chain import History
from gateway.release.site.deployment import Deployment
from gateway.release.site.store import Store
from gateway.release.terms.requests import dressed

Known = Mapping[str, Mapping[Key, Status]]
"""Population → cell → how it was published."""


@dataclass(frozen=True, kw_only=True)
class Answer(Build):
    """``month``: the deployment with the month's tables; ``deployment`` has the answer's."""

    month: Deployment

    @cached_property
    def figures(self) -> "AnswerFigures":
        """Protected together with what was published about the month."""
        return AnswerFigures(
            deployment=self.deployment,
            release=self.release,
            stages=self.stages,
            neighbours=Neighbours(self.deployment, self.release, nobody=True),
            month=self.month,
        )

    @cached_property
    def proof(self) -> Proof:
        """Of the answer's table alone, beside every earlier release."""
        return replace(super().proof, neighbours=Neighbours(self.deployment, self.release), alone=True)


@dataclass(frozen=True, kw_only=True)
class AnswerFigures(Figures):
    """The figures of an answer; ``month`` as in ``Answer``."""

    month: Deployment

    def cells(self, engine: Aside, feeds: Mapping[str, Feed]) -> list[Cells]:
        """Of the feeds that its table reads."""
        used = {measure.feed for spec in self.deployment.tables for measure in spec.measures}
        return super().cells(engine, {name: feed for name, feed in feeds.items() if name in used})

    def protect(self, cells: Sequence[Cells], checks: Aside) -> Protection:
        """The answer's statuses. Raises DisclosureError when it can't stand together with what was published."""
        earlier = self.earlier()
        whole = self._whole(earlier)
        with Aside() as engine:
            joint = whole.cells(engine, whole.ingest(engine))
        proposed = whole.protect(joint, checks)
        inputs = {
            "proposed": whole.store.digests()["protected.json"],
            "cells": self.store.digests()["cells.json"],
            "before": {release: store.digests()["protected.json"] for release, (store, _) in earlier.items()},
        }

        def make() -> dict[str, bytes]:
            known = self._known(earlier, joint)
            fixed = [self._fixed(one, known) for one in proposed.tables]
            _check_hides_enough(proposed.tables, fixed)
            made = replace(proposed, tables=tuple(fixed))
            lists, edges = self.deployment.hierarchies, self.deployment.edges
            shown = [statistics.publish(c, p, lists, edges, None) for c, p in zip(joint, fixed, strict=True)]
            check_published(joint, made, shown, lists, before=whole.before)
            certificate = {**proposed.certificate, "together_with": sorted(earlier)}
            own = [one for one in fixed if one.spec in self.deployment.tables]
            return {"protected.json": write_protected(own), "disclosure.json": encode_for_people(certificate)}

        self.stages.make(
            ("与已提供数据一并保护", "protecting it together with what was published"), "disclosure", inputs, make
        )
        return self.protection

    def earlier(self) -> dict[str, tuple[Store, tuple[TableSpec, ...]]]:
        """What was published about the month: each release's artefacts and tables. Raises DisclosureError when the
        values of one were destroyed, or one was published before the gateway: nothing can be protected with it."""
        found = {}
        history = History(self.month)
        for past in history.near(self.release):
            if past.imported:
                raise DisclosureError(
                    f"{self.release.period} 在接入前已公布过数据，其背后数值不明，临时数据无法与其一并保护",
                    f"figures of {self.release.period} were published before the gateway: nobody has their records, "
                    "and an answer can't be protected together with them",
                    safe=("没有任何内容离开", "nothing has left"),
                    next=("gateway request refuse：该月无法答复", "gateway request refuse: no answer is possible"),
                )
        for name in history.releases():
            release = ReleaseId.parse(name)
            if release.period == self.release.period and name != str(self.release):
                found[name] = (self.month.store(name, OPEN_NAMES), dressed(self.month, name).tables)
        if not any(ReleaseId.parse(name).kind == "M" for name in found):
            raise DisclosureError(
                f"{self.release.period} 的月度数据尚未提供：临时数据须与其一并保护",
                f"the month {self.release.period} is not published yet: an answer is protected together with it",
                safe=("没有任何内容离开", "nothing has left"),
                next=f"gateway run {self.release.period}",
            )
        return found

    def _whole(self, earlier: Mapping[str, tuple[Store, tuple[TableSpec, ...]]]) -> Figures:
        """The month's tables and the answer's in one system; its artefacts lie beside the release's folder."""
        tables: dict[str, TableSpec] = {spec.name: spec for spec in self.month.tables}
        for _, specs in earlier.values():
            tables |= {spec.name: spec for spec in specs}
        tables |= {spec.name: spec for spec in self.deployment.tables}
        suites = self.deployment.given_suites
        deployment = replace(self.month, tables=tuple(tables.values()), given_suites=suites)
        store = deployment.store(f"{self.release}.joint", OPEN_NAMES)
        return Figures(
            deployment=deployment,
            release=self.release,
            stages=replace(self.stages, store=store),
            neighbours=Neighbours(deployment, self.release, nobody=True),
        )

    def _known(self, earlier: Mapping[str, tuple[Store, tuple[TableSpec, ...]]], joint: Sequence[Cells]) -> Known:
        """How each cell was published; shown once is shown. Raises DisclosureError when the extract gives others."""
        now = {one.spec.name: one.figures for one in joint}
        known: dict[str, dict[Key, Status]] = {}
        for release, (store, specs) in sorted(earlier.items()):
            counted = {one.spec.name: one.figures for one in read_cells(store.get_json("cells.json"), specs)}
            for table in read_protected(store.get_json("protected.json"), specs):
                if _values(counted[table.spec.name]) != _values(now[table.spec.name]):
                    raise DisclosureError(
                        f"数据源自 {release} 之后已变化，临时数据无法与其一并保护",
                        f"the extract has changed since {release}: the answer can't be protected together with it",
                        safe=("没有任何内容离开", "nothing has left"),
                        next=f"gateway supersede {self.release.period} --reason …",
                    )
                for population, cells in self._keys(table):
                    own = known.setdefault(population, {})
                    for key, status in cells.items():
                        own[key] = Status.PUBLISHED if Status.PUBLISHED in (status, own.get(key)) else status
        return known

    def _fixed(self, table: Protected, known: Known) -> Protected:
        lists = self.deployment.hierarchies
        status = {
            measure.name: {
                place: known.get(measure.population, {}).get(key_of(table.spec, place, lists), proposed)
                for place, proposed in table.status[measure.name].items()
            }
            for measure in table.spec.measures
        }
        return replace(table, status=status)

    def _keys(self, table: Protected) -> list[tuple[str, dict[Key, Status]]]:
        lists = self.deployment.hierarchies
        return [
            (
                measure.population,
                {key_of(table.spec, place, lists): status for place, status in table.status[measure.name].items()},
            )
            for measure in table.spec.measures
        ]


def _check_hides_enough(proposed: Sequence[Protected], fixed: Sequence[Protected]) -> None:
    """Raises DisclosureError when a cell is or was shown that all tables together have to withhold.

    More may be withheld than was proved to be enough: that only leaves more worlds possible, for anybody."""
    for wanted, one in zip(proposed, fixed, strict=True):
        for measure, cells in one.status.items():
            short = [p for p, s in cells.items() if s is Status.PUBLISHED and wanted.status[measure][p] is not s]
            if short:
                raise DisclosureError(
                    f"与已提供的数据一并计算后，{one.spec.name} 有 {len(short)} 个数字本须隐去",
                    f"with what was published, {len(short)} figures of {one.spec.name} would have to be withheld",
                    safe=("没有任何内容离开", "nothing has left"),
                    next=("以更少的层级声明该表", "declare the table with fewer levels"),
                )


def _values(figures: Mapping[str, Mapping[Any, Any]]) -> dict[str, dict[Any, int]]:
    return {name: {place: figure.value for place, figure in cells.items()} for name, cells in figures.items()}
