"""A number hidden anywhere in a file is found there; what can't be read is named."""

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gateway.privacy import Reason, scan_file


def places(name, data, **more):
    scan = scan_file(name, data, **more)
    assert not scan.not_searched
    return {(f.entity, f.location) for f in scan.findings}


CSVS = {
    "cell": ("a,b\r\n1,{}\r\n", "row 2, column 2"),
    "header": ("a,{}\r\n1,2\r\n", "row 1, column 2"),
    "no line end": ("a,b\n1,{}", "row 2, column 2"),
    "quoted, with a line feed": ('a,b\n1,"x\ny {}"\n', "row 2, column 2"),
    "ragged": ("a,b\n1\n1,2,3,{}\n", "row 3, column 4"),
    "semicolons": ("a;b\n1;{}\n", "row 2, column 2"),
    "carriage returns only": ("a,b\r1,{}\r", "row 2, column 2"),
    "blank lines": ("a,b\n\n1,{}\n", "row 3, column 2"),
    "an open quote": ('a,b\n1,"{}\n', "row 2, column 2"),
}


@pytest.mark.parametrize("kind", CSVS)
def test_csv(kind, mobile):
    text, place = CSVS[kind]
    assert ("CN_MOBILE", place) in places("x.csv", text.format(mobile).encode())


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_every_coding_that_people_use(coding, mobile):
    assert places("x.csv", f"地区,说明\n铁西区,电话{mobile}\n".encode(coding)) == {("CN_MOBILE", "row 2, column 2")}


JSONS = {
    "value": ('{{"a": [1, "{}"]}}', "/a/1"),
    "number": ('{{"a": {}}}', "/a"),
    "key": ('{{"{}": 1}}', "/#0 (key)"),
    "escaped": ('{{"a": "\\u0031{}"}}', "/a"),
    "repeated key": ('{{"a": "{}", "a": "x"}}', "/a"),
    "lines": ('{{"a": 1}}\n{{"a": "{}"}}\n', "line 2 /a"),
    "scalar": ('"{}"', "/"),
}


@pytest.mark.parametrize("kind", JSONS)
def test_json(kind, mobile):
    text, place = JSONS[kind]
    value = mobile[1:] if kind == "escaped" else mobile
    assert ("CN_MOBILE", place) in places("x.json", text.format(value).encode())


def test_a_json_key_is_the_context_of_its_value():
    assert places("x.json", json.dumps({"contact_name": "周杰"}).encode()) == {("PERSON_NAME", "/contact_name")}


HTMLS = [
    "<p>{}</p>",
    "<p>138<b>0013</b>8000</p>",
    "<td>1&#51;800138000</td>",
    '<img alt="{}">',
    '<a href="tel:{}">x</a>',
    "<!-- {} -->",
    "<script>var a = '{}';</script>",
    "<style>/* {} */</style>",
    "<meta name=x content={}>",
    "<p data-{}=1>",
    "<![CDATA[{}]]>",
    "<?x {}?>",
    "</html>{}",
    "<svg><text>{}</text></svg>",
    "<p>{}",
    "<textarea>{}</textarea>",
    '<a href="data:text/html,{}">x</a>',
]


@pytest.mark.parametrize("html", HTMLS)
def test_html(html, mobile):
    assert "CN_MOBILE" in {e for e, _ in places("x.html", html.replace("{}", mobile).encode())}


def test_an_author_in_the_head_is_a_name():
    assert places("x.html", '<meta name="author" content="周杰">'.encode()) == {("PERSON_NAME", "line 1")}


def test_text_names_the_line(mobile):
    assert places("x.txt", f"a\nb\n{mobile}\n".encode()) == {("CN_MOBILE", "line 3")}


def test_a_very_long_line_is_searched_to_its_end(mobile):
    text = "的" * 65_530 + f"电话{mobile}完" + "的" * 70_000
    assert any(e == "CN_MOBILE" for e, _ in places("x.txt", text.encode()))


def test_parquet_columns_names_and_metadata(mobile):
    table = pa.table({"a": ["x", mobile], "n": [1, int(mobile)], "d": pa.array(["x", mobile]).dictionary_encode()})
    nested = pa.array([{"p": [mobile]}, {"p": []}])
    table = table.append_column("s", nested).append_column(f"c{mobile}", pa.array([1, 2]))
    table = table.replace_schema_metadata({"who": mobile})
    out = io.BytesIO()
    pq.write_table(table, out)
    found = {place for entity, place in places("x.parquet", out.getvalue()) if entity == "CN_MOBILE"}
    assert found == {"a[1]", "n[1]", "d[1]", "s.p[0]", "column name", "metadata"}


def test_a_binary_parquet_column_is_not_searched():
    out = io.BytesIO()
    pq.write_table(pa.table({"b": [b"\x00\x01"]}), out)
    scan = scan_file("x.parquet", out.getvalue())
    assert [n.reason for n in scan.not_searched] == [Reason.BINARY]
    assert scan.blocks
    assert not scan.searched


NOT_SEARCHED = [
    ("x.pdf", b"%PDF-1.7", Reason.FORMAT),
    ("x.png", b"\x89PNG\r\n\x1a\n", Reason.FORMAT),
    ("x.bin", b"abc", Reason.FORMAT),
    ("x.txt", b"a\x00b", Reason.BINARY),
    ("x.csv", b"\xff\xff\xff", Reason.DAMAGED),
    ("x.json", b"{", Reason.DAMAGED),
    ("x.json", b"[" * 100_000, Reason.DEPTH),
    ("x.xlsx", b"not a zip", Reason.DAMAGED),
    ("x.parquet", b"PAR1 but no", Reason.DAMAGED),
    ("x.parquet", b"PARE", Reason.ENCRYPTED),
    ("x.xml", b"<a>", Reason.DAMAGED),
    ("x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', Reason.FORMAT),
    ("x.html", b'<img src="data:image/png;base64,iVBORw0KGgo=">', Reason.BINARY),
    ("x.zip", b"PK\x03\x04", Reason.DAMAGED),
]


@pytest.mark.parametrize(("name", "data", "reason"), NOT_SEARCHED)
def test_what_is_not_understood_blocks(name, data, reason):
    scan = scan_file(name, data)
    assert [n.reason for n in scan.not_searched] == [reason]
    assert scan.blocks


def test_the_name_of_a_file_is_searched_too(mobile):
    assert places(f"/data/{mobile}.txt", b"x") == {("CN_MOBILE", "file name")}
