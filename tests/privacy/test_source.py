"""No value of a withheld or key column of the source may stand in the output, however it is written."""

import time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.base.errors import ConfigurationError
from gateway.privacy import Reason, SourceBatch, ValueKind, match_source

KINDS = {
    "worker_id": ValueKind.IDENTIFIER,
    "phone": ValueKind.IDENTIFIER,
    "name": ValueKind.NAME,
    "employer_name": ValueKind.NAME,
    "description": ValueKind.SKIP,
}
WORKERS = pa.record_batch(
    {
        "worker_id": ["W00000017", "W00000018", None],
        "phone": ["13800138000", "138-0013-8001", ""],
        "name": ["赵小明", "钱伟", "欧阳建国"],
        "employer_name": ["四平市铁西区好帮手家政服务有限公司", "蓝天ABC物流", None],
        "description": ["岗位数", "合格", "x"],
    }
)
BATCHES = [SourceBatch(source="workers", batch=WORKERS, kinds=KINDS)]


def matched(text, name="x.csv", **more):
    result = match_source(BATCHES, {name: text.encode()}, **more)
    assert not result.not_searched
    return {c.column.removeprefix("workers."): c.matches for c in result.columns if c.matches}


FOUND = [
    ("a\nW00000017\n", {"worker_id": 1}),
    ("a\nw00000018\n", {"worker_id": 1}),
    ("a\n工号W-00000017。\n", {"worker_id": 1}),
    ("a\n13800138000\n", {"phone": 1}),
    ("a\n138 0013 8001\n", {"phone": 1}),
    ("a\n１３８００１３８０００\n", {"phone": 1}),
    ("a\n一三八零零一三八零零零\n", {"phone": 1}),
    ("a\nx13800138000y\n", {"phone": 1}),
    ("a\nMTM4MDAxMzgwMDA=\n", {"phone": 1}),
    ("a\n赵小明\n", {"name": 1}),
    ("a\n由赵小明提供\n", {"name": 1}),
    ("a\n赵 小 明\n", {"name": 1}),
    ("a\n钱伟\n", {"name": 1}),
    ("a\n欧阳建国\n", {"name": 1}),
    ("a\n其中四平市铁西区好帮手家政服务有限公司最多\n", {"employer_name": 1}),
    ("a\n蓝天abc物流\n", {"employer_name": 1}),
    ("a\n（蓝天）ABC 物流\n", {"employer_name": 1}),
]


@pytest.mark.parametrize(("text", "columns"), FOUND)
def test_a_source_value_is_found_however_it_is_written(text, columns):
    assert matched(text) == columns


NOT_FOUND = [
    "a\nW0000001\n",
    "a\nXW00000017\n",
    "a\n1380013800\n",
    "a\n赵大明\n",
    "a\n四平市铁西区\n",
    "a\n家政服务有限公司\n",
    "postings\n12\n17\n",
]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_is_only_alike_is_none(text):
    assert matched(text) == {}


def test_a_match_names_column_count_and_file_never_the_value():
    result = match_source(BATCHES, {"a.csv": b"x\n1\n", "b.csv": b"x\n13800138000\n"})
    column = next(c for c in result.columns if c.matches)
    assert (column.column, column.checked, column.matches, column.files) == ("workers.phone", 2, 1, ("b.csv",))
    assert "13800138000" not in repr(result)
    assert result.blocks


def test_declared_vocabulary_is_cleared_by_membership():
    text = "region\n钱伟\n"
    assert matched(text) == {"name": 1}
    assert matched(text, vocabulary=frozenset({"钱伟"})) == {}
    assert matched("region\n钱伟村赵小明\n", vocabulary=frozenset({"钱伟"})) == {"name": 2}


# a text, the declared vocabulary, a name of the source: how often it is found, how often cleared
CLEARED = [
    ("region\n高峰\n", ["高峰"], "高峰", 0, {"declared": 1}),
    ("note\n高峰期用工增加\n", [], "高峰", 0, {"inside": 1}),
    ("note\n高峰期用工增加\n高峰\n", [], "高峰", 1, {}),
    ("note\n由高峰提供\n", [], "高峰", 1, {}),
    ("note\n高峰期由高峰值班\n", [], "高峰", 1, {}),
    ("note\n高峰：高峰期\n", [], "高峰", 1, {}),
    ("note\n张家口市\n", [], "家口", 0, {"inside": 1}),
    ("region\n梨树县孟家岭镇\n", ["梨树县孟家岭镇"], "孟家", 0, {"declared": 1}),
    ("note\n计算机\n", [], "王芳", 0, {}),
]


@pytest.mark.parametrize(("text", "vocabulary", "name", "matches", "cleared"), CLEARED)
def test_a_name_that_is_a_word_is_cleared_by_where_it_stands_and_counted(text, vocabulary, name, matches, cleared):
    batch = SourceBatch(source="s", batch=pa.record_batch({"n": [name, None]}), kinds={"n": ValueKind.NAME})
    (column,) = match_source([batch], {"x.csv": text.encode()}, vocabulary=frozenset(vocabulary)).columns
    assert (column.matches, column.cleared) == (matches, cleared)


@settings(deadline=None, max_examples=300)
@given(
    st.text(alphabet="王李高金和平安明家口乐园", min_size=2, max_size=2),
    st.sampled_from(["由", "客户", "联系人", "经", "，", " ", "：", "由于"]),
    st.sampled_from(["提供", "的电话", "说", "，", "", "负责", "先生", "和"]),
)
def test_a_name_of_two_characters_by_itself_is_never_cleared(name, before, after):
    batch = SourceBatch(source="s", batch=pa.record_batch({"n": [name]}), kinds={"n": ValueKind.NAME})
    (column,) = match_source([batch], {"x.txt": f"{before}{name}{after}".encode()}).columns
    assert (column.matches, column.cleared) == (1, {})


def test_short_keys_are_matched_as_whole_cells_of_columns_that_are_no_figures():
    batch = pa.record_batch({"id": ["17", "4711"]})
    source = [SourceBatch(source="s", batch=batch, kinds={"id": ValueKind.IDENTIFIER})]

    def matches(text):
        return sum(c.matches for c in match_source(source, {"x.csv": text}).columns)

    assert matches(b"postings\n17\n4711\n300\n") == 0
    assert matches("note\n17\n甲\n乙\n丙\n".encode()) == 1
    assert matches("note\n第17号\n甲\n乙\n丙\n".encode()) == 0


def test_numbers_and_dates_of_the_source_are_compared_as_text():
    batch = pa.record_batch({"phone": pa.array([13800138000]), "id": pa.array(["x"]).dictionary_encode()})
    source = [SourceBatch(source="s", batch=batch, kinds={"phone": ValueKind.IDENTIFIER, "id": ValueKind.IDENTIFIER})]
    assert match_source(source, {"x.txt": b"tel 13800138000"}).columns[0].matches == 1


def test_a_sealed_package_is_matched_through_its_passphrase(package, sealed, passphrase, vocabulary):
    clean = match_source(BATCHES, {"p.zip": sealed(package)}, vocabulary=vocabulary, passphrase=passphrase)
    assert not clean.blocks
    assert clean.checked == 9
    package["02.csv"] += b"2026-10,220302,x,W00000017,A\r\n"
    dirty = match_source(BATCHES, {"p.zip": sealed(package)}, vocabulary=vocabulary, passphrase=passphrase)
    assert [c.files for c in dirty.columns if c.matches] == [("p.zip!02.csv",)]


def test_what_can_not_be_read_blocks_and_so_does_nothing_to_compare(sealed, package):
    locked = match_source(BATCHES, {"p.zip": sealed(package)})
    assert {n.reason for n in locked.not_searched} == {Reason.ENCRYPTED}
    assert locked.blocks
    assert match_source([], {"x.csv": b"a\n1\n"}).blocks


def test_a_column_without_a_kind_is_refused():
    with pytest.raises(ConfigurationError):
        match_source([SourceBatch(source="s", batch=WORKERS, kinds={})], {"x.csv": b"a\n"})


@settings(deadline=None, max_examples=60)
@given(
    st.text(alphabet="0123456789ABCDEF", min_size=6, max_size=20),
    st.text(alphabet="的， 。\n；", max_size=6),
    st.text(alphabet="的， 。\n；", max_size=6),
)
def test_no_identifier_of_six_or_more_characters_survives(value, before, after):
    batch = pa.record_batch({"id": [value]})
    source = [SourceBatch(source="s", batch=batch, kinds={"id": ValueKind.IDENTIFIER})]
    result = match_source(source, {"x.txt": f"{before}{value}{after}".encode()})
    assert result.columns[0].matches == 1


@settings(deadline=None, max_examples=60)
@given(
    st.text(alphabet="赵钱孙李周吴郑王小明伟丽娟公司服务", min_size=2, max_size=12), st.text("的在和，。", max_size=5)
)
def test_no_name_of_two_or_more_characters_survives(name, around):
    source = [SourceBatch(source="s", batch=pa.record_batch({"n": [name]}), kinds={"n": ValueKind.NAME})]
    result = match_source(source, {"x.txt": f"{around}{name}{around}".encode()})
    assert result.columns[0].matches == 1


def test_two_hundred_thousand_rows_take_a_moment():
    rows = 200_000
    batch = pa.record_batch(
        {
            "id": [f"W{i:08}" for i in range(rows)],
            "phone": [f"139{i * 37 % 10**8:08}" for i in range(rows)],
            "name": [f"{'赵钱孙李'[i % 4]}{'小大'[i % 2]}{'明伟强磊'[i // 7 % 4]}" for i in range(rows)],
        }
    )
    kinds = {"id": ValueKind.IDENTIFIER, "phone": ValueKind.IDENTIFIER, "name": ValueKind.NAME}
    start = time.perf_counter()
    result = match_source([SourceBatch(source="s", batch=batch, kinds=kinds)], {"x.csv": b"a\n1\n"})
    assert result.checked == 3 * rows
    assert time.perf_counter() - start < 3
