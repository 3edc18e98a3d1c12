"""The five tables as they are declared, over small code lists."""

import tomllib
from pathlib import Path

from gateway.model.hierarchy import REST, Hierarchy, Node
from gateway.model.table import TableSpec

TABLES = Path(__file__).parents[2] / "pipelines" / "tables"
SPECS = {path.stem: TableSpec.model_validate(tomllib.loads(path.read_text("utf-8"))) for path in TABLES.glob("*.toml")}

CITY = "220300"
COUNTIES = ("220302", "220303", "220322", "220323", "220382")
SECTIONS = ("C", "F", "G", "H", "O")
SKILLS = ("delivery", "cooking", "driving", "none")
AGES = ("16-24", "25-34", "35-44", "45以上")
BANDS = {"hour": ("<15", "15-20", "20+"), "month": ("<2000", "2000-3000", "3000+")}
UNITS = (*BANDS, "negotiable")


def tree(name: str, top: tuple[str, str], *levels: tuple[str, list[tuple[str, str]]]) -> Hierarchy:
    """``top``: code and level; below it (level, [(code, parent), …])."""
    nodes = [Node(code=top[0], label=top[0], label_en=top[0], level=top[1], parent=None)]
    nodes += [
        Node(code=code, label=code, label_en=code, level=level, parent=parent)
        for level, pairs in levels
        for code, parent in pairs
    ]
    return Hierarchy(name=name, levels=(top[1], *(level for level, _ in levels)), nodes=tuple(nodes))


def below(top: str, *codes: str) -> list[tuple[str, str]]:
    return [(code, top) for code in codes]


TOWNSHIPS = [pair for county in COUNTIES for pair in below(county, f"{county}001", f"{county}002", county + REST)]
HIERARCHIES = {
    "region": tree("region", (CITY, "city"), ("county", below(CITY, *COUNTIES, CITY + REST)), ("township", TOWNSHIPS)),
    "intended_region": tree("intended_region", (CITY, "city"), ("county", below(CITY, *COUNTIES, "any"))),
    "industry": tree("industry", ("Total", "total"), ("section", below("Total", *SECTIONS))),
    "pay": tree(
        "pay",
        ("Total", "total"),
        ("unit", below("Total", *UNITS)),
        ("band", [(f"{unit}:{band}", unit) for unit, bands in BANDS.items() for band in bands]),
    ),
    "skill": tree("skill", ("Total", "total"), ("skill", below("Total", *SKILLS))),
    "age": tree("age", ("Total", "total"), ("band", below("Total", *AGES))),
}
