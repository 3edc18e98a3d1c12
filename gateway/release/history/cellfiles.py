"""Cells, statuses and published tables as JSON artefacts, and back. The specification is passed in, not stored."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from gateway.base.canonical import encode
from gateway.model.cells import Cells, Figure, Key, Mark, Move, Moves, Protected, PublishedTable, Shown, Status
from gateway.model.table import TableSpec


def write_cells(tables: Sequence[Cells]) -> bytes:
    """Secret: every figure with its contributors."""
    return encode(
        {
            cells.spec.name: {
                measure: [
                    [*place, figure.value, figure.contributors, figure.largest, figure.second]
                    for place, figure in sorted(figures.items())
                ]
                for measure, figures in cells.figures.items()
            }
            for cells in tables
        }
    )


def read_cells(document: Mapping[str, Any], specs: Sequence[TableSpec]) -> list[Cells]:
    """The tables of ``write_cells``."""
    return [
        Cells(
            spec=spec,
            figures={
                measure: {
                    tuple(row[:-4]): Figure(value=row[-4], contributors=row[-3], largest=row[-2], second=row[-1])
                    for row in rows
                }
                for measure, rows in document[spec.name].items()
            },
        )
        for spec in specs
    ]


def write_rests(tables: Sequence[Cells]) -> bytes:
    """Secret: tables that are counted and in no release, with their declarations."""
    specs = [cells.spec.model_dump(mode="json") for cells in tables]
    return encode({"tables": specs, "cells": json.loads(write_cells(tables))})


def read_rests(document: Mapping[str, Any]) -> list[Cells]:
    """The tables of ``write_rests``."""
    return read_cells(document["cells"], [TableSpec.model_validate(spec) for spec in document["tables"]])


def write_protected(tables: Sequence[Protected]) -> bytes:
    """Secret: why each cell is shown or not."""
    return encode(
        {
            table.spec.name: {
                measure: [
                    [*place, *([table.rounded[measure][place]] if table.rounded else ()), status.value]
                    for place, status in sorted(statuses.items())
                ]
                for measure, statuses in table.status.items()
            }
            for table in tables
        }
    )


def read_protected(document: Mapping[str, Any], specs: Sequence[TableSpec]) -> list[Protected]:
    """The tables of ``write_protected``."""
    return [
        Protected(
            spec=spec,
            status={
                measure: {tuple(row[: len(spec.dimensions)]): Status(row[-1]) for row in rows}
                for measure, rows in document[spec.name].items()
            },
            rounded={
                measure: {tuple(row[:-2]): row[-2] for row in rows}
                for measure, rows in document[spec.name].items()
                if spec.rounding is not None
            },
        )
        for spec in specs
    ]


def write_published(tables: Sequence[PublishedTable]) -> bytes:
    """What leaves, before it is approved."""
    return encode(
        {
            table.spec.name: [
                [list(place), {name: [_value(shown.value), shown.mark.value] for name, shown in row.items()}]
                for place, row in table.rows.items()
            ]
            for table in tables
        }
    )


def read_published(document: Mapping[str, Any], specs: Sequence[TableSpec]) -> list[PublishedTable]:
    """The tables of ``write_published`` that are in it; decimals are written as text, whole numbers as numbers."""
    return [
        PublishedTable(
            spec=spec,
            rows={
                tuple(place): {
                    name: Shown(value=Decimal(value) if isinstance(value, str) else value, mark=Mark(mark))
                    for name, (value, mark) in row.items()
                }
                for place, row in document[spec.name]
            },
        )
        for spec in specs
        if spec.name in document
    ]


def write_moves(releases: Mapping[str, Moves | None]) -> bytes:
    """Secret: what became of each cell of persons since each earlier release; None where its rows are gone."""
    return encode(
        {
            release: None
            if moves is None
            else {
                population: {
                    kind: [
                        [sorted(map(list, key)), *(_numbers(one) for one in (m.came, m.gone, m.stayed)), list(m.alone)]
                        for key, m in sorted(cells.items(), key=lambda item: sorted(item[0]))
                    ]
                    for kind, cells in kinds.items()
                }
                for population, kinds in moves.items()
            }
            for release, moves in releases.items()
        }
    )


def read_moves(document: Mapping[str, Any]) -> dict[str, Moves | None]:
    """The moves of ``write_moves``."""
    found: dict[str, Moves | None] = {}
    for release, moves in document.items():
        if moves is None:
            found[release] = None
            continue
        found[release] = {
            population: {kind: dict(map(_move, cells)) for kind, cells in kinds.items()}
            for population, kinds in moves.items()
        }
    return found


def _numbers(figure: Figure) -> list[int]:
    return [figure.value, figure.contributors, figure.largest, figure.second]


def _move(row: Sequence[Any]) -> tuple[Key, Move]:
    pairs, *parts, alone = row
    came, gone, stayed = (
        Figure(value=v, contributors=c, largest=largest, second=second) for v, c, largest, second in parts
    )
    key = frozenset((name, code) for name, code in pairs)
    return key, Move(came=came, gone=gone, stayed=stayed, alone=(alone[0], alone[1], alone[2]))


def _value(value: int | Decimal | None) -> int | str | None:
    return str(value) if isinstance(value, Decimal) else value
