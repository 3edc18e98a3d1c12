"""The sections of an agreement file: who, where, what, when. Each clause is named as the contract numbers it."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from gateway.base.toml import Fault, wrong
from gateway.model.table import Declaration, Name, Wording

Clause = Annotated[str, StringConstraints(pattern=r"^[一二三四五六七八九十]+(\([一二三四五六七八九十]+\))?[0-9]*$")]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Contact(Declaration):
    """Who answers questions: a role, never a person's name, and how to reach it."""

    id: Name
    role: Wording
    reach: str


class Party(Declaration):
    """An organisation that signed."""

    name: Wording
    contact: Contact


class Parties(Declaration):
    """Who provides the statistics and who receives them."""

    provider: Party
    receiver: Party


class Area(Declaration):
    """The area that the agreement covers (GB/T 2260, six digits)."""

    division: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    name: Wording


class Platform(Declaration):
    """The platform's code in release ids, and the sender's id in manifests and allowed_signers."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,12}$")]
    sender: Name


class Term(Declaration):
    """From when until when (both included) the agreement is in force; ``ended``: its last day if it ended early."""

    clause: Clause
    stop_clause: Clause
    since: date
    until: date
    ended: date | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Term":
        if self.until < self.since:
            raise wrong(Fault(("until",), "早于 since", "is before since"))
        if self.ended is not None and not self.since <= self.ended <= self.until:
            raise wrong(Fault(("ended",), "不在协议期限内", "is outside the term"))
        return self


class Permitted(Declaration):
    """A clause under which tables may be sent."""

    clause: Clause
    title: Wording


class Forbidden(Declaration):
    """What may never be sent."""

    name: Name
    clause: Clause
    title: Wording


class Scope(Declaration):
    """What may be sent and what never."""

    permitted: tuple[Permitted, ...] = Field(min_length=1)
    forbidden: tuple[Forbidden, ...] = Field(min_length=1)


class Delivery(Declaration):
    """When a month is due: on ``day`` of the month after (included), moved by the holidays as ``reading`` says
    (FIELD 2). The operator's target is the day before the earliest of the three readings."""

    clause: Clause
    day: int = Field(ge=2, le=28)
    reading: Literal["statutory_day", "published_block", "any_rest_day"] = "published_block"
    target: Literal["day_before_earliest_reading"] = "day_before_earliest_reading"


class Recipient(Declaration):
    """A data manager of the receiver; ``channel``: how the passphrase is told, never by SFTP. Days are included."""

    id: Name
    title: Wording
    channel: Wording
    since: date
    until: date

    @model_validator(mode="after")
    def _fits(self) -> "Recipient":
        if self.until < self.since:
            raise wrong(Fault(("until",), "早于 since", "is before since"))
        return self


class Endpoint(Declaration):
    """A host that packages may be sent to. Only this very machine may go without a port (a rehearsal's server)."""

    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:.\-]+$")]
    port: int | None = Field(default=None, ge=1, le=65535)

    @model_validator(mode="after")
    def _fits(self) -> "Endpoint":
        if self.port is None and self.host not in LOOPBACK:
            raise wrong(Fault(("port",), "缺少此项", "missing"))
        return self


class Disclosure(Declaration):
    """The parameters of the primary rules. Confidential: the receiver is also the attacker."""

    min_persons: int = Field(ge=3, repr=False)
    min_groups: int = Field(ge=2, repr=False)
    p_percent: int = Field(ge=1, le=100, repr=False)


class Retention(Declaration):
    """How long a kind of holding is kept after ``after``; ``permanent`` has no length."""

    what: Name
    basis: str
    after: Name
    unit: Literal["day", "month", "permanent"]
    length: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _fits(self) -> "Retention":
        if (self.length is None) != (self.unit == "permanent"):
            raise wrong(Fault(("length",), "permanent 无期限，其余须有", "permanent has none, the others have one"))
        return self


class Clock(Declaration):
    """A duty with a time. ``before``: notice at least so long before ``of``; ``within``: done so long after ``of``;
    ``at_once``: no length; ``set``: the other side names the date. ``waivable``: the other side may accept less."""

    name: Name
    clause: Clause
    title: Wording
    who: Literal["provider", "receiver", "either"]
    kind: Literal["before", "within", "at_once", "set"]
    of: Name
    unit: Literal["working_day", "day", "hour", "minute"] | None = None
    length: int | None = Field(default=None, ge=1)
    waivable: bool = False

    @model_validator(mode="after")
    def _fits(self) -> "Clock":
        timed = self.kind in {"before", "within"}
        if (self.length is not None) != timed or (self.unit is not None) != timed:
            zh, en = (
                "before、within 须有 length 与 unit,其余没有",
                "before and within have a length and a unit, others none",
            )
            raise wrong(Fault(("kind",), zh, en))
        return self


class Added(Declaration):
    """Levels of a dimension that an amendment adds, in these tables (all when none is named)."""

    dimension: Name
    add: tuple[Name, ...] = Field(min_length=1)
    tables: tuple[Name, ...] = ()


class Amendment(Declaration):
    """A supplementary agreement, in force from ``effective`` (included) to the end of the term."""

    id: Name
    clause: Clause
    title: Wording
    effective: date
    levels: tuple[Added, ...] = ()
