"""Keys leave the extract as pseudonyms only, and what is withheld is not read at all."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

import gateway.ingest as room
from gateway.ingest import Extract, fingerprint, withheld_columns
from gateway.ingest.pseudonyms import Pseudonyms
from tests.ingest.small import COLUMNS, HEADER, SECRET, Read, read, row, source, text

IDS = ("P7731001", "P-" + "7731002" * 6, "中文编号7731003", "7731004")
ROWS = [
    row(
        id=key,
        group="" if n % 2 else f"GR7731{n}",
        employer=f"EM7731{n}",
        company=f"某某{n}号公司",
        phone=f"1381234567{n}",
    )
    for n, key in enumerate(IDS)
]
RAW = {cells[HEADER.index(name)] for cells in ROWS for name in ("id", "group", "employer", "company", "phone")} - {""}
KEYS = ("posting", "employer_group")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rows.csv").write_text(text(ROWS), encoding="utf-8", newline="")
    return tmp_path


def _everything(found: Read) -> str:
    return json.dumps(found.table.to_pydict(), default=str, ensure_ascii=False)


def test_no_key_and_nothing_withheld_is_in_the_stored_feed(folder: Path) -> None:
    found = read(folder)
    plain = _everything(found)
    stored = b"".join(path.read_bytes() for path in (folder / "stored").iterdir())
    assert found.table.num_rows == len(ROWS)
    for value in RAW:
        assert value not in plain
        assert value.encode() not in stored
        assert str(list(value.encode())) not in plain
    assert {found.table.schema.field(name).type for name in KEYS} == {pa.uint64()}


def test_the_stored_feed_is_encrypted(folder: Path) -> None:
    stored = read(folder).feed.path.read_bytes()
    assert stored[:4] == b"PARE"  # Parquet with an encrypted footer
    assert b"220302" not in stored


def test_another_secret_gives_other_pseudonyms_and_the_same_secret_the_same(folder: Path) -> None:
    first, again = read(folder), read(folder)
    other = read(folder, secret=bytes(reversed(SECRET)))
    for name in KEYS:
        assert first.table[name].to_pylist() == again.table[name].to_pylist()
        assert not set(first.table[name].to_pylist()) & set(other.table[name].to_pylist())
        assert len(set(other.table[name].to_pylist())) == len(IDS)
    assert first.feed.digest == again.feed.digest != other.feed.digest


KEY = st.text(st.characters(codec="utf-8", exclude_categories=("Zs", "Cc", "Zl", "Zp")), min_size=1, max_size=40)


@settings(max_examples=200, deadline=None)
@given(keys=st.lists(st.none() | KEY, max_size=30))
def test_equal_keys_and_only_equal_keys_have_equal_pseudonyms(keys: list[str | None]) -> None:
    made = Pseudonyms(SECRET).of(pa.array(keys, pa.string())).to_pylist()
    assert [value is None for value in made] == [key is None for key in keys]
    pairs = {(key, value) for key, value in zip(keys, made, strict=True) if key is not None}
    assert len({key for key, _ in pairs}) == len({value for _, value in pairs}) == len(pairs)


@settings(max_examples=100, deadline=None)
@given(keys=st.lists(KEY, min_size=1, max_size=20), at=st.integers(0, 19))
def test_a_keys_pseudonym_does_not_depend_on_its_neighbours(keys: list[str], at: int) -> None:
    pseudonyms = Pseudonyms(SECRET)
    whole = pseudonyms.of(pa.array(["x", *keys])).to_pylist()[1:]
    assert pseudonyms.of(pa.array(["x", *keys]).slice(1)).to_pylist() == whole
    assert pseudonyms.of(pa.array([keys[at % len(keys)]])).to_pylist() == [whole[at % len(keys)]]


@pytest.mark.parametrize("key", ["P1", "甲乙丙丁戊", "a" * 16, "中文编号" * 9])
def test_a_pseudonym_is_what_its_description_says(key: str) -> None:
    data = key.encode()
    if len(data) > 15:
        block = hashlib.blake2b(data, key=SECRET, digest_size=15).digest() + b"\xff"
    else:
        block = data.ljust(15, b"\0") + bytes([len(data)])
    encryptor = Cipher(algorithms.AES(SECRET), modes.ECB()).encryptor()
    expected = int.from_bytes(encryptor.update(block)[:8], "big")
    assert Pseudonyms(SECRET).of(pa.array([key])).to_pylist() == [expected]


def test_short_and_long_keys_do_not_meet() -> None:
    keys = ["a" * n for n in range(1, 40)] + ["a" * 14 + chr(n) for n in range(33, 127)]
    keys += ["a" + "\0" * n for n in range(1, 20)]
    keys = list(dict.fromkeys(keys))
    assert len(set(Pseudonyms(SECRET).of(pa.array(keys)).to_pylist())) == len(keys)


def test_white_space_around_a_key_is_no_part_of_it_and_alone_is_none(tmp_path: Path) -> None:
    rows = [row(id="P1"), row(id=" P1 "), row(id="  "), row(id="　"), row(id="P2", group=" ", employer="E2")]
    rows.append(row(id="P3", group="E2"))
    (tmp_path / "rows.csv").write_text(text(rows), encoding="utf-8", newline="")
    found = read(tmp_path)
    assert found.account == (6, 2, 1, 0, 3)
    assert found.refusals == [(4, "posting", "missing"), (5, "posting", "missing")]
    groups = found.table["employer_group"].to_pylist()
    assert groups[1] == groups[2] != groups[0]


def test_a_key_of_several_columns_needs_all_of_them(tmp_path: Path) -> None:
    key = {"posting": COLUMNS["posting"] | {"source": ["id", "place", "note"]}}
    rows = [
        row(id="P1", note="a"),
        row(id="P1", note="b"),
        row(id="P1", note="a"),  # the same again
        row(id="P1", note=" "),  # a part is missing
        row(id="P", place="220302", note="1a"),  # parts are not run together
        row(id="P2", place="铁西区", note="20302a"),
    ]
    (tmp_path / "rows.csv").write_text(text(rows), encoding="utf-8", newline="")
    found = read(tmp_path, source(columns=COLUMNS | key, withheld=[{"source": "phone", "kind": "identifier"}]))
    assert found.account == (6, 1, 1, 0, 4)
    assert found.refusals == [(5, "posting", "missing")]


def test_ingest_asks_for_the_contracts_columns_and_for_no_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    real = vars(room)["read"]

    def spy(path: Path, columns: list[str], **how: Any) -> Iterator[Any]:
        asked.append(list(columns))
        for chunk in real(path, columns, **how):
            assert set(chunk.columns) == set(columns)
            yield chunk

    monkeypatch.setattr(room, "read", spy)
    assert read(folder).account == (4, 0, 0, 0, 4)
    assert [sorted(columns) for columns in asked] == [sorted(set(HEADER) - {"company", "phone", "note"})]


def test_the_privacy_stage_gets_what_is_withheld_and_the_keys_and_no_text(folder: Path) -> None:
    ((feed, kinds, chunk),) = withheld_columns(source(), Extract(folder=folder))
    assert feed == "rows"
    assert kinds == {"company": "name", "phone": "identifier", "id": "identifier", "group": "identifier"}
    assert {name: chunk.columns[name].to_pylist() for name in ("company", "id")} == {
        "company": [cells[HEADER.index("company")] for cells in ROWS],
        "id": list(IDS),
    }
    ((_, without, _),) = withheld_columns(source(), Extract(folder=folder), keys=False)
    assert without == {"company": "name", "phone": "identifier"}


def test_withheld_list_cells_are_unwrapped(tmp_path: Path) -> None:
    rows = [row(company="['某公司']", phone="[]"), row(company='["乙公司"]', phone="['1', '2']")]
    (tmp_path / "rows.csv").write_text(text(rows), encoding="utf-8", newline="")
    ((_, _, chunk),) = withheld_columns(source(cells="list"), Extract(folder=tmp_path), keys=False)
    assert chunk.columns["company"].to_pylist() == ["某公司", "乙公司"]
    assert chunk.columns["phone"].to_pylist() == [None, "1;2"]


def test_the_extract_is_known_by_its_files_digests(folder: Path) -> None:
    before = fingerprint(source(), Extract(folder=folder))
    assert [name.rpartition("/")[2] for name in before] == ["rows.csv"]
    with (folder / "rows.csv").open("a", encoding="utf-8", newline="") as stream:
        stream.write(text([row(id="P9")]).splitlines(keepends=True)[1])
    assert fingerprint(source(), Extract(folder=folder)) != before
    assert fingerprint(source(), Extract(folder=folder, connection="duckdb://x")) == {}
