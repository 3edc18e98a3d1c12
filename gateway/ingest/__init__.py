"""Ingest: a platform's extract → normalised feeds of one month, encrypted, with an account of every row.

Guarantees: only columns that the contract names are read, withheld ones never; keys are pseudonymised before anything
is stored; a row that does not fit is refused with file, row, column and reason and never guessed; more refusals than
the contract allows, or a month without rows, stop the run."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from gateway.base.canonical import digest_file, digest_of
from gateway.base.errors import InputError
from gateway.base.keyring import Keyring
from gateway.base.parquet import encrypted_writer
from gateway.ingest.ahead import ahead
from gateway.ingest.columns import ColumnReader, unwrap
from gateway.ingest.contract import FeedContract, Parse, Role, Source
from gateway.ingest.feed import Account, FeedReader, Index, Refusal
from gateway.ingest.parsers import parser
from gateway.ingest.pay import Band
from gateway.ingest.pseudonyms import Pseudonyms
from gateway.ingest.readers import Chunk, columns_of, files_of, read, read_table
from gateway.model.hierarchy import Hierarchy
from gateway.model.period import Period

__all__ = [
    "Account",
    "Band",
    "Extract",
    "Feed",
    "Refusal",
    "Role",
    "Source",
    "check_account",
    "columns_of",
    "files_of",
    "fingerprint",
    "ingest",
    "read",
    "withheld_columns",
]

Progress = Callable[[str, float], None]


@dataclass(frozen=True, kw_only=True)
class Extract:
    """Where a platform's records lie: a folder of files, or a database that Ibis connects to."""

    folder: Path
    connection: str | None = None

    def chunks(self, feed: FeedContract, columns: list[str]) -> Iterator[Chunk]:
        """The feed's chunks, file after file; ``position`` runs from 0 to 1 over all of them. Read one ahead."""
        return ahead(self._chunks(feed, columns))

    def _chunks(self, feed: FeedContract, columns: list[str]) -> Iterator[Chunk]:
        if self.connection is not None:
            yield from read_table(self.connection, feed.source, columns)
            return
        files = files_of(self.folder, feed.source)
        for number, path in enumerate(files):
            for chunk in read(path, columns, encoding=feed.encoding, final_line_end=feed.final_line_end):
                yield replace(chunk, position=(number + chunk.position) / len(files))


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A normalised feed at rest; ``digest`` is over its plain content, ``profile`` has a row a column, counts only."""

    name: str
    path: Path
    digest: str
    account: Account
    refusals: tuple[Refusal, ...]
    profile: tuple[dict[str, Any], ...]


def fingerprint(source: Source, extract: Extract) -> dict[str, str]:
    """SHA-256 of every file that the contract names, by its place below the extract's folder. A database has none: its
    feeds' digests are the record."""
    if extract.connection is not None:
        return {}
    return {
        path.relative_to(extract.folder).as_posix(): digest_file(path)
        for feed in source.feeds.values()
        for path in files_of(extract.folder, feed.source)
    }


def ingest(
    source: Source,
    extract: Extract,
    *,
    period: Period,
    hierarchies: Mapping[str, Hierarchy],
    bands: Mapping[str, tuple[Band, ...]],
    needed: Mapping[str, tuple[str, ...]],
    secret: bytes,
    out: Path,
    keyring: Keyring,
    progress: Progress,
    ready: Callable[[Feed], None] = lambda feed: None,
) -> dict[str, Feed]:
    """The normalised feeds of ``period`` in ``out``, one encrypted Parquet file each; ``ready`` is told when one is.

    ``needed``: for each feed the columns that some table uses. ``secret``: this exchange's pseudonym key, 32 bytes.
    Raises InputError for an unreadable extract; limits are checked by ``check_account``."""
    feeds: dict[str, Feed] = {}
    indexes: dict[str, Index] = {}
    pseudonyms = Pseudonyms(secret)
    for name, contract in source.feeds.items():
        readers = {
            column: ColumnReader(
                column=spec,
                parser=None if spec.parse in (Parse.KEY, Parse.DATETIME) else parser(spec, hierarchies, bands, period),
                pseudonyms=pseudonyms,
                unwrap=contract.cells == "list",
            )
            for column, spec in contract.columns.items()
        }
        offered = tuple(
            sorted(
                {
                    c
                    for other in source.feeds.values()
                    if other.lookup and other.lookup.feed == name
                    for c in other.lookup.columns
                }
            )
        )
        reader = FeedReader(
            contract=contract,
            readers=readers,
            period=period,
            kept=needed[name],
            offered=offered,
            index=indexes.get(contract.lookup.feed) if contract.lookup else None,
        )
        path = out / f"{name}.feed"
        with encrypted_writer(path, reader.schema(), keyring) as writer:
            reader.run(extract.chunks(contract, contract.reads()), writer, partial(progress, name))
        if offered:
            indexes[name] = reader.offer()
        feeds[name] = Feed(
            name=name,
            path=path,
            digest=digest_of([writer.digest, name]),
            account=reader.account,
            refusals=tuple(reader.refusals),
            profile=tuple(_profile(contract, reader)),
        )
        ready(feeds[name])
    return feeds


def check_account(contract: FeedContract, feed: Feed, period: Period, listing: str) -> None:
    """Raises InputError when a feed has more refusals than its contract allows, or no row in the month.

    ``listing``: the command that lists the refused rows."""
    account = feed.account
    if account.refused > contract.max_refused * account.rows:
        by_column = [
            f"{row['column']}: {row['refused']}" for row in feed.profile if row["refused"] and row["column"] != "*"
        ]
        worst = ", ".join(by_column) or "*"  # a row with a cell too many or too few is refused by no column
        raise InputError(
            f"{feed.name}:拒收 {account.refused} / {account.rows} 行,"
            f"超过契约允许的 {contract.max_refused:.2%}({worst})",
            f"{feed.name}: {account.refused} of {account.rows} rows refused, more than the contract's "
            f"{contract.max_refused:.2%} ({worst})",
            safe=("没有生成任何统计表", "no table was produced"),
            next=listing,
        )
    if account.counted == 0:
        raise _nothing_counts(feed, period, listing)


def _nothing_counts(feed: Feed, period: Period, listing: str) -> InputError:
    account = feed.account
    further = ("核对导出的月份后运行同一命令", "check the month of the extract and run the same command again")
    if account.rows == 0:
        further = (
            "导出文件只有表头:重新导出后运行同一命令",
            "the extract is a header only: export it again and run again",
        )
    elif account.refused > account.out_of_period + account.duplicate:
        further = (listing, listing)
    return InputError(
        f"{feed.name}:{period} 没有可计入的行(读入 {account.rows},拒收 {account.refused},"
        f"重复 {account.duplicate},不在本月 {account.out_of_period})",
        f"{feed.name}: no row counts for {period} (read {account.rows}, refused {account.refused}, "
        f"duplicate {account.duplicate}, out of period {account.out_of_period})",
        safe=("没有生成任何结果", "nothing was produced"),
        next=further,
    )


def withheld_columns(
    source: Source, extract: Extract, *, keys: bool = True
) -> Iterator[tuple[str, dict[str, str], Chunk]]:
    """The values that must not leave, for the privacy stage alone: (feed, column → kind, chunk).

    Withheld columns with their kind, and key columns as ``identifier``."""
    for name, feed in source.feeds.items():
        kinds: dict[str, str] = {column.source: column.kind for column in feed.withheld if column.kind != "text"}
        if keys:
            for column in feed.columns.values():
                if column.role is Role.KEY and isinstance(column.source, str):
                    kinds.setdefault(column.source, "identifier")
        if kinds:
            for chunk in extract.chunks(feed, list(kinds)):
                inside = {n: unwrap(texts) for n, texts in chunk.columns.items()} if feed.cells == "list" else None
                yield name, kinds, replace(chunk, columns=inside) if inside else chunk


def _profile(contract: FeedContract, reader: FeedReader) -> Iterator[dict[str, Any]]:
    account = reader.account
    yield {
        "column": "*",
        "role": "feed",
        "rows": account.rows,
        "nulls": 0,
        "refused": account.refused,
        "out_of_code_list": 0,
        "duplicate": account.duplicate,
        "out_of_period": account.out_of_period,
        "counted": account.counted,
        "days_without_rows": reader.days_without_rows,
    }
    for name, column in contract.columns.items():
        reasons = {reason: n for (where, reason), n in reader.by_reason.items() if where == name}
        yield {
            "column": name,
            "role": column.role.value,
            "rows": account.rows,
            "nulls": reader.nulls.get(name, 0),
            "refused": sum(reasons.values()),
            "out_of_code_list": reasons.get("unknown_code", 0),
            "duplicate": 0,
            "out_of_period": 0,
            "counted": account.counted,
        }
