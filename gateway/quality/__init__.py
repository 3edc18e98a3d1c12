"""Quality: run the expectation suites, and show what they found.

Guarantees: a suite holds only if every blocking expectation was understood, evaluated and found true, and an empty one
never does; no result, page, message or log holds a value of the data or a confidential threshold; no frame larger than
MAX_ROWS is looked at. The only room that imports Great Expectations."""

from gateway.quality.blank import blank_result
from gateway.quality.frames import table_frame
from gateway.quality.generic import generic_suite
from gateway.quality.month import Table, prepare, run_suites
from gateway.quality.page import Heading, page
from gateway.quality.profile import profile_frame
from gateway.quality.result import About, ExpectationResult, Reason, Severity, SuiteResult, Topic
from gateway.quality.run import MAX_ROWS, run_suite
from gateway.quality.suite import Suite, read_suite

__all__ = [
    "MAX_ROWS",
    "About",
    "ExpectationResult",
    "Heading",
    "Reason",
    "Severity",
    "Suite",
    "SuiteResult",
    "Table",
    "Topic",
    "blank_result",
    "generic_suite",
    "page",
    "prepare",
    "profile_frame",
    "read_suite",
    "run_suite",
    "run_suites",
    "table_frame",
]
