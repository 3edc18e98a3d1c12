"""A run's canaries: planted in a copy of the extract's first rows, stripped by ingest, looked for in what is left.

The copy holds what the extract holds, but every withheld column and every key says made-up things. It is never
written: ingest reads it from memory and writes its feeds encrypted, into a folder that is gone afterwards. To be
strict, the copy hands ingest the withheld columns whether or not it asks for them."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from gateway.base.parquet import encrypted_dataset
from gateway.ingest import Extract, Role, Source, ingest, withheld_columns
from gateway.ingest.contract import FeedContract
from gateway.ingest.readers import Chunk
from gateway.model.release import ReleaseId
from gateway.privacy import Canary, CanaryCheck, seen
from gateway.release.site.deployment import Deployment

ROWS = 2_000
"""Rows of each feed that are copied."""


@dataclass(frozen=True, kw_only=True)
class Planted(Extract):
    """The first rows of an extract with canaries in every withheld column and key."""

    canary: Canary
    source: Source
    copies: dict[str, Chunk] = field(default_factory=dict)

    def chunks(self, feed: FeedContract, columns: list[str]) -> Iterator[Chunk]:
        """The planted copy: all columns of it, also those that were not asked for."""
        name = next(name for name, contract in self.source.feeds.items() if contract is feed)
        if name not in self.copies:
            asked = list(dict.fromkeys([*feed.reads(), *(column.source for column in feed.withheld)]))
            first = next(self._chunks(feed, asked), None)  # and none ahead
            if first is None:
                return
            self.copies[name] = self._planted(feed, _head(first))
        yield self.copies[name]

    def _planted(self, feed: FeedContract, chunk: Chunk) -> Chunk:
        columns = dict(chunk.columns)
        for name, values in self._keys(feed, len(chunk.rows)).items():
            columns[name] = _cells(feed, values)
        say = {"name": self.canary.name, "identifier": self.canary.identifier, "text": self.canary.text}
        for column in feed.withheld:
            if column.source not in feed.reads():
                columns[column.source] = _cells(feed, [say[column.kind](row) for row in range(len(chunk.rows))])
        return replace(chunk, columns=columns, position=1.0)

    def _keys(self, feed: FeedContract, rows: int) -> dict[str, list[str]]:
        """Keys by column; those of a lookup go to rows that were planted in the other feed."""
        keys: dict[str, list[str]] = {}
        for name, column in feed.columns.items():
            if column.role is not Role.KEY:
                continue
            other = feed.lookup if feed.lookup and feed.lookup.on == name else None
            among = len(self.copies[other.feed].rows) if other and other.feed in self.copies else rows
            for source in column.sources:
                keys[source] = [self.canary.identifier(row % max(among, 1)) for row in range(rows)]
        return keys


def _head(chunk: Chunk) -> Chunk:
    # copied: a slice would hold on to all of the chunk
    columns = {name: pa.concat_arrays([values.slice(0, ROWS)]) for name, values in chunk.columns.items()}
    return replace(chunk, rows=chunk.rows[:ROWS], columns=columns)


def _cells(feed: FeedContract, values: list[str]) -> pa.Array:
    return pa.array([json.dumps([v], ensure_ascii=False) if feed.cells == "list" else v for v in values], pa.string())


def fly(deployment: Deployment, release: ReleaseId) -> CanaryCheck:
    """Plants, strips, looks. Raises what ingest raises for an extract that can't be read."""
    source, extract = deployment.source, deployment.extract
    canary = Canary.made(secrets.token_bytes)
    planted = Planted(folder=extract.folder, connection=extract.connection, canary=canary, source=source)
    columns, seen_at_start = [], []
    for feed, kinds, chunk in withheld_columns(source, planted):
        for name in kinds:
            columns.append(f"{feed}.{name}")
            if seen(canary, [chunk.columns[name]]):
                seen_at_start.append(f"{feed}.{name}")
    with TemporaryDirectory(prefix="canaries-", dir=deployment.var) as folder:
        feeds = ingest(
            source,
            planted,
            period=release.period,
            hierarchies=deployment.hierarchies,
            bands=deployment.bands,
            needed=deployment.needed,
            secret=deployment.exchange_secret,
            out=Path(folder),
            keyring=deployment.keyring,
            progress=_silent,
        )
        seen_at_end, rows = [], 0
        for name, made in feeds.items():
            table = encrypted_dataset(made.path, deployment.keyring).to_table()
            rows += table.num_rows
            for column, values in zip(table.column_names, table.columns, strict=True):
                if seen(canary, values.chunks):
                    seen_at_end.append(f"{name}.{column}")
    people = len({row for copy in planted.copies.values() for row in range(len(copy.rows))})
    return CanaryCheck(
        persons=people // 2,
        employers=people - people // 2,
        columns=tuple(columns),
        rows=rows,
        seen_at_start=tuple(seen_at_start),
        seen_at_end=tuple(seen_at_end),
    )


def _silent(feed: str, part: float) -> None:
    """Canaries fly within a moment."""
