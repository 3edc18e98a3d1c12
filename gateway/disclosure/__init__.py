"""Disclosure control: which cells are withheld so that no person and no employer can be found in what is published.

Primary rules at the level of persons and employer groups; one linear system per population over all tables of a
release; secondary suppression that an exact linear test proves closed, and linear programmes prove wide enough: every
sensitive cell keeps the interval that its rule demands. ``protect`` does the same for one contributor-level table,
against contributor groups as insiders too, and together with everything released before; ``page`` shows the stewards
what that did, ``risk`` what it was good for. ``round_table`` rounds counts of persons instead of withholding them."""

from gateway.disclosure import exchange, retention
from gateway.disclosure.declaration import Declaration
from gateway.disclosure.declared import check_declared
from gateway.disclosure.earlier import Earlier
from gateway.disclosure.exchange import Exchange
from gateway.disclosure.imported import NoWorldError, world_of
from gateway.disclosure.integers import UnsolvedError
from gateway.disclosure.microdata import Microdata
from gateway.disclosure.month import Before, Protection, check_published, protect_tables
from gateway.disclosure.monthkept import kept_of_month
from gateway.disclosure.monthpage import month_pages
from gateway.disclosure.nested import rests
from gateway.disclosure.page import page
from gateway.disclosure.protect import ProtectedTable, audit, protect
from gateway.disclosure.risk import Risk, risk
from gateway.disclosure.rounding import RoundedTable, round_table
from gateway.disclosure.rules import Parameters

__all__ = [
    "Before",
    "Declaration",
    "Earlier",
    "Exchange",
    "Microdata",
    "NoWorldError",
    "Parameters",
    "ProtectedTable",
    "Protection",
    "Risk",
    "RoundedTable",
    "UnsolvedError",
    "audit",
    "check_declared",
    "check_published",
    "exchange",
    "kept_of_month",
    "month_pages",
    "page",
    "protect",
    "protect_tables",
    "rests",
    "retention",
    "risk",
    "round_table",
    "world_of",
]
