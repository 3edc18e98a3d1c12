"""Small contributor-level tables for ``gateway protect``: columns of texts, and their declarations."""

import random
from typing import Any

from gateway.disclosure import Declaration


def declared(*axes: tuple[str, ...], **more: Any) -> Declaration:
    """A declaration; an axis is its name and its levels."""
    dimensions = [{"name": name, "levels": levels} for name, *levels in axes]
    given = {"format": "gateway-protect/1", "group": "who", "value": "value", "dimensions": dimensions}
    return Declaration.model_validate({**given, **more})


AXES = ("region", "county", "town"), ("industry", "section", "division")


def columns(rows: list[dict[str, str]]) -> dict[str, list[str]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def drawn(seed: int, size: int = 150, groups: int = 40, most: int = 90) -> dict[str, list[str]]:
    """Records over two counties of three towns and two sections of three divisions, skewed."""
    chance = random.Random(seed)
    rows = []
    for number in range(size):
        town, division = chance.randrange(6), min(5, int(chance.expovariate(0.5)))
        rows.append(
            {
                "who": f"g{chance.randrange(groups)}" if groups else f"p{number}",
                "county": f"C{town // 3}",
                "town": f"C{town // 3}T{town}",
                "section": f"S{division // 3}",
                "division": f"S{division // 3}D{division}",
                "value": str(chance.randint(1, most)),
            }
        )
    return columns(rows)
