"""``gateway protect``: what it refuses, and how it says so."""

from pathlib import Path

import pytest

from tests.cli.desk import HEADER, SPEC, Change, Desk, as_csv, both_languages, put, records, without

BAD_FILES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "no contributor column": (without("holding"), ("holding",)),
    "no value column": (without("value"), ("value",)),
    "a level is missing": (without("town"), ("town",)),
    "a negative value": (put(4, "value", "-7919"), ("4", "value")),
    "a decimal value": (put(5, "value", "7919.5"), ("5", "value")),
    "a value in words": (put(6, "value", "many-7919"), ("6", "value")),
    "no value": (put(7, "value", ""), ("7", "value")),
    "a value with a space": (put(7, "value", " 7919"), ("7", "value")),
    "a value with a sign": (put(7, "value", "+7919"), ("7", "value")),
    "a value in another notation": (put(7, "value", "79e19"), ("7", "value")),
    "a value in full-width digits": (put(7, "value", "７９１９"), ("7", "value")),
    "a value of sixteen digits": (put(7, "value", "7919791979197919"), ("7", "value")),
    "no contributor": (put(8, "holding", ""), ("8", "holding")),
    "no code": (put(9, "town", ""), ("9", "town")),
    "two codes above one": (put(3, "county", "cty-9"), ("town",)),
    "a code of two levels": (put(3, "town", "cty-0"), ("county",)),
    "the reserved word": (put(10, "section", "Total"), ("10", "section", "Total")),
    "the reserved word above": (put(10, "county", "Total"), ("10", "county", "Total")),
    "a code like a formula": (put(11, "section", "=cmd|grp-1"), ("11", "section")),
    "a code like a formula, above": (put(12, "county", "+grp-1"), ("12", "county")),
    "a code like a formula in full width": (put(12, "county", "＝grp-1"), ("12", "county")),
    "nothing at all": (lambda rows: b"", ("holding",)),
    "a header only": (lambda rows: as_csv([]), ()),
    "a row too short": (lambda rows: as_csv([*rows[:2], rows[2][:-1], *rows[3:]]), ("4",)),
    "a row too long": (lambda rows: as_csv([*rows[:2], [*rows[2], "7919"], *rows[3:]]), ("4",)),
    "an empty line between": (lambda rows: as_csv([*rows[:2], [], *rows[2:]]), ("4",)),
    "not UTF-8": (lambda rows: as_csv(rows).replace(b"cty-0", "四平".encode("gb18030")), ("UTF-8",)),
    "UTF-16": (lambda rows: as_csv(rows).decode().encode("utf-16"), ("UTF-8",)),
    "an open quotation mark": (lambda rows: as_csv(rows) + b'"grp-1,7919', ("CSV",)),
    "a column twice": (lambda rows: as_csv(rows, [*HEADER[:-2], "value", "value"]), ()),
    "zeros only": (lambda rows: as_csv([[*row[:-1], "0"] for row in rows]), ()),
    "more than is exact": (lambda rows: as_csv([[*row[:-1], "9" * 15] for row in rows]), ()),
}


@pytest.mark.parametrize("why", BAD_FILES)
def test_a_bad_file_is_refused_by_row_and_column(desk: Desk, why: str) -> None:
    change, words = BAD_FILES[why]
    good = desk.cells.read_bytes()
    desk.cells.write_bytes(change(records()))
    both_languages(desk, 11, words)
    desk.cells.write_bytes(good)
    assert desk.type()[0] == 0, "once mended the same command works"


def replaced(old: str, new: str) -> str:
    assert old in SPEC
    return SPEC.replace(old, new, 1)


BAD_SPECS: dict[str, tuple[str, tuple[str, ...]]] = {
    "an unknown key": (SPEC + "secret = 1\n", ("secret",)),
    "an unknown key at the top": ("note = 1\n" + SPEC, ("note",)),
    "another format": (replaced("protect/1", "protect/2"), ("format",)),
    "no format": (replaced('format = "gateway-protect/1"\n', ""), ("format",)),
    "another model": (replaced('"business"', '"branches"'), ("model",)),
    "a level twice": (replaced('["section"]', '["town"]'), ("dimensions",)),
    "the contributor as a level": (replaced('["section"]', '["holding"]'), ("dimensions",)),
    "the value as the contributor": (replaced('group = "holding"', 'group = "value"'), ("dimensions",)),
    "two dimensions of one name": (replaced('"industry"', '"region"'), ("dimensions",)),
    "a dimension like a formula": (replaced('name = "industry"', 'name = "=industry"'), ("name",)),
    "no dimension": (SPEC.split("[[dimensions]]")[0] + "[rules]\nminimum_groups = 3\n", ("dimensions",)),
    "a dimension without levels": (replaced('["section"]', "[]"), ("levels",)),
    "an unknown level is shown": (replaced('["section"]', '["section"]\nshown = ["shop"]'), ("shown",)),
    "a minimum of one": (replaced("minimum_groups = 3", "minimum_groups = 1"), ("minimum_groups",)),
    "p of nothing": (replaced("p_percent = 15", "p_percent = 0"), ("p_percent",)),
    "p in words": (replaced("p_percent = 15", 'p_percent = "15"'), ("p_percent",)),
    "three dominate": (SPEC + "dominance = [3, 85]\n", ("dominance",)),
    "nobody dominates": (SPEC + "dominance = [2, 0]\n", ("dominance",)),
    "an unknown insider": (SPEC + 'insiders = "third"\n', ("insiders",)),
    "not TOML": ("format =\n", ("TOML",)),
}


@pytest.mark.parametrize("why", BAD_SPECS)
def test_a_bad_declaration_is_refused_by_its_key(desk: Desk, why: str) -> None:
    text, words = BAD_SPECS[why]
    desk.spec.write_text(text, encoding="utf-8")
    both_languages(desk, 10, words)
    desk.spec.write_text(SPEC, encoding="utf-8")
    assert desk.type()[0] == 0, "once mended the same command works"


@pytest.mark.parametrize(("which", "exit"), [("spec", 10), ("cells", 11)])
@pytest.mark.parametrize("instead", ["missing", "a folder", "not text"])
def test_a_file_that_is_not_there_or_not_one(desk: Desk, which: str, exit: int, instead: str) -> None:
    path: Path = getattr(desk, which)
    path.unlink()
    if instead == "a folder":
        path.mkdir()
    if instead == "not text":
        path.write_bytes(b"\xff\xfe\x00\x81")
    both_languages(desk, exit, ())
