"""An ad-hoc request, typed in from the bureau's letter, and whether the agreement covers it (三(二), 二, 四(一)6).

Pure: the day, the calendar and the code list of areas are passed in. Each reason against a request rests on a clause;
the letter itself is not looked at here and stands in no message."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from gateway.agreement.calendar import Calendar
from gateway.agreement.permission import in_force, levels
from gateway.agreement.reckoning import before, end_of
from gateway.agreement.terms import Terms
from gateway.base.errors import TermsError
from gateway.base.toml import Fault, wrong
from gateway.model.period import ZONE, Period
from gateway.model.table import Declaration, Name

AGGREGATE = "aggregate"
NOTICE = "ad_hoc_notice"


class RequestFile(Declaration):
    """What a letter asks for. ``asks_for``: ``aggregate``, or a name of the agreement's ``scope.forbidden``; ``area``:
    codes of GB/T 2260; ``asked_by``: the id of the person who signed the letter."""

    format: Literal["gateway-request/1"]
    reference: str = Field(min_length=1, max_length=80)
    received: datetime
    needed_by: date
    asked_by: Name
    purpose: Name
    clause: str
    period: Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
    area: tuple[str, ...] = Field(min_length=1)
    asks_for: tuple[Name, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> "RequestFile":
        if self.received.tzinfo is None:
            raise wrong(Fault(("received",), "时间须带时区", "a time needs its offset"))
        if self.needed_by < self.received.astimezone(ZONE).date():
            raise wrong(Fault(("needed_by",), "早于收到通知之日", "is before the notice was received"))
        return self

    @property
    def month(self) -> Period:
        """The month that it is about."""
        return Period.parse(self.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """A reason why it can't be met as it is: the clause, what (Chinese, English)."""

    clause: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``against``: why it is out of scope; ``short``: the notice is shorter than agreed, so that it is met only by the
    platform's own consent; ``earliest``: the first day that the notice would be in time for, None where not known."""

    against: tuple[Against, ...]
    short: bool
    earliest: date | None

    @property
    def within(self) -> bool:
        """Whether the agreement covers it."""
        return not self.against


def judge(terms: Terms, asked: RequestFile, calendar: Calendar, known: Callable[[str], str | None]) -> Verdict:
    """Whether ``terms`` cover it. ``known``: the level of an area's code in this exchange's list, None for no such."""
    received = asked.received.astimezone(ZONE)
    notice = terms.clock(NOTICE)
    length = terms.length(notice) if notice else None
    short, earliest = False, None
    if notice is not None and length is not None and notice.unit is not None:
        short = received > before(end_of(asked.needed_by), length, notice.unit, calendar).target
        earliest = calendar.workday(received.date(), length)
    return Verdict(against=tuple(_against(terms, asked, known)), short=short, earliest=earliest)


def _against(terms: Terms, asked: RequestFile, known: Callable[[str], str | None]) -> Iterator[Against]:
    day = asked.received.astimezone(ZONE).date()
    if not in_force(terms, day) or not in_force(terms, asked.needed_by):
        yield Against(clause=terms.term.clause, zh="不在协议期限内", en="the agreement is not in force then")
    yield from _data(terms, asked)
    if asked.clause not in {row.clause for row in terms.scope.permitted}:
        zh, en = "不在协议约定的共享范围内", "is not within what the agreement shares"
        yield Against(clause=terms.scope.permitted[0].clause, zh=zh, en=en)
    if asked.purpose not in {row.name for row in terms.purposes}:
        yield Against(clause=terms.purposes[0].clause, zh="超出约定的政务用途", en="is outside the agreed purposes")
    named = {row.id: row.clause for row in terms.recipients if row.since <= day <= row.until}
    if asked.asked_by not in named:
        clause = terms.recipients[0].clause
        yield Against(clause=clause, zh="来函人不是指定的数据管理员", en="who asks is no designated data manager")
    yield from _areas(terms, asked, known, day)


def _data(terms: Terms, asked: RequestFile) -> Iterator[Against]:
    forbidden = {row.name: row for row in terms.scope.forbidden}
    for name in asked.asks_for:
        if name in forbidden:
            row = forbidden[name]
            yield Against(clause=row.clause, zh=f"所需为{row.title.zh}", en=f"it asks for {row.title.en}")
        elif name != AGGREGATE:
            raise TermsError(
                f"协议 {terms.id} 不认识所需数据的类别 {name}；可写：{'、'.join([AGGREGATE, *forbidden])}",
                f"agreement {terms.id} knows no kind of data {name}; it knows {', '.join([AGGREGATE, *forbidden])}",
                safe=("没有登记", "nothing was registered"),
            )


def _areas(terms: Terms, asked: RequestFile, known: Callable[[str], str | None], day: date) -> Iterator[Against]:
    """Areas outside the agreement's, or finer than it permits."""
    clause, permitted = terms.scope.permitted[0].clause, levels(terms, "region", day)
    outside = [code for code in asked.area if known(code) is None]
    finer = [code for code in asked.area if known(code) is not None and known(code) not in permitted]
    if outside:
        listed = "、".join(outside)
        yield Against(
            clause=clause, zh=f"地区 {listed} 不在{terms.area.name.zh}范围内", en=f"{listed}: out of the area"
        )
    if finer:
        listed = "、".join(finer)
        yield Against(clause=clause, zh=f"地区 {listed} 细于约定的层级", en=f"{listed}: finer than agreed")
