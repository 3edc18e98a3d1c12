"""What earlier releases of the month are in the secret material: their populations, and the history's chain."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.verifier.month.canonical import canonical
from gateway.verifier.month.figures import key_of, read_figure, read_figures, read_parts, read_shown
from gateway.verifier.month.lists import Key, Table, read_tables
from gateway.verifier.month.nests import left_with_zeros
from gateway.verifier.month.net import Move, Moves, Part, Past
from gateway.verifier.month.populations import populations, with_zeros
from gateway.verifier.report import Problem

EMPTY = "0" * 64


def tables_of(earlier: Mapping[str, Any], lists: Any) -> list[Table]:
    """The tables of an earlier release. Raises Problem."""
    try:
        return read_tables(earlier["secret"]["tables"], lists)
    except (KeyError, TypeError) as error:
        raise Problem("历史资料不符合约定", "what the history keeps is not as agreed") from error


def past_of(one: Mapping[str, Any], lists: Any, imported: bool) -> dict[str, Past]:
    """The populations of an earlier release. ``imported``: only what was published is known, from before the gateway.
    Raises Problem."""
    try:
        tables = exact(tables_of(one, lists))
        figures = read_figures(one["secret"]["cells"], tables)
        rests = exact(read_tables(one["secret"]["rests"]["tables"], lists))
        left = read_figures(one["secret"]["rests"]["cells"], rests)
        moves = _moves(one["moves"])
    except (KeyError, TypeError, ValueError) as error:
        raise Problem("历史资料不符合约定", "what the history keeps is not as agreed") from error
    published = read_shown(one["published"], tables)
    shown: dict[str, set[Key]] = {}
    hidden: dict[str, set[Key]] = {}
    zeros: dict[str, set[Key]] = {}
    for at, (table, own) in enumerate(zip(tables, published, strict=True)):
        cells = figures[at]
        places = {m.name: {place for place, value in own[m.name].items() if value is None} for m in table.measures}
        figures[at] = {m.name: with_zeros(table, cells[m.name], places[m.name]) for m in table.measures}
        for measure in table.measures:
            if imported and any(value and p not in cells[measure.name] for p, value in own[measure.name].items()):
                raise Problem("历史公布的数与其单元不符", "the history published other figures than its cells")
            keys_ = shown.setdefault(measure.population, set())
            hidden.setdefault(measure.population, set()).update(map(table.key, places[measure.name]))
            empty = places[measure.name] - cells[measure.name].keys()
            zeros.setdefault(measure.population, set()).update(map(table.key, empty))
            for place, figure in figures[at][measure.name].items():
                value = own[measure.name].get(place, 0)
                if value is not None:
                    keys_.add(table.key(place))
                if value not in (None, figure.value):
                    raise Problem("历史公布的数与其单元不符", "the history published other figures than its cells")
    if imported and any(keys & hidden[population] for population, keys in shown.items()):
        raise Problem("历史公布的同一单元格既有数字又被隐去", "the history published a cell and withheld it as well")
    left = left_with_zeros(tables, zeros, rests, left)
    found = populations([*tables, *rests], [*figures, *left], read_parts(one["parts"]))
    return {
        name: Past(
            release=one["release"],
            population=own,
            tables=tuple(tables),
            withheld=frozenset(hidden.get(name, ())),
            shown=shown.get(name, set()),
            moves=None if moves is None else moves.get(name, {}),
            imported=imported,
        )
        for name, own in found.items()
    }


def check_history(document: Mapping[str, Any]) -> dict[str, Any]:
    """What certificates say of the history. Raises Problem unless its chain holds and every release of the month
    that it names is there, as the chain has it."""
    near = []
    history = document["history"]
    begun = history.get("begun")
    head = EMPTY if begun is None else _sha256(canonical([history["agreement"], "begun", begun]))
    for one in history["releases"]:
        if one.keys() == {"release", "kept", "head"}:
            digests = ["kept", one["kept"]]
        elif one.keys() == {"release", "digest", "secret", "parts", "head"}:
            digests = [one["digest"], one["secret"], one["parts"]]
        elif one.keys() == {"release", "digest", "declared", "head"}:
            digests = ["imported", one["digest"], one["declared"]]
        else:
            raise _broken()
        head = _sha256(canonical([history["agreement"], head, one["release"], *digests]))
        if head != one["head"]:
            raise _broken()
        if one["release"] != document["release"] and _month(one["release"]) == _month(document["release"]):
            near.append(one)
    if [one["release"] for one in near] != [one["release"] for one in document["earlier"]]:
        raise Problem("历史中本月的数据不齐", "releases of the month in the history are missing")
    for stated, one in zip(near, document["earlier"], strict=True):
        name = "declared" if "declared" in stated else "secret"
        behind = one["secret"]["tables"] if name == "declared" else one["secret"]
        found = _sha256(canonical(one["published"])), _sha256(canonical(behind))
        if found != (stated["digest"], stated[name]):
            raise Problem("历史资料与历史的摘要不符", "what was released is not what the history's chain says")
    unseen = [one["release"] for one in document["earlier"] if one["moves"] is None]
    names = [one["release"] for one in document["earlier"]]
    return {"head": head, "releases": len(history["releases"]), "together_with": names, "rows_gone": unseen}


def exact(tables: Sequence[Table]) -> list[Table]:
    """Those whose figures are not rounded."""
    return [table for table in tables if table.rounding is None]


def _moves(document: Any) -> dict[str, Moves] | None:
    if document is None:
        return None
    return {
        population: {counts: dict(map(_move, rows)) for counts, rows in kinds.items()}
        for population, kinds in document.items()
    }


def _move(row: Sequence[Any]) -> tuple[Key, Move]:
    pairs, *figures, alone = row
    parts = []
    for figure, who in zip(map(read_figure, figures), alone, strict=True):
        parts.append(Part(figure, () if who is None else ((who, figure.value),)))
    came, gone, stayed = parts
    return key_of(pairs), Move(came=came, gone=gone, stayed=stayed)


def _month(release: str) -> str:
    """Which month a release is about: the last but two of its name's parts. Raises Problem."""
    parts = release.split("_")
    if len(parts) != 6 or not re.fullmatch(r"[0-9]{6}", parts[3]):
        raise Problem("批次号不符合约定", "a release's name is not as agreed")
    return parts[3]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _broken() -> Problem:
    return Problem("历史的链条不成立", "the chain of the history does not hold")
