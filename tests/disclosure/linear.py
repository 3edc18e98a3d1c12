"""Exact linear algebra of the attacker's own: which unknowns do equations over the rationals fix, and at what."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

V = TypeVar("V", bound=Hashable)


@dataclass(frozen=True)
class Equation(Generic[V]):
    """Σ coefficient · unknown = constant."""

    terms: Mapping[V, Fraction]
    constant: Fraction


def simplify(equations: Iterable[Equation[V]], known: Mapping[V, Fraction]) -> list[Equation[V]]:
    """The equations with what is known put in; those without an unknown must hold, or the attacker was misled."""
    left = []
    for equation in equations:
        constant = equation.constant - sum((c * known[v] for v, c in equation.terms.items() if v in known), Fraction(0))
        terms = {v: c for v, c in equation.terms.items() if v not in known and c}
        if not terms and constant:
            raise ValueError("the figures contradict each other")
        if terms:
            left.append(Equation(terms, constant))
    return left


def solve(equations: Iterable[Equation[V]], known: Mapping[V, Fraction]) -> dict[V, Fraction]:
    """Every unknown that the equations fix, with its value, by Gauss–Jordan elimination in fractions."""
    found: dict[V, Fraction] = {}
    left = simplify(equations, known)
    while single := [e for e in left if len(e.terms) == 1]:
        for equation in single:
            ((unknown, factor),) = equation.terms.items()
            found[unknown] = equation.constant / factor
        left = simplify(left, found)
    for pivot, (terms, constant) in _reduced(left).items():
        if not terms:
            found[pivot] = constant
    return found


def _reduced(equations: list[Equation[V]]) -> dict[V, tuple[dict[V, Fraction], Fraction]]:
    """Reduced row echelon form: pivot = constant − Σ terms."""
    rows: dict[V, tuple[dict[V, Fraction], Fraction]] = {}
    where: dict[V, set[V]] = {}
    for equation in equations:
        terms, constant = dict(equation.terms), equation.constant
        for pivot in [v for v in terms if v in rows]:
            factor = terms.pop(pivot)
            _add(terms, rows[pivot][0], -factor)
            constant -= factor * rows[pivot][1]
        if not terms:
            if constant:
                raise ValueError("the figures contradict each other")
            continue
        pivot = min(terms, key=lambda v: len(where.get(v, ())))
        factor = terms.pop(pivot)
        row = {v: c / factor for v, c in terms.items()}
        constant /= factor
        for other in where.pop(pivot, set()):
            others, value = rows[other]
            by = others.pop(pivot)
            before = set(others)
            _add(others, row, -by)
            rows[other] = (others, value - by * constant)
            for gone in before - set(others):
                where[gone].discard(other)
            for new in set(others) - before:
                where.setdefault(new, set()).add(other)
        rows[pivot] = (row, constant)
        for v in row:
            where.setdefault(v, set()).add(pivot)
    return rows


def _add(terms: dict[V, Fraction], other: Mapping[V, Fraction], factor: Fraction) -> None:
    for v, c in other.items():
        total = terms.get(v, Fraction(0)) + factor * c
        if total:
            terms[v] = total
        else:
            terms.pop(v, None)
