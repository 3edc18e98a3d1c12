"""The sections that only an agreement on statistics has: where, by when, to whom, over which hosts."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from gateway.agreement.sections import Clause, Party, Term
from gateway.base.toml import Fault, wrong
from gateway.model.table import Declaration, Name, Wording

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
Reading = Literal["statutory_day", "published_block", "any_rest_day"]


class Parties(Declaration):
    """Who provides the statistics and who receives them."""

    provider: Party
    receiver: Party


class FixedTerm(Term):
    """A term with a last day."""

    until: date


class Area(Declaration):
    """The area that the agreement covers (GB/T 2260, six digits)."""

    division: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    name: Wording


class Platform(Declaration):
    """The platform's code in release ids, and the sender's id in manifests and allowed_signers."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,12}$")]
    sender: Name


class Delivery(Declaration):
    """When a month is due: on ``day`` of the month after (included), moved by the holidays as ``reading`` says
    (FIELD 2). The operator's target is the day before the earliest of the three readings. ``means``: the clause on how
    it is sent."""

    clause: Clause
    means: Clause | None = None
    day: int = Field(ge=2, le=28)
    reading: Reading = "published_block"
    target: Literal["day_before_earliest_reading"] = "day_before_earliest_reading"


class Recipient(Declaration):
    """A data manager of the receiver; ``channel``: how the passphrase is told, never by SFTP. Days are included."""

    id: Name
    clause: Clause
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
    clause: Clause
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
    dominance: tuple[Literal[1, 2], Annotated[int, Field(ge=1, le=100)]] | None = Field(default=None, repr=False)
    insiders: Literal["any", "second"] = Field(default="any", repr=False)
    group_disclosure: bool = Field(default=True, repr=False)
