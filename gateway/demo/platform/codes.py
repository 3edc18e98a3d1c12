"""The code lists the made-up data draws on, read from a folder: regions, industries, skills."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A county or township of GB/T 2260 and the NBS list; `parent` is the code one level up."""

    code: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLists:
    """What the generator needs of the lists: places by level, division names and sections, skill labels."""

    city: Place
    counties: tuple[Place, ...]
    townships: tuple[Place, ...]
    division_names: dict[str, str]
    sections: dict[str, str]
    skills: dict[str, str]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_codes(folder: Path) -> CodeLists:
    """Read `regions.csv`, `industries.csv` and `skills.csv`.

    Raises FileNotFoundError for a missing list, KeyError for a missing column, ValueError unless the regions
    hold exactly one city, and a county and a township at least.
    """
    places: dict[str, list[Place]] = {"city": [], "county": [], "township": []}
    for row in _rows(folder / "regions.csv"):
        places[row["level"]].append(Place(code=row["code"], name=row["name"], parent=row["parent"]))
    if len(places["city"]) != 1 or not places["county"] or not places["township"]:
        raise ValueError("regions.csv must hold one city, its counties and their townships")
    divisions = [row for row in _rows(folder / "industries.csv") if row["level"] == "division"]
    return CodeLists(
        city=places["city"][0],
        counties=tuple(places["county"]),
        townships=tuple(places["township"]),
        division_names={row["code"]: row["name"] for row in divisions},
        sections={row["code"]: row["section"] for row in divisions},
        skills={row["code"]: row["label"] for row in _rows(folder / "skills.csv")},
    )
