"""Checks the protection of a month from its contributors up, without the engine that made it.

``verify_month`` rebuilds the linear system of all tables of a release, and of everything released before of its month,
recomputes what is sensitive, and proves by worlds that fit all published figures that neither an outsider nor any
contributor can narrow it beyond its rule; what is not proved counts as not protected. ``recheck_month`` checks the
certificate of that without a solver. ``month_intervals`` says from a package alone how narrowly each withheld cell can
be known."""

from gateway.verifier.month.certificate import WORDING
from gateway.verifier.month.intervals import FigureInterval, month_intervals
from gateway.verifier.month.package import package_intervals, verify_month_package
from gateway.verifier.month.recheck import recheck_month
from gateway.verifier.month.verify import Suggested, search_month, verify_month

__all__ = [
    "WORDING",
    "FigureInterval",
    "Suggested",
    "month_intervals",
    "package_intervals",
    "recheck_month",
    "search_month",
    "verify_month",
    "verify_month_package",
]
