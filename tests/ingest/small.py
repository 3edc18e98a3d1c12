"""A small platform with a column of every kind, and what ingest makes of a file of its rows."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from gateway.base.keyring import Keyring
from gateway.base.parquet import encrypted_dataset
from gateway.ingest import Band, Extract, Feed, Source, ingest
from gateway.model.hierarchy import Hierarchy, Node
from gateway.model.period import Period

PERIOD = Period(year=2026, month=10)
SECRET = bytes(range(32))
HEADER = (
    "id",
    "group",
    "employer",
    "place",
    "skills",
    "kind",
    "heads",
    "pay",
    "born",
    "at",
    "company",
    "phone",
    "note",
)
GOOD = (
    "P1",
    "G1",
    "E1",
    "铁西区",
    "焊工;木工",
    "报名",
    "3人",
    "150元/天",
    "1990-05-01",
    "2026-10-07 08:30:00",
    "某公司",
    "1",
    "x",
)


def _list(name: str, *levels: tuple[str, list[tuple[str, str, str]]]) -> Hierarchy:
    nodes = [
        Node(code=code, label=label, label_en=label, level=level, parent=parent or None)
        for level, rows in levels
        for code, label, parent in rows
    ]
    return Hierarchy(name=name, levels=tuple(level for level, _ in levels), nodes=tuple(nodes))


LISTS = {
    "region": _list(
        "region",
        ("city", [("220300", "四平市", "")]),
        (
            "county",
            [("220302", "铁西区", "220300"), ("220303", "铁东区", "220300"), ("220303_U", "铁东区(未注明)", "220303")],
        ),
        (
            "township",
            [
                ("220303001", "中央街道", "220303"),
                ("220302001", "中央街道", "220302"),
                ("220302002", "站前街道", "220302"),
            ],
        ),
    ),
    "skill": _list(
        "skill",
        ("total", [("Total", "全部", "")]),
        ("skill", [("weld", "焊工", "Total"), ("wood", "木工", "Total"), ("none", "未填写", "Total")]),
    ),
    "pay": _list(
        "pay",
        ("total", [("Total", "全部", "")]),
        ("unit", [(unit, unit, "Total") for unit in ("day", "month", "piece", "other", "negotiable", "unstated")]),
        ("band", [("day:<100", "低", "day"), ("day:100-200", "中", "day"), ("day:200+", "高", "day")]),
    ),
    "age": _list(
        "age",
        ("total", [("Total", "全部", "")]),
        ("band", [("16-24", "青", "Total"), ("25-34", "壮", "Total"), ("35+", "长", "Total")]),
    ),
}
BANDS = {
    "pay": (
        Band(code="day:<100", unit="day", low=0, high=10_000),
        Band(code="day:100-200", unit="day", low=10_000, high=20_000),
        Band(code="day:200+", unit="day", low=20_000, high=None),
    ),
    "age": (
        Band(code="16-24", unit="", low=16, high=24),
        Band(code="25-34", unit="", low=25, high=34),
        Band(code="35+", unit="", low=35, high=100),
    ),
}
COLUMNS: dict[str, dict[str, Any]] = {
    "posting": {"source": "id", "role": "key", "parse": "key"},
    "employer_group": {"source": "group", "role": "key", "parse": "key", "fallback": "employer"},
    "region": {"source": "place", "role": "dimension", "parse": "code", "list": "region"},
    "skill": {
        "source": "skills",
        "role": "dimension",
        "parse": "codes",
        "list": "skill",
        "level": "skill",
        "empty": "none",
    },
    "event": {
        "source": "kind",
        "role": "dimension",
        "parse": "choice",
        "choices": {"报名": "applied", "浏览": "viewed"},
    },
    "headcount": {"source": "heads", "role": "measure", "parse": "headcount"},
    "pay": {"source": "pay", "role": "dimension", "parse": "pay", "list": "pay"},
    "age": {"source": "born", "role": "dimension", "parse": "age", "list": "age"},
    "at": {"source": "at", "role": "time", "parse": "datetime"},
}
FEED: dict[str, Any] = {
    "source": "rows",
    "unique": "posting",
    "window": {"before_end": "at", "from_start": "at"},
    "max_refused": 0.5,
    "columns": COLUMNS,
    "withheld": [
        {"source": "company", "kind": "name"},
        {"source": "phone", "kind": "identifier"},
        {"source": "note", "kind": "text"},
    ],
}


def source(**feed: Any) -> Source:
    """The contract, with ``feed``'s settings in place of its own."""
    return Source.model_validate({"name": "small", "title": "小平台", "feeds": {"rows": FEED | feed}})


def row(**cells: str) -> tuple[str, ...]:
    """A good row with ``cells`` in place of its own."""
    return tuple(cells.get(name, value) for name, value in zip(HEADER, GOOD, strict=True))


def text(rows: Sequence[Sequence[str]], *, header: Sequence[str] = HEADER, end: str = "\n", **dialect: Any) -> str:
    """The rows as CSV text below ``header``."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=end, **dialect).writerows([header, *rows])
    return stream.getvalue()


@dataclass(frozen=True)
class Read:
    """What ingest made: the feed, and its stored rows opened."""

    feed: Feed
    table: pa.Table

    @property
    def account(self) -> tuple[int, int, int, int, int]:
        """(rows, refused, duplicate, out of period, counted)"""
        a = self.feed.account
        return a.rows, a.refused, a.duplicate, a.out_of_period, a.counted

    @property
    def refusals(self) -> list[tuple[int, str, str]]:
        """(row number, column, reason)"""
        return [(r.row, r.column, r.reason.value) for r in self.feed.refusals]


def read(
    folder: Path,
    contract: Source | None = None,
    *,
    connection: str | None = None,
    secret: bytes = SECRET,
    needed: dict[str, tuple[str, ...]] | None = None,
) -> Read:
    """Ingests ``folder`` (or the database at ``connection``) and opens what was stored of the last feed."""
    contract = contract or source()
    out, keyring = folder / "stored", Keyring.create(folder / "keyring")
    feeds = ingest(
        contract,
        Extract(folder=folder, connection=connection),
        period=PERIOD,
        hierarchies=LISTS,
        bands=BANDS,
        needed={name: tuple(sorted(feed.columns)) for name, feed in contract.feeds.items()} | (needed or {}),
        secret=secret,
        out=out,
        keyring=keyring,
        progress=lambda feed, part: None,
    )
    feed = feeds[list(contract.feeds)[-1]]
    return Read(feed, encrypted_dataset(feed.path, keyring).to_table())


def read_rows(folder: Path, rows: Sequence[Sequence[str]], contract: Source | None = None) -> Read:
    """Writes the rows as plain CSV and ingests them."""
    (folder / "rows.csv").write_text(text(rows), encoding="utf-8", newline="")
    return read(folder, contract)
