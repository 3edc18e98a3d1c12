"""A reference month."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.base.errors import InputError

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Period:
    """A calendar month (公历) in Asia/Shanghai: the month that the data are about."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Period":
        """``2026-10``. Raises InputError for anything else."""
        match = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text)
        if not match:
            raise InputError("月份应写作 2026-10", "a month is written like 2026-10")
        return cls(year=int(match[1]), month=int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def compact(self) -> str:
        """``202610``."""
        return f"{self.year:04}{self.month:02}"

    @property
    def zh(self) -> str:
        """``2026年10月``."""
        return f"{self.year}年{self.month}月"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def start(self) -> datetime:
        """Its first moment, aware."""
        return datetime(self.year, self.month, 1, tzinfo=ZONE)

    @property
    def end(self) -> datetime:
        """The first moment after it, aware."""
        return self.next.start

    @property
    def next(self) -> "Period":
        """The month after."""
        return Period(year=self.year + self.month // 12, month=self.month % 12 + 1)

    @property
    def previous(self) -> "Period":
        """The month before."""
        return Period(year=self.year - (self.month == 1), month=(self.month - 2) % 12 + 1)
