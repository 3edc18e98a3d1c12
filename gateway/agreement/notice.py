"""A year's holiday arrangement as the State Council's notice gives it, retyped into a TOML file.

``[[notice]]`` with year, number, published, ``blocks`` (name, first, last) and ``workdays`` (make-up days). For a year
that the calendar library has as well, both must say the same."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from pydantic import Field, model_validator

from gateway.agreement import statutory
from gateway.base.toml import Fault, wrong
from gateway.model.table import Declaration

LONGEST_BLOCK = 12


class Block(Declaration):
    """Days off in a row, both ends included."""

    name: str = Field(min_length=1)
    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether ``day`` is one of them."""
        return self.first <= day <= self.last


class Notice(Declaration):
    """The arrangement of one year. ``statutory`` only for a year beyond the gateway's own table."""

    year: int = Field(ge=2020, le=2099)
    number: str = Field(min_length=1)
    published: date
    blocks: tuple[Block, ...] = Field(min_length=1)
    workdays: tuple[date, ...]
    statutory: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> "Notice":
        faults = [*_misplaced(self), *_uncovered(self)]
        if faults:
            raise wrong(*faults)
        return self

    @property
    def statutory_days(self) -> frozenset[date]:
        """The year's statutory holidays."""
        return statutory.days(self.year) or frozenset(self.statutory)

    def block(self, day: date) -> Block | None:
        """The block that ``day`` lies in."""
        return next((block for block in self.blocks if block.holds(day)), None)


class Notices(Declaration):
    """The override file."""

    format: Literal["gateway-calendar/1"]
    notice: tuple[Notice, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> "Notices":
        years = [notice.year for notice in self.notice]
        twice = [Fault(("notice", n, "year"), "重复", "stands twice") for n, y in enumerate(years) if y in years[:n]]
        if twice:
            raise wrong(*twice)
        return self


def _misplaced(notice: Notice) -> Iterator[Fault]:
    """Slips of the pen: a block in another year, too long or overlapping, a make-up day that is no weekend."""
    for number, block in enumerate(notice.blocks):
        if not block.first <= block.last <= block.first + timedelta(days=LONGEST_BLOCK):
            yield Fault(("blocks", number), "起止日期不合理", "its first and last day don't fit together")
        if block.last.year != notice.year and block.first.year != notice.year:
            yield Fault(("blocks", number), "不在该年", "is in another year")
        if any(other.holds(block.first) or other.holds(block.last) for other in notice.blocks if other is not block):
            yield Fault(("blocks", number), "与另一段重叠", "overlaps another")
    for number, day in enumerate(notice.workdays):
        if day.weekday() < 5 or notice.block(day):
            yield Fault(
                ("workdays", number), "调休上班日须为周末且不在放假期内", "a make-up day is a weekend outside blocks"
            )


def _uncovered(notice: Notice) -> Iterator[Fault]:
    """A statutory holiday that is no day off: something was left out or mistyped."""
    if not notice.statutory_days:
        yield Fault(("statutory",), "该年须列出法定节假日", "this year's statutory holidays must be listed")
    missing = [day for day in sorted(notice.statutory_days) if not notice.block(day)]
    if missing:
        listed = "、".join(day.isoformat() for day in missing)
        yield Fault(("blocks",), f"未包含法定节假日 {listed}", f"leaves out statutory holidays {listed}")
