"""Under which terms: agreement files, the calendar, deadlines, and what is permitted on a day.

Guarantees: a file is read strictly and every mistake in it is named by line; a deadline is only given for a year whose
holiday notice is known; what the agreement does not name is refused, with the clause quoted. No I/O but reading the
files it is pointed to; the day is passed in."""

from gateway.agreement.calendar import Calendar, Day, load_calendar
from gateway.agreement.deadline import Due, Readings, days_off, due
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
from gateway.agreement.sections import Amendment, Clock, Disclosure, Recipient
from gateway.agreement.terms import Terms, load

__all__ = [
    "Amendment",
    "Calendar",
    "Clock",
    "Day",
    "Disclosure",
    "Due",
    "Readings",
    "Recipient",
    "Terms",
    "check_clause",
    "check_endpoint",
    "check_in_force",
    "check_release",
    "days_off",
    "due",
    "in_force",
    "levels",
    "load",
    "load_calendar",
    "permit",
    "recipients",
]
