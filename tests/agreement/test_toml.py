"""Strict reading of declarations: every mistake at once, each at its line, in both languages."""

from datetime import date

import pytest
from pydantic import Field, model_validator

from gateway.base.errors import ConfigurationError, Exit
from gateway.base.toml import Fault, load_toml, wrong
from gateway.model.table import Declaration, TableSpec


class Leaf(Declaration):
    name: str
    size: int = Field(default=1, ge=1)


class Inner(Declaration):
    leaf: tuple[Leaf, ...] = ()
    on: bool = False


class Tree(Declaration):
    title: str
    day: date | None = None
    share: float | None = None
    note: str | None = None
    tags: tuple[str, ...] = ()
    inner: tuple[Inner, ...] = ()
    single: Leaf | None = None
    words: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> "Tree":
        twins = [n for n, leaf in enumerate(self.inner) if not leaf.leaf]
        if self.title == "bare" and twins:
            raise wrong(*(Fault(("inner", n, "leaf"), "没有叶", "has no leaf") for n in twins))
        if self.title == "old":
            raise ValueError("an old style of message")
        return self


GOOD = """# a comment with title = 1
title = "t"   # [not.a.header]
day = 2026-01-31
share = 1
note = '''
[inner]
title = "inside a text"
'''
tags = [
  "a",
  "b",
]

[[inner]]
on = true
[[inner.leaf]]
name = "x"
[[inner.leaf]]
name = "y"
size = 2

[[inner]]
[[inner.leaf]]
"name" = "z"

[single]
name = "s"

[words]
"二(一)1" = "x"
a.b = "y"
"""


@pytest.fixture
def load(tmp_path):
    def at(text: str | bytes) -> Tree:
        path = tmp_path / "tree.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load_toml(path, Tree)

    return at


def faults(load, text: str | bytes) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(text)
    assert caught.value.exit is Exit.CONFIGURATION
    assert caught.value.next
    zh, en = (text.split("\n") for text in (caught.value.zh, caught.value.en))
    assert len(zh) == len(en)
    return [line.split("tree.toml:", 1)[1] for line in en]


def test_a_good_document_is_read_with_dates_tuples_and_nesting(load):
    tree = load(GOOD.replace('a.b = "y"\n', ""))
    assert (tree.day, tree.share, tree.tags) == (date(2026, 1, 31), 1.0, ("a", "b"))
    assert [leaf.size for leaf in tree.inner[0].leaf] == [1, 2]
    assert load(b"\xef\xbb\xbf" + b'title = "t"\r\n').title == "t"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('title = "t"', "title = 7", "2: title: has to be text, in quotes"),
        (
            "day = 2026-01-31",
            'day = "31.1.2026"',
            "3: day: has to be a date, e.g. 2026-01-31",
        ),
        ("share = 1", 'share = "1"', "4: share: has to be a number"),
        ('  "b",', "  7,", "9: tags.1: has to be text, in quotes"),
        ("on = true", 'on = "true"', "15: inner.0.on: has to be true or false"),
        ("size = 2", "size = 0", "20: inner.0.leaf.1.size: has to be 1 or more"),
        (
            "size = 2",
            "sise = 2",
            "20: inner.0.leaf.1.sise: is not known here: a misspelling, or it belongs to another table",
        ),
        ('name = "y"\n', "", "18: inner.0.leaf.1.name: is missing"),
        ('"name" = "z"', '"name" = 1', "24: inner.1.leaf.0.name: has to be text, in quotes"),
        ('name = "s"', "", "26: single.name: is missing"),
        ("[single]", "[unknown]", "26: unknown: is not known here: a misspelling, or it belongs to another table"),
        ('"二(一)1" = "x"', '"二(一)1" = 1', "30: words.二(一)1: has to be text, in quotes"),
        ('a.b = "y"', 'a.b = "y"', "31: words.a: has to be text, in quotes"),
        ('title = "t"   # [not.a.header]\n', "", "1: title: is missing"),
    ],
)
def test_a_mistake_is_told_at_its_line(load, old, new, expected):
    text = GOOD if new.startswith("a.b") else GOOD.replace('a.b = "y"\n', "")
    assert text.count(old) == 1
    assert faults(load, text.replace(old, new)) == [expected]


def test_all_mistakes_are_told_at_once_in_the_file_s_order(load):
    found = faults(load, 'tags = [1, 2]\nmore = 1\n[[inner]]\non = 1\n[[inner.leaf]]\nsize = "x"\n')
    assert [line.split(": ")[:2] for line in found] == [
        ["1", "tags.0"],
        ["1", "tags.1"],
        ["1", "title"],
        ["2", "more"],
        ["4", "inner.0.on"],
        ["5", "inner.0.leaf.0.name"],
        ["6", "inner.0.leaf.0.size"],
    ]


def test_faults_of_a_model_s_own_stand_at_their_own_lines(load):
    text = 'title = "bare"\n[[inner]]\n[[inner]]\n[[inner.leaf]]\nname = "x"\n[[inner]]\non = true\n'
    assert faults(load, text) == ["2: inner.0.leaf: has no leaf", "6: inner.2.leaf: has no leaf"]
    with pytest.raises(ConfigurationError) as caught:
        load(text)
    assert "inner.2.leaf: 没有叶" in caught.value.zh


def test_a_plain_value_error_of_a_model_is_told_as_it_is(load):
    assert faults(load, 'title = "old"\n') == ["1: *: Value error, an old style of message"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("title = \n", 1),
        ('title = "t"\n\nday = 2026-13-01\n', 3),
        ('title = "t"\ntitle = "u"\n', 2),
        ('title = "t', 1),
        ('title = "t"\n[inner\n', 2),
        ('x = """\n\n', 3),
        (b'title = "t"\nnote = "\xb1\xb1\xbe\xa9"\n', 2),
    ],
)
def test_what_is_no_toml_is_told_at_its_line(load, text, line):
    (found,) = faults(load, text)
    assert found.startswith(f"{line}: not ")


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(ConfigurationError) as caught:
            load_toml(path, Tree)
        assert str(path) in caught.value.zh
        assert caught.value.next


def test_values_are_not_repeated(load):
    with pytest.raises(ConfigurationError) as caught:
        load('title = "t"\nday = "13800138000"\ntags = "secret"\nshare = "secret"\n')
    assert "13800138000" not in f"{caught.value.zh}{caught.value.en}"
    assert "secret" not in f"{caught.value.zh}{caught.value.en}"


def test_a_variant_s_mistake_is_found_behind_its_tag(tmp_path):
    path = tmp_path / "table.toml"
    path.write_text('name = "t"\n\n[[derived]]\nkind = "ratio"\nname = "r"\ndecimals = 9\n', encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_toml(path, TableSpec)
    assert f"{path}:6: derived.0.ratio.decimals: " in caught.value.en


def test_the_bytes_are_verified_first(tmp_path):
    path = tmp_path / "tree.toml"
    path.write_bytes(b"no toml")

    def refuse(_data: bytes) -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        load_toml(path, Tree, verify=refuse)
