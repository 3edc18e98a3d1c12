"""Column discovery: what each column holds, what is proposed for it, and how alike the records are."""

from collections import Counter
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.privacy import misses, people, standards
from gateway.privacy import Guess, anonymity, profiled
from gateway.privacy.discovery import MANY, REASONS, SAMPLE, Why

ROWS = 600


def column(make):
    rng = Random("discovery")
    return [make(rng, row) for row in range(ROWS)]


NAMES = iter(people.persons(3 * ROWS))
ADVICE = "负责装卸工作，每天八小时，要求吃苦耐劳，有经验者优先，待遇从优，包吃包住，可日结工资，长期有效"
# header → (values, role, why, how it is withheld, the entity that most values hold)
COLUMNS = {
    "id": (lambda r, i: f"W{i:07}", Guess.KEY, Why.NUMBERED, None, None),
    "订单编号": (lambda r, i: f"{2026100000 + i}", Guess.KEY, Why.NUMBERED, None, None),
    "姓名": (lambda r, i: next(NAMES), Guess.WITHHELD, Why.PERSONAL, "name", "PERSON_NAME"),
    "who": (lambda r, i: next(NAMES), Guess.WITHHELD, Why.PERSONAL, "name", "PERSON_NAME"),
    "身份证号": (lambda r, i: standards.resident_id(r), Guess.WITHHELD, Why.PERSONAL, "identifier", "CN_RESIDENT_ID"),
    "a1": (lambda r, i: standards.resident_id(r), Guess.WITHHELD, Why.PERSONAL, "identifier", "CN_RESIDENT_ID"),
    "a2": (lambda r, i: standards.mobile(r), Guess.WITHHELD, Why.PERSONAL, "identifier", "CN_MOBILE"),
    "a3": (lambda r, i: standards.bank_card(r), Guess.WITHHELD, Why.PERSONAL, "identifier", "CN_BANK_CARD"),
    "a4": (lambda r, i: standards.email(r), Guess.WITHHELD, Why.PERSONAL, "identifier", "EMAIL"),
    "住址": (lambda r, i: standards.address(r), Guess.WITHHELD, Why.PERSONAL, "identifier", "ADDRESS"),
    "birth_date": (lambda r, i: f"19{60 + i % 40}-03-0{1 + i % 9}", Guess.WITHHELD, Why.PERSONAL, "identifier",
                   "BIRTH_DATE"),
    "雇主": (lambda r, i: f"四平市某{i % 90}家政服务有限公司", Guess.WITHHELD, Why.COMPANY, "name", None),
    "企业名称": (lambda r, i: f"某{i % 90}家政", Guess.WITHHELD, Why.COMPANY, "name", None),
    "岗位描述": (lambda r, i: f"{i}：{ADVICE}", Guess.WITHHELD, Why.FREE_TEXT, "text", None),
    "描述二": (lambda r, i: f"{ADVICE}，电话{standards.mobile(r)}", Guess.WITHHELD, Why.FREE_TEXT, "text", "CN_MOBILE"),
    "性别": (lambda r, i: "男女"[i % 2], Guess.DIMENSION, Why.FEW_VALUES, None, None),
    "区县": (lambda r, i: ("铁西区", "铁东区", "梨树县")[i % 3], Guess.DIMENSION, Why.FEW_VALUES, None, None),
    "region_code": (lambda r, i: r.choice(("220302", "220303", "220322")), Guess.DIMENSION, Why.FEW_VALUES, None, None),
    "需求人数": (lambda r, i: str(r.randint(1, 30)), Guess.MEASURE, Why.COUNTED, None, None),
    "发布时间": (lambda r, i: f"2026-10-{1 + i % 28:02} 09:30:00", Guess.TIME, Why.DATED, None, None),
    "day": (lambda r, i: f"2026/10/{1 + i % 28}", Guess.TIME, Why.DATED, None, None),
    "金额": (lambda r, i: misses.money(r), Guess.WITHHELD, Why.UNKNOWN, None, None),
    "空": (lambda r, i: None, Guess.WITHHELD, Why.EMPTY, "text", None),
    "x": (lambda r, i: "".join(r.choices("上下左右前后里外", k=6)), Guess.WITHHELD, Why.UNKNOWN, "text", None),
}  # fmt: skip


@pytest.fixture(scope="module")
def profiles():
    table = {name: pa.array(column(case[0]), pa.string()) for name, case in COLUMNS.items()}
    halves = [{n: v.slice(0, 250) for n, v in table.items()}, {n: v.slice(250) for n, v in table.items()}]
    rows, found = profiled(halves)
    assert rows == ROWS
    return {profile.name: profile for profile in found}


@pytest.mark.parametrize("name", COLUMNS)
def test_each_column_gets_its_role(name, profiles):
    _, role, why, withheld, entity = COLUMNS[name]
    profile = profiles[name]
    assert (profile.guess, profile.why, profile.shown) == (role, why, name)
    if withheld:
        assert profile.withheld_as == withheld
    assert (profile.withheld_as is None) == (role is not Guess.WITHHELD)
    if entity:
        assert (profile.kinds[0].entity, profile.kinds[0].share >= 0.9) == (entity, True)


def test_what_is_known_of_a_person_elsewhere_is_a_quasi_identifier(profiles):
    assert {p.name for p in profiles.values() if p.quasi} == {"性别", "区县", "birth_date", "region_code"}


def test_every_reason_has_its_wording():
    assert REASONS.keys() == set(Why)


def test_a_header_that_is_data_is_called_by_its_number():
    _, found = profiled([{"13800138000": pa.array(["13800138001"]), " ": pa.array(["x"]), "赵小明": pa.array(["y"])}])
    assert [profile.shown for profile in found] == ["#1", "#2", "#3"]


def test_counts_over_many_chunks_and_a_sample_from_all_of_them():
    chunks = [
        {"n": pa.array([f"k{i * 7919 % 300_007}" for i in range(start, start + 10_000)])}
        for start in range(0, 150_000, 10_000)
    ]
    rows, (profile,) = profiled(chunks)
    assert (rows, profile.filled, profile.distinct) == (150_000, 150_000, None)
    assert MANY < 150_000
    assert SAMPLE <= profile.sampled <= 2 * SAMPLE


def test_empty_cells_are_counted_apart_and_repeated_values_once():
    _, (profile,) = profiled([{"n": pa.array(["a", None, "b"])}, {"n": pa.array([None, "b", "c"])}])
    assert (profile.filled, profile.distinct) == (4, 3)


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["x", "y", "z"])), min_size=1, max_size=60),
    st.integers(1, 5),
    st.integers(1, 20),
)
def test_k_anonymity_is_what_counting_gives(rows, k, size):
    chunks = [
        {"p": pa.array([p for p, _ in part], pa.string()), "q": pa.array([q for _, q in part], pa.string())}
        for part in (rows[i : i + size] for i in range(0, len(rows), size))
    ]
    found, sizes = anonymity(chunks, ("p", "q"), k), Counter(rows)
    below = [n for n in sizes.values() if n < k]
    assert (found.rows, found.classes, found.smallest) == (len(rows), len(sizes), min(sizes.values()))
    assert (found.classes_below, found.rows_below) == (len(below), sum(below))
