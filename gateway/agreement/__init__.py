"""Under which terms: agreement files, the calendar, deadlines, clocks, and what is permitted on a day.

Guarantees: a file is read strictly and every mistake in it is named by line; a deadline is only given for a year whose
holiday notice is known; what the agreement does not name is refused, with the clause quoted; every term runs on one
engine (``gateway.agreement.clockwork``, which says how to use it). No I/O but reading the files it is pointed to; the
day is passed in."""

from gateway.agreement.calendar import Calendar, Day, load_calendar
from gateway.agreement.clock import Clock
from gateway.agreement.clockwork import (
    Happening,
    Outcome,
    Running,
    Standing,
    Step,
    fold,
    move,
    react,
    reckon,
    standing,
    tick,
)
from gateway.agreement.deadline import Due, Readings, days_off, due
from gateway.agreement.exchange import Disclosure, Recipient
from gateway.agreement.permission import (
    check_clause,
    check_endpoint,
    check_in_force,
    check_release,
    in_force,
    levels,
    permit,
    recipients,
)
from gateway.agreement.reckoning import Reckoned
from gateway.agreement.sections import Amendment
from gateway.agreement.terms import Agreement, CustodyTerms, Terms, check_together, load, load_agreement

__all__ = [
    "Agreement",
    "Amendment",
    "Calendar",
    "Clock",
    "CustodyTerms",
    "Day",
    "Disclosure",
    "Due",
    "Happening",
    "Outcome",
    "Readings",
    "Recipient",
    "Reckoned",
    "Running",
    "Standing",
    "Step",
    "Terms",
    "check_clause",
    "check_endpoint",
    "check_in_force",
    "check_release",
    "check_together",
    "days_off",
    "due",
    "fold",
    "in_force",
    "levels",
    "load",
    "load_agreement",
    "load_calendar",
    "move",
    "permit",
    "react",
    "recipients",
    "reckon",
    "standing",
    "tick",
]
