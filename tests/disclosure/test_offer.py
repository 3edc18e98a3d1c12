"""A refusal names a coarser breakdown that is safe: tried, and proved like the table itself."""

from pathlib import Path

import pytest

from gateway.base.errors import DisclosureError
from gateway.disclosure import Declaration, exchange, protect
from gateway.disclosure.offer import coarser, offer
from tests.disclosure.protected import columns, declared

AXES = ("region", "county", "town", "village"), ("industry", "section")
INNER = {
    ("A1", "s1"): [100],  # one holding: it is what village A1 and section s3 leave
    ("A1", "s3"): [500] * 5,
    ("A2", "s1"): [90] * 5,
    ("A2", "s2"): [80] * 6,
    ("B1", "s1"): [70] * 7,
    ("B1", "s2"): [60] * 8,
}


def shown(region: list[str], industry: list[str]) -> Declaration:
    spec = declared(*AXES)
    axes = [
        axis.model_copy(update={"shown": tuple(s)}) for axis, s in zip(spec.dimensions, (region, industry), strict=True)
    ]
    return spec.model_copy(update={"dimensions": tuple(axes)})


def records() -> dict[str, list[str]]:
    rows = [
        {"county": "c", "town": v[0], "village": v, "section": s, "who": f"{v}{s}{number}", "value": str(value)}
        for (v, s), values in INNER.items()
        for number, value in enumerate(values)
    ]
    return columns(rows)


def test_a_refusal_names_the_breakdown_that_is_safe(tmp_path: Path) -> None:
    path = tmp_path / "x.history"
    history = exchange.begin(path, "x")
    none: dict[str, list[str]] = {name: [] for name in records()}
    for number, spec in enumerate((shown(["village"], ["Total"]), shown(["county"], ["Total", "section"]))):
        table = protect(none if number else records(), spec, history)
        history = exchange.append(path, history, f"r{number}", spec, table.microdata, table.shown)
    full = shown(["county", "town", "village"], ["section"])
    with pytest.raises(DisclosureError) as refused:
        protect(none, full, history)
    assert "1 sensitive cells" in refused.value.en
    assert refused.value.next == (
        "改为 region 只提供 county、town（shown），已验证可以提供",
        "release region: only county, town (shown); that was tried, and is safe",
    )
    assert protect(none, shown(["county", "town"], ["section"]), history).cells
    with pytest.raises(DisclosureError) as refused:
        protect(none, shown(["village"], ["section"]), history)
    assert "no coarser breakdown" in refused.value.next[1]  # type: ignore[index]


def test_breakdowns_come_with_the_fewest_levels_left_out_first() -> None:
    found = [tuple(axis.shown for axis in one.dimensions) for one in coarser(declared(*AXES))]
    counts = [sum(len(levels or ()) for levels in one) for one in found]
    assert counts == sorted(counts, reverse=True)
    assert len(found) == len(set(found)) == 4 * 2 - 1
    assert found[-1] == (("Total",), ("Total",))


def test_the_coarsest_is_tried_in_the_end() -> None:
    tried: list[Declaration] = []
    spec = declared(*(("a", *(f"a{level}" for level in range(9))), ("b", *(f"b{level}" for level in range(9)))))
    assert offer(spec, lambda one: bool(tried.append(one))) is None
    assert len(tried) == 12
    assert all(axis.shown == ("Total",) for axis in tried[-1].dimensions)
