"""Primary rules: which cells would give a contributor away by themselves. One small class a rule.

Sources: ESS Handbook on Statistical Disclosure Control (2nd ed., 2024), ch. 4; parameters are confidential and stand in
the agreement's disclosure section. Contributors are persons, or employer groups (holdings), never branches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from gateway.model.cells import Figure
from gateway.model.table import Model

Insiders = Literal["any", "second"]
"""Which contributors attack from inside: any but the largest, or only the second largest of each cell. Where several
share the largest part, each of them attacks; where several share the second largest, each of those."""


class Rule(Protocol):
    """Whether a non-empty cell is sensitive. ``name``: what the stewards' page knows the rule by."""

    name: ClassVar[str]

    def sensitive(self, figure: Figure) -> bool:
        """True when the cell may not be published."""
        ...

    def protection(self, figure: Figure) -> tuple[int, int]:
        """How far above and below the value of a sensitive cell an attacker must be left to think it may be."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumContributors:
    """Sensitive with fewer than ``minimum`` contributors; an empty cell is not."""

    name: ClassVar[str] = "minimum-groups"
    minimum: int

    def sensitive(self, figure: Figure) -> bool:
        """``0 < contributors < minimum``."""
        return 0 < figure.contributors < self.minimum

    def protection(self, figure: Figure) -> tuple[int, int]:
        """Not determined exactly, that is all a minimum number of employer groups asks for."""
        return 1, min(1, figure.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumPersons:
    """Sensitive with fewer than ``minimum`` persons; an empty cell is not.

    The interval of a hidden count must reach ``minimum`` and be at least ``minimum − 1`` wide (FIELD 8)."""

    name: ClassVar[str] = "minimum-persons"
    minimum: int

    def sensitive(self, figure: Figure) -> bool:
        """``0 < contributors < minimum``."""
        return 0 < figure.contributors < self.minimum

    def protection(self, figure: Figure) -> tuple[int, int]:
        """Up to ``minimum``, down to 1; a published zero is known, so a hidden count is known to be at least 1."""
        return max(self.minimum - figure.contributors, 1), max(figure.contributors - 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PPercent:
    """Sensitive when the second largest contributor can estimate the largest to within p percent:
    X − x1 − x2 < p/100 · x1."""

    name: ClassVar[str] = "p-percent"
    p: int

    def sensitive(self, figure: Figure) -> bool:
        """In integers: 100 (X − x1 − x2) < p x1, for cells with a largest contribution above zero."""
        rest = figure.value - figure.largest - figure.second
        return figure.largest > 0 and 100 * rest < self.p * figure.largest

    def protection(self, figure: Figure) -> tuple[int, int]:
        """p/100 · x1 − (X − x1 − x2), rounded up, both ways (ESS Handbook, 4.2)."""
        rest = figure.value - figure.largest - figure.second
        level = -((100 * rest - self.p * figure.largest) // 100)
        return level, level


@dataclass(frozen=True, slots=True, kw_only=True)
class Dominance:
    """(n,k): sensitive when the ``n`` largest (1 or 2) are more than ``k`` percent of the cell."""

    name: ClassVar[str] = "dominance"
    n: int
    k: int

    def sensitive(self, figure: Figure) -> bool:
        """In integers: 100 Σ of the n largest > k X."""
        return figure.value > 0 and 100 * self._top(figure) > self.k * figure.value

    def protection(self, figure: Figure) -> tuple[int, int]:
        """Up to the value of which the n largest would be k percent: 100/k · top − X, rounded up, both ways."""
        level = -(-(100 * self._top(figure) - self.k * figure.value) // self.k)
        return level, min(level, figure.value)

    def _top(self, figure: Figure) -> int:
        return figure.largest + (figure.second if self.n > 1 else 0)


class GroupDisclosure:
    """Persons: a figure all of which lies in one of its parts (one category holds everyone) tells in which category
    each person is that is known to be among them, however many they are (ESS Handbook, 2nd ed., 5.2).

    It is hidden when somebody could be in another part; a zero that everybody could expect (structural) is no other."""

    name: ClassVar[str] = "group-disclosure"

    @staticmethod
    def sensitive(parts: int, others: int) -> bool:
        """One of its ``parts`` is not empty, and there are ``others`` in which somebody could have been."""
        return parts == 1 and others > 0

    @staticmethod
    def protection() -> tuple[int, int]:
        """What is beside the part must be able to be 1; it is 0."""
        return 1, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The agreement's disclosure section. Confidential."""

    minimum_persons: int
    minimum_groups: int
    p_percent: int
    dominance: tuple[int, int] | None = None
    insiders: Insiders = "any"
    group_disclosure: bool = False

    def rules(self, model: Model) -> Sequence[Rule]:
        """The rules of a disclosure model. Persons have a minimum number; p% never applies to them (FIELD 8)."""
        match model:
            case Model.BUSINESS:
                dominance = (Dominance(n=self.dominance[0], k=self.dominance[1]),) if self.dominance else ()
                return (MinimumContributors(minimum=self.minimum_groups), PPercent(p=self.p_percent), *dominance)
            case Model.PERSONS:
                return (MinimumPersons(minimum=self.minimum_persons),)
