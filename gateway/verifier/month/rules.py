"""Which cells of a month are sensitive, and how far each must be able to move: recomputed from the rules, exactly.

A figure of employers' groups: fewer than the minimum of groups; or X - x1 - x2 < p/100 * x1; or its n largest groups
have more than k% of X. It must be able to move both ways by the widest level of the last two, p/100 * x1 - (X - x1 -
x2) and 100/k * (the n largest) - X; where there is none above 0, by 1 either way. A figure of persons: fewer than n;
what is possible must reach n persons, and be n - 1 wide; where group disclosure is a rule, what is beside the one part
of a figure that holds everybody must be able to be 1. All figures of a population share one status: one that is
sensitive for another's sake must be able to move."""

from collections.abc import Set
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gateway.verifier.month.figures import Figure
from gateway.verifier.month.net import Name, Net
from gateway.verifier.report import Problem

_KEYS = {"minimum_persons", "minimum_groups", "p_percent", "dominance", "insiders", "group_disclosure"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The agreement's parameters. ``insiders``: any contributor, or of employers' groups only a cell's second."""

    minimum_persons: int
    minimum_groups: int
    percent: Fraction
    dominance: tuple[int, Fraction] | None
    insiders: str
    group_disclosure: bool

    def minimum(self, persons: bool) -> int:
        """The least number of contributors."""
        return self.minimum_persons if persons else self.minimum_groups

    def sensitive(self, figure: Figure, persons: bool) -> bool:
        """Whether a figure is sensitive by itself."""
        few = 0 < figure.contributors < self.minimum(persons)
        return few or (not persons and self.level(figure) > 0)

    def level(self, figure: Figure) -> Fraction:
        """How far a figure of employers' groups must be able to move both ways; none where it is not above 0."""
        rest = figure.value - figure.largest - figure.second
        level = self.percent / 100 * figure.largest - rest
        if self.dominance is not None:
            n, k = self.dominance
            top = figure.largest + (figure.second if n == 2 else 0)
            level = max(level, 100 / k * top - figure.value)
        return level


def read_rules(found: Any) -> Rules:
    """The rules of the secret material. Raises Problem."""
    wrong = Problem("规则参数不符合约定", "the rules' parameters are not as agreed")
    if not isinstance(found, dict) or found.keys() != _KEYS or found["insiders"] not in ("any", "second"):
        raise wrong
    if not isinstance(found["group_disclosure"], bool):
        raise wrong
    numbers = [found["minimum_persons"], found["minimum_groups"], found["p_percent"]]
    pair = found["dominance"]
    if pair is not None:
        if not isinstance(pair, list) or len(pair) != 2 or pair[0] not in (1, 2):
            raise wrong
        numbers.append(pair[1])
    if any(not isinstance(one, int) or isinstance(one, bool) or not 0 < one <= 10**6 for one in numbers):
        raise wrong
    return Rules(
        minimum_persons=numbers[0],
        minimum_groups=numbers[1],
        percent=Fraction(numbers[2]),
        dominance=None if pair is None else (pair[0], Fraction(pair[1])),
        insiders=found["insiders"],
        group_disclosure=found["group_disclosure"],
    )


def sensitive(net: Net, rules: Rules, more: Set[Name] = frozenset()) -> set[Name]:
    """The sensitive numbers, and those of ``more``, but for those that were published long since."""
    found = {
        name for cells in net.figures.values() for name, figure in cells.items() if rules.sensitive(figure, net.persons)
    }
    return ((found - net.stayed) | net.grouped | more) - net.fixed
