"""Checks a protected table from its contributors' rows up, without the engine that protected it.

``verify`` recomputes every cell and status, and proves for each sensitive cell, by worlds that fit all published
figures, that neither an outsider nor any contributor group but its largest can narrow it beyond its rule; what is not
proved counts as not protected. ``recheck`` checks the certificate of that without a solver. ``intervals`` says from
published figures alone how narrowly each withheld cell can be known."""

from gateway.verifier.protection.intervals import Interval, intervals, parents_in
from gateway.verifier.protection.recheck import recheck
from gateway.verifier.protection.report import ProtectionReport
from gateway.verifier.protection.verify import verify

__all__ = ["Interval", "ProtectionReport", "intervals", "parents_in", "recheck", "verify"]
