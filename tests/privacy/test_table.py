"""Arrow tables: columns of every type, fast where they are clean."""

import datetime

import pyarrow as pa
import pytest

from gateway.base.errors import PersonalDataError
from gateway.privacy import scan_table

MOBILE = "13800138000"


def found(table, **more):
    return {(f.entity, f.location) for f in scan_table(table, **more)}


COLUMNS = {
    "string": pa.array(["x", MOBILE]),
    "large string": pa.array(["x", MOBILE], pa.large_string()),
    "string view": pa.array(["x", MOBILE], pa.string_view()),
    "dictionary": pa.array(["x", MOBILE]).dictionary_encode(),
    "integer": pa.array([1, int(MOBILE)]),
    "unsigned": pa.array([1, int(MOBILE)], pa.uint64()),
    "float": pa.array([1.5, float(MOBILE)]),
    "decimal": pa.array([1, int(MOBILE)], pa.decimal128(20, 0)),
    "list": pa.array([["x"], [MOBILE]]),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_number_is_found_in_a_column_of_any_type(kind):
    assert found(pa.table({"a": COLUMNS[kind]})) == {("CN_MOBILE", "a[1]")}


def test_chunks_and_nulls_keep_the_row():
    column = pa.chunked_array([pa.array(["x", None]), pa.array([None, MOBILE, "y"])])
    assert found(pa.table({"a": column})) == {("CN_MOBILE", "a[3]")}


def test_every_row_of_a_repeated_value_is_named():
    assert len(scan_table(pa.table({"a": [MOBILE, "x", MOBILE]}))) == 2


def test_small_numbers_are_cleared_by_type_unless_the_header_says_otherwise():
    numbers = pa.array([3256789, 12345678])
    assert found(pa.table({"postings": numbers})) == set()
    assert found(pa.table({"qq": numbers})) == {("QQ", "qq[0]"), ("QQ", "qq[1]")}
    assert found(pa.table({"latitude": pa.array([43.16678])})) == {("COORDINATES", "latitude[0]")}


def test_dates_are_cleared_unless_the_header_says_birth():
    day = pa.array([datetime.date(1990, 1, 1)])
    assert found(pa.table({"published": day})) == set()
    assert found(pa.table({"birth_date": day})) == {("BIRTH_DATE", "birth_date[0]")}


def test_a_type_that_can_not_be_searched_is_an_error_without_values():
    with pytest.raises(PersonalDataError) as caught:
        scan_table(pa.table({"b": [MOBILE.encode()]}))
    assert MOBILE not in str(caught.value)


def test_vocabulary_clears_whole_cells():
    table = pa.table({"label": ["王金兰", "王金兰村"]})
    assert found(table) == {("PERSON_NAME", "label[0]")}
    assert found(table, vocabulary=frozenset({"王金兰"})) == set()
