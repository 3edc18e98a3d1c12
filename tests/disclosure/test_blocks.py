"""Parts that share no figure are protected one by one, exactly as if each were a table of its own."""

import numpy as np
import pytest

from gateway.disclosure import Declaration, protect
from gateway.disclosure.blocks import blocks
from gateway.model.cells import Status
from tests.disclosure.protected import AXES, declared, drawn

MONTHS = ("m1", "m2", "m3")


def months(*shown: str, insiders: str = "any") -> Declaration:
    spec = declared(("month", "month"), *AXES, rules={"insiders": insiders})
    axes = [spec.dimensions[0].model_copy(update={"shown": shown}), *spec.dimensions[1:]]
    return spec.model_copy(update={"dimensions": tuple(axes)})


def month(code: str) -> dict[str, list[str]]:
    columns = drawn(int(code[1:]), size=90)
    return {**columns, "month": [code] * len(columns["who"])}


def every() -> dict[str, list[str]]:
    parts = [month(code) for code in MONTHS]
    return {name: [text for part in parts for text in part[name]] for name in parts[0]}


@pytest.mark.parametrize("insiders", ["any", "second"])
def test_each_month_is_as_if_it_were_alone(insiders: str) -> None:
    spec = months("month", insiders=insiders)
    together = {cell.place: cell.status for cell in protect(every(), spec).cells}
    alone = {cell.place: cell.status for code in MONTHS for cell in protect(month(code), spec).cells}
    assert together == alone
    assert set(together.values()) == set(Status)


def test_a_total_makes_them_one() -> None:
    apart, one = (protect(every(), months(*shown)).system.grid for shown in (("month",), ("Total", "month")))
    assert len(list(blocks(apart))) == len(MONTHS)
    assert [block.grid for block in blocks(one)] == [one]


def test_the_parts_are_all_of_it() -> None:
    grid = protect(every(), months("month")).system.grid
    parts = list(blocks(grid))
    assert sorted(np.concatenate([part.rows for part in parts]).tolist()) == list(range(grid.cells.shape[0]))
    assert sum(part.grid.inner for part in parts) == grid.inner
    for part in parts:
        assert (part.grid.cells @ part.grid.values == (grid.cells @ grid.values)[part.rows]).all()
        assert part.grid.groups.sum() == part.grid.values.sum()
        assert len(part.grid.families) < len(grid.families)
