"""What was compared before is not compared again; whatever is new is, and the answer is always that of a full look."""

import json

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.privacy import Compared, SourceBatch, ValueKind, match_opened, open_files

KINDS = {"number": ValueKind.IDENTIFIER, "name": ValueKind.NAME}


def batches(*rows):
    columns = {"number": [n for n, _ in rows], "name": [n for _, n in rows]}
    yield SourceBatch(source="workers", batch=pa.record_batch(columns), kinds=KINDS)


def never():
    raise AssertionError("the source was read again")
    yield


def texts(*cells):
    return open_files({"a.txt": "\n".join(cells).encode()})


def test_the_same_texts_elsewhere_are_not_compared_again():
    before = match_opened(batches(("W0000001", "赵小明")), texts("合格率上升", "24681357")).compared
    again = match_opened(never(), texts("24681357", "合格率上升"), frozenset(), before)
    assert [(c.column, c.checked, c.matches) for c in again.columns] == [
        ("workers.number", 1, 0),
        ("workers.name", 1, 0),
    ]
    assert not again.blocks


@pytest.mark.parametrize(
    ("new", "column"),
    [
        ("W0000001", "workers.number"),
        ("第１３８００１３８０００号", "workers.number"),
        ("由赵小明提供", "workers.name"),
        ("平顺发家政服务有限公司", "workers.name"),
    ],
)
def test_a_text_that_is_new_is_compared(new, column):
    source = (("W0000001", "赵小明"), ("13800138000", "平顺发家政服务有限公司"))
    before = match_opened(batches(*source), texts("合格率上升", "24681357")).compared
    found = match_opened(batches(*source), texts("合格率上升", "24681357", new), frozenset(), before)
    assert {c.column for c in found.columns if c.matches} == {column}
    assert found.compared is None


def test_parts_that_were_there_apart_are_new_together():
    """The ends of a value stood in two texts; only now it stands in one."""
    source = (("13800138000123456789", "x"),)
    before = match_opened(batches(*source), texts("138001380001", "9000123456789")).compared
    assert before is not None
    found = match_opened(batches(*source), texts("1380013800 0123456789"), frozenset(), before)
    assert found.blocks


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ((("W0000001", "赵小明"),), texts("W0000001")),
        ((("W0000001", "赵小明"),), open_files({"a.bin": b"\x00\x01"})),
        ((("", None),), texts("合格率上升")),
    ],
)
def test_what_found_something_or_saw_nothing_is_not_used_again(source, files):
    assert match_opened(batches(*source), files).compared is None


def test_it_is_the_same_after_being_written_down():
    compared = match_opened(batches(("W0000001", "赵小明")), texts("合格率上升", "24681357 A-B")).compared
    assert compared is not None
    document = json.loads(json.dumps(compared.document()))
    assert Compared.read(document) == compared


CELL = st.text("0123456789AB赵钱小明伟 -", min_size=1, max_size=14)


@settings(max_examples=300, deadline=None)
@given(
    source=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=4),
    first=st.lists(CELL, min_size=1, max_size=6),
    second=st.lists(CELL, min_size=1, max_size=6),
    shared=st.booleans(),
)
def test_the_answer_is_always_that_of_a_full_comparison(source, first, second, shared):
    later = texts(*(first if shared else second))
    before = match_opened(batches(*source), texts(*first)).compared
    assert match_opened(batches(*source), later, frozenset(), before) == match_opened(batches(*source), later)
