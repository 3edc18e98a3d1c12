"""Who came, went and stayed between two feeds, held against sets of persons in plain Python."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pyarrow as pa
import pytest

from gateway.base.keyring import Keyring
from gateway.base.parquet import encrypted_writer
from gateway.model.cells import Key, key_of
from gateway.model.table import Contributor, Dimension, Kind, Measure, TableSpec
from gateway.statistics import Engine, compare
from gateway.statistics import count as counting_room
from tests.disclosure.microdata import dimension, measure, table
from tests.statistics.counting import TYPES, Row, climb
from tests.statistics.test_count import LEVELS, LISTS, row

PERSONS = Measure.model_validate(
    measure("persons", Kind.DISTINCT, Contributor.WORKER, repeats=("region",)).model_dump()
)
VIEWS = measure("views", Kind.COUNT, Contributor.WORKER)
SPECS = [
    table("where", [dimension("region", LEVELS)], [PERSONS, VIEWS, measure("postings")]),
    table(
        "who",
        [dimension("age"), dimension("skill", ("total", "group", "skill"), multi=True)],
        [measure("persons", Kind.DISTINCT, Contributor.WORKER)],
    ),
]


def rows(seed: int) -> list[Row]:
    """Fifty rows of thirty persons: who does what where differs with the seed, each one's age and skills do not."""
    chance = random.Random(seed)
    made = []
    for _ in range(50):
        worker = chance.randint(1, 30)
        own = random.Random(worker)
        age = own.choice(["young", "old"])
        skill = own.sample(["clean", "cook", "drive", "none"], own.randint(1, 2))
        made.append(row(worker=worker, region=chance.choice(["t1", "t2"]), age=age, skill=skill))
    return made


def holders(spec: TableSpec, of: Measure, given: Sequence[Row]) -> dict[Key, Counter[int]]:
    """Each cell's persons with their numbers of rows."""
    found: dict[Key, Counter[int]] = {}
    for one in given:
        for place in product(*(_codes(one, d) for d in spec.dimensions)):
            found.setdefault(key_of(spec, place, LISTS), Counter())[one["worker"]] += 1
    if of.kind is Kind.DISTINCT:
        return {key: Counter(dict.fromkeys(who, 1)) for key, who in found.items()}
    return found


def _codes(one: Row, d: Dimension) -> set[str]:
    given = one[d.name]
    return {up for code in (given if isinstance(given, list) else [given]) for up in climb(code, d, LISTS[d.hierarchy])}


def written(folder: Path, name: str, given: Sequence[Row], keyring: Keyring) -> Path:
    path = folder / name
    columns = pa.table({column: pa.array([one.get(column) for one in given], kind) for column, kind in TYPES.items()})
    with encrypted_writer(path, columns.schema, keyring) as out:
        out.write(columns)
    return path


@pytest.mark.parametrize("work", [1_500_000, 100])
def test_moves_are_those_of_the_persons(work: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one part and in several."""
    monkeypatch.setattr(counting_room, "_WORK", work)
    keyring = Keyring.create(tmp_path / "keyring")
    then, now = rows(1), rows(2)
    before, after = ({"rows": written(tmp_path, name, given, keyring)} for name, given in (("1", then), ("2", now)))
    found = compare(SPECS, ["rows"], before, after, keyring, LISTS, Engine())
    assert set(found) == {"rows/worker"}
    compared = 0
    for spec in SPECS:
        for of in spec.measures:
            if of.contributor is not Contributor.WORKER:
                continue
            first, second = holders(spec, of, then), holders(spec, of, now)
            for key in first.keys() | second.keys():
                one, two = first.get(key, Counter()), second.get(key, Counter())
                move = found["rows/worker"][of.counted].get(key)
                parts = (two - one, one - two, one & two)
                if move is None:
                    assert one == two
                    continue
                compared += 1
                figures = (move.came, move.gone, move.stayed)
                assert [(f.value, f.contributors) for f in figures] == [(p.total(), len(p)) for p in parts]
                assert move.alone == tuple(next(iter(p)) if len(p) == 1 else None for p in parts)
    assert compared > 5
