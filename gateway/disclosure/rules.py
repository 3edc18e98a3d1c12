"""Primary rules: which cells would give a contributor away by themselves. One small class a rule.

Sources: ESS Handbook on Statistical Disclosure Control (2nd ed., 2024), ch. 4; parameters are confidential and stand in
the agreement's disclosure section. Contributors are persons, or employer groups (holdings), never branches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.model.cells import Figure
from gateway.model.table import Model


class Rule(Protocol):
    """Whether a non-empty cell is sensitive."""

    def sensitive(self, figure: Figure) -> bool:
        """True when the cell may not be published."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumContributors:
    """Sensitive with fewer than ``minimum`` contributors; an empty cell is not."""

    minimum: int

    def sensitive(self, figure: Figure) -> bool:
        """``0 < contributors < minimum``."""
        return 0 < figure.contributors < self.minimum


@dataclass(frozen=True, slots=True, kw_only=True)
class PPercent:
    """Sensitive when the second largest contributor can estimate the largest to within p percent:
    X − x1 − x2 < p/100 · x1."""

    p: int

    def sensitive(self, figure: Figure) -> bool:
        """In integers: 100 (X − x1 − x2) < p x1, for cells with a largest contribution above zero."""
        rest = figure.value - figure.largest - figure.second
        return figure.largest > 0 and 100 * rest < self.p * figure.largest


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The agreement's disclosure section. Confidential."""

    minimum_persons: int
    minimum_groups: int
    p_percent: int

    def rules(self, model: Model) -> Sequence[Rule]:
        """The rules of a disclosure model. Persons have a minimum number; p% never applies to them (FIELD 8)."""
        match model:
            case Model.BUSINESS:
                return (MinimumContributors(minimum=self.minimum_groups), PPercent(p=self.p_percent))
            case Model.PERSONS:
                return (MinimumContributors(minimum=self.minimum_persons),)
