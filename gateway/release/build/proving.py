"""A month's protection proved by the separate verifier: its secret material gathered, its two certificates kept.

The verifier shares no code with disclosure control. Where it is not convinced, nothing is built (exit 14)."""

import hmac
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, cast

from gateway import __version__, statistics
from gateway.base.aside import Aside
from gateway.base.canonical import encode
from gateway.base.errors import DisclosureError
from gateway.disclosure import Parameters
from gateway.model.cells import Parts
from gateway.model.release import ReleaseId
from gateway.package import entry_names
from gateway.release.build.drafts import Drafts
from gateway.release.history.before import Neighbours, declared
from gateway.release.history.cellfiles import read_cells, write_cells
from gateway.release.history.chain import History
from gateway.release.history.past import Past
from gateway.release.site.deployment import Deployment
from gateway.release.site.store import Store
from gateway.verifier.month import Suggested, verify_month
from gateway.verifier.protection import ProtectionReport

MATERIAL, SECRET, PUBLIC = "material.json", "certificate-secret.json", "certificate-public.json"
"""A release's artefacts: what its protection is proved from, and the two certificates."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What is to be proved of one release, together with its ``neighbours``. ``alone``: it was counted without their
    tables, from the same rows as they."""

    deployment: Deployment
    release: ReleaseId
    store: Store
    neighbours: Neighbours
    parameters: Parameters
    alone: bool = False

    def material(self) -> bytes:
        """The verifier's input, canonical JSON."""
        get, neighbours, alone = self.store.get_json, self.neighbours, self.alone
        parts = statistics.read_parts(self.store.get("parts.parquet"))
        earlier = {str(past.id): {} if past.imported else statistics.read_parts(past.parts) for past in neighbours.past}
        moves = self._same_rows() if alone else get("moves.json")
        who = _numbers([parts, *earlier.values()], moves)
        history = History(self.deployment)
        return encode(
            {
                "format": "gateway-month-material/1",
                "release": str(self.release),
                "period": str(self.release.period),
                "rules": _rules(self.parameters),
                "lists": {
                    name: [[node.code, node.level, node.parent] for node in one.nodes]
                    for name, one in self.deployment.hierarchies.items()
                },
                "tables": declared(self.deployment.tables),
                "entries": list(entry_names(len(self.deployment.tables)).tables),
                "beside": [] if alone else declared(neighbours.specs),
                "cells": get("cells.json"),
                "beside_cells": {} if alone else get("beside.json"),
                "rests": get("rests.json"),
                "statuses": get("protected.json"),
                "parts": _parts(parts, who),
                "history": {
                    "agreement": self.deployment.terms.id,
                    "begun": history.begun,
                    "releases": history.entries,
                },
                "earlier": [
                    {
                        "release": str(past.id),
                        "published": past.documents[0],
                        "secret": self._behind(past),
                        "parts": _parts(earlier[str(past.id)], who),
                        "moves": _moves(moves[str(past.id)], who),
                    }
                    for past in neighbours.past
                ],
            }
        )

    def _behind(self, past: Past) -> Any:
        """The figures behind an earlier release, as they are kept; of what was published before the gateway as they may
        have been."""
        if not past.imported:
            return past.documents[1]
        now = read_cells(self.store.get_json("cells.json"), self.deployment.tables)
        if not self.alone:
            now += read_cells(self.store.get_json("beside.json"), self.neighbours.specs)
        cells = json.loads(write_cells(self.neighbours.figures(past, now)))
        return {**past.documents[1], "cells": cells, "rests": {"tables": [], "cells": {}}}

    def _same_rows(self) -> dict[str, Any]:
        """Nobody came or went since an earlier release of the same rows; of others that is not known."""
        now = {name: feed["digest"] for name, feed in self.store.get_json("ingest.json").items()}
        return {str(past.id): {} if past.feeds == now else None for past in self.neighbours.past}

    def ask(
        self, verifier: Aside, material: bytes, found: "Future[list[Suggested]]", tables: Drafts
    ) -> "Future[ProtectionReport]":
        """What the verifier will say of ``material`` and the tables as they leave, with what its search has ``found``.

        The salt is the exchange's secret's: the small numbers of a certificate can't be tried out until its digest,
        which is sent, fits."""
        csvs = {entry.entry: tables.contents[entry.entry] for entry in tables.entries if entry.role == "table"}
        salt = hmac.digest(self.deployment.exchange_secret, f"certificate/{self.release}".encode(), "sha256")
        suggested = cast("list[Suggested]", found)  # it is one by the time that it is that question's turn
        return verifier.ask(verify_month, material, csvs, salt=salt, version=__version__, suggested=suggested)


def certificates(report: ProtectionReport) -> dict[str, bytes]:
    """The two certificates. Raises DisclosureError unless the verifier is convinced."""
    if not report.valid or report.secret is None or report.public is None:
        failed = [check for check in report.checks if not check.passed]
        raise DisclosureError(
            f"独立核验未通过：{'；'.join(f'{check.name}：{check.zh}' for check in failed)}",
            f"the separate verifier is not convinced: {'; '.join(f'{check.name}: {check.en}' for check in failed)}",
            safe=("没有任何内容离开", "nothing has left"),
            next=("减少该表的分组", "publish this table in a coarser breakdown"),
        )
    return {SECRET: report.secret, PUBLIC: report.public}


def _rules(parameters: Parameters) -> dict[str, Any]:
    return {
        "minimum_persons": parameters.minimum_persons,
        "minimum_groups": parameters.minimum_groups,
        "p_percent": parameters.p_percent,
        "dominance": list(parameters.dominance) if parameters.dominance else None,
        "insiders": parameters.insiders,
        "group_disclosure": parameters.group_disclosure,
    }


def _numbers(several: Sequence[Parts], moves: Mapping[str, Any]) -> dict[int, int]:
    """Every contributor's pseudonym → a number that means nothing elsewhere."""
    found = {
        who
        for parts in several
        for kinds in parts.values()
        for cells in kinds.values()
        for held in cells.values()
        for who in held
    }
    found |= {
        who
        for one in moves.values()
        if one is not None
        for kinds in one.values()
        for rows in kinds.values()
        for row in rows
        for who in row[-1]
        if who is not None
    }
    return {who: number for number, who in enumerate(sorted(found))}


def _parts(parts: Parts, who: Mapping[int, int]) -> dict[str, Any]:
    return {
        population: {
            kind: [
                [sorted(map(list, key)), sorted([who[one], part] for one, part in held.items())]
                for key, held in sorted(cells.items(), key=lambda item: sorted(item[0]))
            ]
            for kind, cells in kinds.items()
        }
        for population, kinds in parts.items()
    }


def _moves(moves: Any, who: Mapping[int, int]) -> Any:
    if moves is None:
        return None
    return {
        population: {
            kind: [[*row[:-1], [None if one is None else who[one] for one in row[-1]]] for row in rows]
            for kind, rows in kinds.items()
        }
        for population, kinds in moves.items()
    }
