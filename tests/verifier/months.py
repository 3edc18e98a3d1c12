"""A month for the verifier: the secret material of a small release as the build would write it, and its CSV files."""

import json
from collections.abc import Sequence
from typing import Any

from gateway.disclosure import Earlier
from gateway.model.cells import Cells, Parts
from gateway.model.period import Period
from gateway.model.table import TableSpec
from gateway.package import table_csv
from gateway.release.history.cellfiles import write_cells, write_moves, write_protected, write_published, write_rests
from gateway.verifier.month import verify_month
from gateway.verifier.month.canonical import canonical
from gateway.verifier.protection import ProtectionReport
from tests.disclosure.siege import Siege

SALT = b"0123456789abcdef"
PERIOD = Period(year=2026, month=10)
RELEASE, FIRST = "LGTJ_220300_LHYG_202610_M_R02", "LGTJ_220300_LHYG_202610_M_R01"
AGREEMENT = "004"


def material_of(siege: Siege, first: Siege | None = None) -> dict[str, Any]:
    """The material of a release, after another one of its month if that is given."""
    entries = [f"{at:02}.csv" for at in range(2, len(siege.specs) + 2)]
    earlier = [_earlier(siege, first, siege.before.earlier[0])] if first else []
    return {
        "format": "gateway-month-material/1",
        "release": RELEASE,
        "period": str(PERIOD),
        "rules": {
            "minimum_persons": siege.parameters.minimum_persons,
            "minimum_groups": siege.parameters.minimum_groups,
            "p_percent": siege.parameters.p_percent,
            "dominance": siege.parameters.dominance,
            "insiders": siege.parameters.insiders,
            "group_disclosure": siege.parameters.group_disclosure,
        },
        "lists": {name: [[n.code, n.level, n.parent] for n in one.nodes] for name, one in siege.lists.items()},
        "tables": _declared(siege.specs),
        "entries": entries,
        "beside": [],
        "cells": json.loads(write_cells(siege.cells)),
        "beside_cells": {},
        "rests": json.loads(write_rests(siege.rests)),
        "statuses": json.loads(write_protected(siege.protection.tables)),
        "parts": _parts(siege.holdings),
        "history": {"agreement": AGREEMENT, "releases": chain(earlier)},
        "earlier": earlier,
    }


def chain(earlier: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The history's chain of these releases."""
    import hashlib

    def sha(document: Any) -> str:
        return hashlib.sha256(canonical(document)).hexdigest()

    head, found = "0" * 64, []
    for one in earlier:
        digests = {"digest": sha(one["published"]), "secret": sha(one["secret"]), "parts": "7" * 64}
        head = sha([AGREEMENT, head, one["release"], *digests.values()])
        found.append({"release": one["release"], **digests, "head": head})
    return found


def csvs(siege: Siege) -> dict[str, bytes]:
    """The tables as they leave."""
    made = [table_csv(one, siege.lists, PERIOD) for one in siege.published]
    return {f"{at:02}.csv": data for at, data in enumerate(made, start=2)}


def verified(material: dict[str, Any], tables: dict[str, bytes]) -> ProtectionReport:
    return verify_month(canonical(material), tables, salt=SALT, version="0")


def failed(report: ProtectionReport) -> list[str]:
    """The checks that did not pass."""
    return [check.name for check in report.checks if not check.passed]


def _earlier(siege: Siege, first: Siege, before: Earlier) -> dict[str, Any]:
    moves = json.loads(write_moves({"R01": before.moves}))["R01"]
    secret: dict[str, Any] = {"tables": _declared(first.specs), "feeds": {}}
    cells: Sequence[Cells] = first.cells
    secret |= {"cells": json.loads(write_cells(cells)), "rests": json.loads(write_rests(first.rests))}
    published = json.loads(write_published(first.published))
    return {
        "release": FIRST,
        "published": published,
        "secret": secret,
        "parts": _parts(first.holdings),
        "moves": moves,
    }


def _declared(specs: Sequence[TableSpec]) -> list[dict[str, Any]]:
    return [spec.model_dump(mode="json") for spec in specs]


def _parts(parts: Parts) -> dict[str, Any]:
    return {
        population: {
            kind: [[sorted(map(list, key)), sorted(map(list, held.items()))] for key, held in cells.items()]
            for kind, cells in kinds.items()
        }
        for population, kinds in parts.items()
    }
