"""An agreement file, read strictly: one TOML per signed agreement, of one of two kinds.

``statistics``: a platform provides statistics (``Terms``); ``custody``: somebody holds personal material
(``CustodyTerms``). Both carry the same common sections, and every entry names a clause whose words the file quotes."""

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from gateway.agreement.clock import TIMED, Clock
from gateway.agreement.exchange import (
    Area,
    Delivery,
    Disclosure,
    Endpoint,
    FixedTerm,
    Parties,
    Platform,
    Recipient,
)
from gateway.agreement.holding import Custodians
from gateway.agreement.sections import (
    OWN,
    Amendment,
    Blank,
    Clause,
    Duty,
    Option,
    Person,
    Purpose,
    Retention,
    Scope,
    Term,
)
from gateway.base import canonical
from gateway.base.errors import ConfigurationError
from gateway.base.toml import Fault, Place, load_toml, wrong
from gateway.model.custody import End, Grant, Material, Places, Procedure, Proof, Rule, Rules, Text
from gateway.model.period import Period
from gateway.model.release import ReleaseId
from gateway.model.table import Declaration, Name, Wording


class Agreement(Declaration):
    """What every agreement has.

    ``contract``: SHA-256 of the signed text that was typed in; ``clauses``: the contract's own words, by clause; every
    clause that an entry names stands there. ``blanks``: what the contract left blank and this file sets."""

    format: Literal["gateway-agreement/1"]
    kind: Literal["statistics", "custody"]
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Wording
    contract: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    term: Term
    persons: tuple[Person, ...] = ()
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    scope: Scope
    duties: tuple[Duty, ...] = ()
    options: tuple[Option, ...] = ()
    retention: tuple[Retention, ...] = ()
    clocks: tuple[Clock, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    blanks: tuple[Blank, ...] = ()
    clauses: dict[Clause, str]

    @model_validator(mode="after")
    def _fits(self) -> "Agreement":
        checks = (_unquoted, _repeated, _unmeasured, _unplaced, _unfounded)
        faults = [fault for check in checks for fault in check(self)] + [*self._own_faults()]
        if faults:
            raise wrong(*faults)
        return self

    def _own_faults(self) -> Iterator[Fault]:
        """What is contradictory in the sections of this kind."""
        yield from ()

    @property
    def last_day(self) -> date | None:
        """The last day of the agreement, renewals included; None when it has none."""
        if self.term.ended or self.term.until is None:
            return self.term.ended
        return max([self.term.until, *(row.until for row in self.amendments if row.until)])

    @property
    def all_clocks(self) -> tuple[Clock, ...]:
        """The declared clocks, and one ``keep_…`` a row of retention: it ends what is held, when it is destroyed."""
        return (*self._built_in(), *self.clocks, *(_keeping(row) for row in self.retention))

    def _built_in(self) -> tuple[Clock, ...]:
        """Clocks that follow from the sections of this kind."""
        return ()

    def clock(self, name: str) -> Clock | None:
        """The clock of that name."""
        return next((row for row in self.all_clocks if row.name == name), None)

    def length(self, clock: Clock) -> int | None:
        """A clock's length: what the file sets, else the figure that the contract prints."""
        return clock.length if clock.length is not None else _printed(self, f"clocks.{clock.name}.length")

    def enabled(self, option: str, day: date) -> bool:
        """Whether an amendment in force on ``day`` turns the option on."""
        return any(option in row.enable for row in self.amendments if row.effective <= day)


class Terms(Agreement):
    """An agreement on statistics. ``levels``: dimension → levels that may be shown; ``publication``: the title on the
    workbook's cover."""

    kind: Literal["statistics"]
    publication: Wording
    parties: Parties
    area: Area
    platform: Platform
    term: FixedTerm
    levels: dict[Name, tuple[Name, ...]]
    delivery: Delivery
    recipients: tuple[Recipient, ...] = Field(min_length=1, max_length=2)
    operators: tuple[Name, ...] = Field(min_length=1)
    stewards: tuple[Name, ...] = Field(min_length=2)
    endpoints: tuple[Endpoint, ...] = Field(min_length=1)
    disclosure: Disclosure = Field(repr=False)

    def _own_faults(self) -> Iterator[Fault]:
        yield from _both(self)
        for number, row in enumerate(self.amendments):
            for place, added in enumerate(row.levels):
                if added.dimension not in self.levels:
                    where = ("amendments", number, "levels", place, "dimension")
                    yield Fault(where, "levels 中没有这个维度", "levels does not name this dimension")
        for name, levels in self.levels.items():
            if not levels or len(set(levels)) != len(levels):
                yield Fault(("levels", name), "不能为空或重复", "is empty or names a level twice")

    @property
    def last(self) -> date:
        """The last day, renewals included."""
        return self.last_day or self.term.until

    def _built_in(self) -> tuple[Clock, ...]:
        """The month's own clock, ``delivery``: from the month's end to its release's delivery."""
        monthly = Clock(
            name="delivery",
            clause=self.delivery.clause,
            title=Wording(zh="推送上一月度的汇总数据", en="delivery of the month before"),
            topic="delivery",
            who="provider",
            kind="day_of_month",
            day=self.delivery.day,
            reading=self.delivery.reading,
            started_by="month_ended",
            stopped_by="delivered",
        )
        return (monthly,)

    @property
    def digest(self) -> str:
        """SHA-256 of the terms without their confidential section: a digest over a few small numbers and a text that
        the receiver has could be tried out until it fits."""
        return canonical.digest_of(self.model_dump(mode="json", exclude={"disclosure"}))

    def release(self, period: Period, *, kind: str = "M", revision: int = 1) -> ReleaseId:
        """The id of a release under these terms."""
        return ReleaseId(
            division=self.area.division, platform=self.platform.code, period=period, kind=kind, revision=revision
        )


class CustodyTerms(Agreement):
    """An agreement on the custody of material. ``owner_signs``: the person who signs for its owner; ``told``: what the
    person concerned is told; ``commitment``: what every keeper signs."""

    kind: Literal["custody"]
    parties: Custodians
    owner_signs: Name
    materials: tuple[Material, ...] = Field(min_length=1)
    grants: tuple[Grant, ...] = Field(min_length=1)
    rules: tuple[Rules, ...] = ()
    places: Places
    told: Text | None = None
    commitment: Text
    ends: tuple[End, ...] = Field(min_length=1)
    proof: Proof
    procedures: tuple[Procedure, ...] = ()

    def _own_faults(self) -> Iterator[Fault]:
        purposes, persons = {row.name for row in self.purposes}, {row.id for row in self.persons}
        clocks = {row.name for row in self.all_clocks}
        owners = {row.id for row in self.persons if row.of == "owner"}
        for number, row in enumerate(self.materials):
            if not set(row.needed_for) <= purposes:
                yield Fault(("materials", number, "needed_for"), "没有这个用途", "is no purpose of this agreement")
        for number, grant in enumerate(self.grants):
            if grant.person not in persons:
                yield Fault(("grants", number, "person"), "persons 中没有此人", "persons does not name this one")
            if not set(grant.purposes) <= purposes:
                yield Fault(("grants", number, "purposes"), "没有这个用途", "is no purpose of this agreement")
            if grant.remote and self.demands(Rule.SUPPORTERS_LISTED) is None:
                yield Fault(("grants", number, "remote"), "协议没有后备人员的规则", "there is no rule on supporters")
        for number, end in enumerate(self.ends):
            if end.clock is not None and end.clock not in clocks:
                yield Fault(("ends", number, "clock"), "clocks 中没有这个时限", "clocks does not name this one")
        if self.owner_signs not in owners:
            yield Fault(("owner_signs",), "不是所有方的人员", "is not a person of the owner")
        if (self.told is None) != (self.demands(Rule.TELL_PURPOSE) is None):
            yield Fault(("told",), "tell_purpose 与 told 须同时有", "tell_purpose and told come together")

    def demands(self, rule: Rule) -> Rules | None:
        """The entry that demands ``rule``, or None."""
        return next((row for row in self.rules if row.rule is rule), None)

    @property
    def digest(self) -> str:
        """SHA-256 of the terms."""
        return canonical.digest_of(self.model_dump(mode="json"))


def load(path: Path) -> Terms:
    """The agreement on statistics at ``path``. Raises ConfigurationError naming file, line and key of every mistake."""
    return load_toml(path, Terms)


def load_agreement(path: Path) -> Terms | CustodyTerms:
    """The agreement at ``path``, of whichever kind it says it is. Raises ConfigurationError as ``load`` does."""
    kind = None
    with suppress(OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):  # told with their place by load_toml
        kind = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("kind")
    return load_toml(path, CustodyTerms) if kind == "custody" else load_toml(path, Terms)


def check_together(agreements: tuple[Terms | CustodyTerms, ...]) -> None:
    """Raises ConfigurationError when two agreements of one deployment have one id or claim one recipient: agreements
    are compartments, and what is sent under one must not be opened under another."""
    claimed: dict[tuple[str, str], str] = {}
    for terms in agreements:
        keys = [("id", terms.id)]
        if isinstance(terms, Terms):
            keys += [("recipients", row.id) for row in terms.recipients]
        for key in keys:
            if key in claimed:
                raise ConfigurationError(
                    f"协议 {claimed[key]} 与 {terms.id} 都列有 {key[0]} {key[1]}:每份协议自成一体，不得共用",
                    f"the agreements {claimed[key]} and {terms.id} both claim {key[0]} {key[1]}",
                    safe=("未生成、未发送任何内容", "nothing was built or sent"),
                    next=("改正其中一份协议文件", "mend one of the two agreement files"),
                )
            claimed[key] = terms.id


def _keeping(row: Retention) -> Clock:
    return Clock(
        name=f"keep_{row.what}",
        clause=row.clause,
        title=row.title or Wording(zh=f"保存期限:{row.what}", en=f"retention of {row.what}"),
        topic="retention",
        who="either",
        kind="permanent" if row.unit == "permanent" else "within",
        started_by=row.after,
        stopped_by=None if row.unit == "permanent" else f"{row.what}_destroyed",
        unit=None if row.unit == "permanent" else row.unit,
        length=row.length,
        survives=True,
        least=row.least,
    )


def _printed(terms: Agreement, at: str) -> int | None:
    return next((row.printed for row in terms.blanks if row.at == at), None)


def _named(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every clause that the document names, and where."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str) and key in {"clause", "stop_clause", "means"}:
                yield (*place, key), item
            elif place or key != "clauses":
                yield from _named(item, (*place, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _named(item, (*place, number))


def named_clauses(terms: Agreement) -> list[str]:
    """Every clause that an entry of the file rests on."""
    return [clause for _, clause in _named(terms.model_dump(mode="json"))]


def _unquoted(terms: Agreement) -> Iterator[Fault]:
    """Clauses that an entry names although the file does not quote them."""
    for place, clause in _named(terms.model_dump(mode="json")):
        if clause != OWN and clause not in terms.clauses:
            yield Fault(place, f"clauses 中没有 {clause} 的原文", f"clauses does not quote {clause}")


UNIQUE: dict[tuple[str, ...], str] = {
    ("persons",): "id",
    ("purposes",): "name",
    ("scope", "permitted"): "clause",
    ("scope", "forbidden"): "name",
    ("duties",): "name",
    ("options",): "name",
    ("recipients",): "id",
    ("operators",): "",
    ("stewards",): "",
    ("endpoints",): "host port",
    ("materials",): "name",
    ("grants",): "person",
    ("rules",): "rule",
    ("ends",): "event",
    ("procedures",): "name",
    ("retention",): "what",
    ("clocks",): "name",
    ("amendments",): "id",
    ("blanks",): "at",
}
"""Lists whose entries are told apart by these keys (none: by themselves)."""


def _repeated(terms: Agreement) -> Iterator[Fault]:
    """Entries that stand twice where each may stand once."""
    for place, keys in UNIQUE.items():
        rows: Any = terms
        for part in place:
            rows = getattr(rows, part, ())
        names = [tuple(getattr(row, key) for key in keys.split()) if keys else row for row in rows]
        for number, name in enumerate(names):
            if name in names[:number]:
                yield Fault((*place, number), "重复", "stands twice")


def _unmeasured(terms: Agreement) -> Iterator[Fault]:
    """Terms without a length that no blank of the contract prints either; clocks by the name of a built-in one."""
    for number, row in enumerate(terms.clocks):
        if row.kind in TIMED and terms.length(row) is None:
            yield Fault(("clocks", number, "length"), "缺少此项，合同也没有印出", "missing, and no blank prints it")
        if row.name == "delivery" or row.name.startswith("keep_"):
            yield Fault(("clocks", number, "name"), "此名称已被占用", "the name is taken by a clock of the gateway")
    for number, kept in enumerate(terms.retention):
        if kept.unit != "permanent" and kept.length is None:
            yield Fault(("retention", number, "length"), "缺少此项", "missing")


def _unplaced(terms: Agreement) -> Iterator[Fault]:
    """Blanks that set a place which this file does not have."""
    document = terms.model_dump(mode="json")
    for number, row in enumerate(terms.blanks):
        if not _has(document, row.at.split(".")):
            yield Fault(("blanks", number, "at"), "文件中没有这一处", "this file has no such place")


def _has(value: Any, parts: list[str]) -> bool:
    for part in parts:
        if isinstance(value, list):
            value = next((row for row in value if part in {row.get(k) for k in ("name", "id", "what", "host")}), None)
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return False
    return True


def _both(terms: Terms) -> Iterator[Fault]:
    """Operators who are stewards as well: nobody approves what he built."""
    for number, steward in enumerate(terms.stewards):
        if steward in terms.operators:
            yield Fault(("stewards", number), "同时是操作员", "is an operator as well")


def _unfounded(terms: Agreement) -> Iterator[Fault]:
    """Amendments that begin outside the term, shorten it, or enable what the agreement does not leave open."""
    last = terms.last_day or date.max
    for number, row in enumerate(terms.amendments):
        if not terms.term.since <= row.effective <= last:
            yield Fault(("amendments", number, "effective"), "不在协议期限内", "is outside the term")
        if row.until is not None and (terms.term.until is None or row.until <= terms.term.until):
            yield Fault(("amendments", number, "until"), "须晚于原期限", "is not after the first term's end")
        if unknown := sorted(set(row.enable) - {option.name for option in terms.options}):
            listed = "、".join(unknown)
            yield Fault(("amendments", number, "enable"), f"options 中没有 {listed}", f"options does not name {listed}")
