"""An agreement file, read strictly: one TOML per signed agreement."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from gateway.agreement.sections import (
    Amendment,
    Area,
    Clause,
    Clock,
    Delivery,
    Disclosure,
    Endpoint,
    Parties,
    Platform,
    Recipient,
    Retention,
    Scope,
    Term,
)
from gateway.base import canonical
from gateway.base.toml import Fault, load_toml, wrong
from gateway.model.period import Period
from gateway.model.release import ReleaseId
from gateway.model.table import Declaration, Name, Wording


class Terms(Declaration):
    """The terms of one agreement.

    ``clauses``: the contract's own words, by clause; every clause that a section names stands there. ``blanks``: what
    the contract left blank and this file sets. ``levels``: dimension → levels that may be shown. ``publication``: the
    title on the workbook's cover."""

    format: Literal["gateway-agreement/1"]
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Wording
    publication: Wording
    parties: Parties
    area: Area
    platform: Platform
    term: Term
    blanks: tuple[str, ...] = ()
    scope: Scope
    levels: dict[Name, tuple[Name, ...]]
    delivery: Delivery
    recipients: tuple[Recipient, ...] = Field(min_length=1, max_length=2)
    operators: tuple[Name, ...] = Field(min_length=1)
    stewards: tuple[Name, ...] = Field(min_length=2)
    endpoints: tuple[Endpoint, ...] = Field(min_length=1)
    disclosure: Disclosure = Field(repr=False)
    retention: tuple[Retention, ...] = ()
    clocks: tuple[Clock, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    clauses: dict[Clause, str]

    @model_validator(mode="after")
    def _fits(self) -> "Terms":
        faults = [*_unquoted(self), *_repeated(self), *_both(self), *_unfounded(self)]
        if faults:
            raise wrong(*faults)
        return self

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


def load(path: Path) -> Terms:
    """The agreement at ``path``. Raises ConfigurationError naming file, line and key of every mistake."""
    return load_toml(path, Terms)


def _unquoted(terms: Terms) -> Iterator[Fault]:
    """Clauses that a section names although the file does not quote them."""
    named: list[tuple[tuple[str | int, ...], str]] = [
        (("term", "clause"), terms.term.clause),
        (("term", "stop_clause"), terms.term.stop_clause),
        (("delivery", "clause"), terms.delivery.clause),
        *((("scope", "permitted", n, "clause"), row.clause) for n, row in enumerate(terms.scope.permitted)),
        *((("scope", "forbidden", n, "clause"), row.clause) for n, row in enumerate(terms.scope.forbidden)),
        *((("clocks", n, "clause"), row.clause) for n, row in enumerate(terms.clocks)),
        *((("amendments", n, "clause"), row.clause) for n, row in enumerate(terms.amendments)),
    ]
    for place, clause in named:
        if clause not in terms.clauses:
            yield Fault(place, f"clauses 中没有 {clause} 的原文", f"clauses does not quote {clause}")


def _repeated(terms: Terms) -> Iterator[Fault]:
    """Names that stand twice where each may stand once."""
    lists: dict[tuple[str, ...], list[object]] = {
        ("scope", "permitted"): [row.clause for row in terms.scope.permitted],
        ("scope", "forbidden"): [row.name for row in terms.scope.forbidden],
        ("recipients",): [row.id for row in terms.recipients],
        ("operators",): list(terms.operators),
        ("stewards",): list(terms.stewards),
        ("endpoints",): [(row.host, row.port) for row in terms.endpoints],
        ("retention",): [row.what for row in terms.retention],
        ("clocks",): [row.name for row in terms.clocks],
        ("amendments",): [row.id for row in terms.amendments],
    }
    for place, names in lists.items():
        for number, name in enumerate(names):
            if name in names[:number]:
                yield Fault((*place, number), "重复", "stands twice")


def _both(terms: "Terms") -> Iterator[Fault]:
    """Operators who are stewards as well: nobody approves what he built."""
    for number, steward in enumerate(terms.stewards):
        if steward in terms.operators:
            yield Fault(("stewards", number), "同时是操作员", "is an operator as well")


def _unfounded(terms: Terms) -> Iterator[Fault]:
    """Amendments that touch what the agreement does not name, or that begin outside its term."""
    for number, row in enumerate(terms.amendments):
        if not terms.term.since <= row.effective <= terms.term.until:
            yield Fault(("amendments", number, "effective"), "不在协议期限内", "is outside the term")
        for place, added in enumerate(row.levels):
            if added.dimension not in terms.levels:
                where = ("amendments", number, "levels", place, "dimension")
                yield Fault(where, "levels 中没有这个维度", "levels does not name this dimension")
    for name, levels in terms.levels.items():
        if not levels or len(set(levels)) != len(levels):
            yield Fault(("levels", name), "不能为空或重复", "is empty or names a level twice")
