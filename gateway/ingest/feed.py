"""One feed: chunks of text in, the month's normalised rows out, and an account of every row.

Each row ends as exactly one of: refused (with file, row number, column and reason, never a value), duplicate (its key
came before), out of period, or counted. The four add up to the rows read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gateway.base.parquet import EncryptedWriter
from gateway.ingest.columns import REASONS, TYPES, Codes, ColumnReader
from gateway.ingest.contract import FeedContract, Lookup
from gateway.ingest.parsers import Reason
from gateway.ingest.readers import Chunk
from gateway.ingest.seen import Seen
from gateway.model.period import Period

MOST_REFUSALS_LISTED = 100_000
_ACCEPTED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row that was refused."""

    file: str
    row: int
    column: str
    reason: Reason


@dataclass(slots=True, kw_only=True)
class Account:
    """Where a feed's rows went."""

    rows: int = 0
    refused: int = 0
    duplicate: int = 0
    out_of_period: int = 0
    counted: int = 0


@dataclass(frozen=True, kw_only=True)
class Index:
    """The accepted rows of a feed, in or out of period, for lookups from a later feed: sorted keys and columns."""

    keys: npt.NDArray[np.uint64]
    columns: Mapping[str, pa.Array]

    def find(self, keys: pa.Array) -> pa.Array:
        """For each key the row it stands in, null where it is unknown."""
        wanted = keys.fill_null(0).to_numpy()
        if not len(self.keys):
            return pa.nulls(len(keys), pa.int64())
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        found = (self.keys[at] == wanted) & keys.is_valid().to_numpy(zero_copy_only=False)
        return pa.array(at, mask=~found)


@dataclass
class FeedReader:
    """Normalises one feed. ``kept`` are the columns that some table needs; ``offered`` those that a lookup needs."""

    contract: FeedContract
    readers: Mapping[str, ColumnReader]
    period: Period
    kept: tuple[str, ...]
    offered: tuple[str, ...]
    index: Index | None
    account: Account = field(default_factory=Account)
    refusals: list[Refusal] = field(default_factory=list)
    by_reason: dict[tuple[str, str], int] = field(default_factory=dict)
    nulls: dict[str, int] = field(default_factory=dict)
    days: npt.NDArray[np.bool_] = field(init=False)
    _seen: Seen = field(default_factory=Seen)
    _offers: list[pa.Table] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.days = np.zeros(self.period.last.day, np.bool_)

    @property
    def days_without_rows(self) -> int | None:
        """Of the month's days, the most in a row on which no counted row is dated. None for a stock, whose rows are of
        the month without being dated in it."""
        if self.contract.window.before_end != self.contract.window.from_start:
            return None
        with_rows = np.flatnonzero(np.concatenate(([True], self.days, [True])))
        return int(np.diff(with_rows).max()) - 1

    def schema(self) -> pa.Schema:
        """The normalised feed's columns."""
        taken = self.contract.lookup.columns if self.contract.lookup else ()
        return pa.schema([(n, pa.string() if n in taken else TYPES[self.contract.columns[n].parse]) for n in self.kept])

    def run(self, chunks: Iterable[Chunk], writer: EncryptedWriter, progress: Callable[[float], None]) -> None:
        """Reads all chunks and writes the month's rows."""
        schema = self.schema()
        for chunk in chunks:
            typed, codes, columns = self._parse(chunk)
            self._refuse(chunk, codes, columns)
            accepted = np.flatnonzero(codes == _ACCEPTED)
            rows = pa.table(typed).take(accepted)
            first = self._seen.first(rows[self.contract.unique].to_numpy())
            self.account.duplicate += int((~first).sum())
            rows = rows.filter(pa.array(first))
            if self.offered:
                self._offers.append(rows.select([self.contract.unique, *self.offered]))
            rows = rows.filter(self._in_period(rows))
            self.account.counted += rows.num_rows
            self.account.out_of_period += int(first.sum()) - rows.num_rows
            self._count_nulls(rows)
            self._mark_days(rows)
            writer.write(rows.select(schema.names).cast(schema))
            progress(chunk.position)

    def offer(self) -> Index:
        """The index for lookups, after ``run``."""
        if not self._offers:
            return Index(keys=np.empty(0, np.uint64), columns={})
        table = pa.concat_tables(self._offers).combine_chunks()
        keys = table[self.contract.unique].to_numpy()
        order = np.argsort(keys, kind="stable")
        columns = {n: table[n].combine_chunks().take(order) for n in self.offered}
        return Index(keys=keys[order], columns=columns)

    def _parse(self, chunk: Chunk) -> tuple[dict[str, pa.Array], Codes, npt.NDArray[np.int16]]:
        """Typed columns; for each row its first refusal in the contract's order, and the column that refused."""
        codes = np.full(len(chunk.rows), _ACCEPTED, np.int8)
        columns = np.zeros(len(chunk.rows), np.int16)
        typed = {}
        for place, (name, reader) in enumerate(self.readers.items()):
            typed[name], found = reader.read(chunk.columns)
            new = (codes == _ACCEPTED) & (found != _ACCEPTED)
            codes[new], columns[new] = found[new], place
        if self.contract.lookup and self.index:
            self._look_up(self.contract.lookup, self.index, typed, codes, columns)
        return typed, codes, columns

    def _look_up(
        self,
        lookup: Lookup,
        index: Index,
        typed: dict[str, pa.Array],
        codes: Codes,
        columns: npt.NDArray[np.int16],
    ) -> None:
        at = index.find(typed[lookup.on])
        absent = at.is_null().to_numpy(zero_copy_only=False)
        for name, value in lookup.unless.items():
            absent &= ~_equals(typed[name], value)
        new = (codes == _ACCEPTED) & absent
        codes[new], columns[new] = REASONS.index(Reason.NO_SUCH_ROW), list(self.readers).index(lookup.on)
        for name in lookup.columns:
            empty = pa.nulls(len(at), pa.string())
            typed[name] = index.columns[name].take(at) if name in index.columns else empty

    def _refuse(self, chunk: Chunk, codes: Codes, columns: npt.NDArray[np.int16]) -> None:
        names = list(self.readers)
        self.account.rows += len(chunk.rows) + len(chunk.malformed)
        for row in chunk.malformed:
            self._note(Refusal(file=chunk.file, row=row, column="*", reason=Reason.MALFORMED))
        for place in np.flatnonzero(codes != _ACCEPTED):
            reason, column = REASONS[codes[place]], names[columns[place]]
            self._note(Refusal(file=chunk.file, row=int(chunk.rows[place]), column=column, reason=reason))

    def _note(self, refusal: Refusal) -> None:
        self.account.refused += 1
        key = (refusal.column, refusal.reason.value)
        self.by_reason[key] = self.by_reason.get(key, 0) + 1
        if len(self.refusals) < MOST_REFUSALS_LISTED:
            self.refusals.append(refusal)

    def _in_period(self, rows: pa.Table) -> pa.Array:
        start, end = (np.datetime64(d.isoformat(), "s") for d in (self.period.first, self.period.next.first))
        before = rows[self.contract.window.before_end].to_numpy()
        since = rows[self.contract.window.from_start].to_numpy()
        return pa.array((before < end) & (since >= start))

    def _count_nulls(self, rows: pa.Table) -> None:
        for name in rows.column_names:
            self.nulls[name] = self.nulls.get(name, 0) + rows[name].null_count

    def _mark_days(self, rows: pa.Table) -> None:
        if self.days_without_rows is not None:
            moments = rows[self.contract.window.from_start].to_numpy().astype("datetime64[D]")
            self.days[(moments - np.datetime64(self.period.first)).astype(np.int64)] = True


def _equals(column: pa.Array, value: str) -> npt.NDArray[np.bool_]:
    import pyarrow.compute as pc

    return np.asarray(pc.equal(column, value).fill_null(False).to_numpy(zero_copy_only=False))
