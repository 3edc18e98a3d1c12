"""What the tests of a protection found: by test the sensitive cells that failed, broken or not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.verifier.protection.attackers import members
from gateway.verifier.protection.cells import Cells
from gateway.verifier.protection.declaration import Insiders
from gateway.verifier.protection.files import Key
from gateway.verifier.protection.material import Material
from gateway.verifier.protection.proof import Unproved, beyond_leader
from gateway.verifier.report import Check

NAMES = ("files", "cells", "primary", "published", "history", "exact", "outsider", "insider-second", "insider")


def tests_of(insiders: Insiders) -> tuple[str, ...]:
    """The tests that are made: against any group only where that is declared."""
    return ("exact", "outsider", "insider_second", "insider")[: 4 if insiders == "any" else 3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """By test the places of the sensitive cells that are ``broken``, and of those that are neither that nor proved to
    be protected. ``primary``: how many were tested; ``withheld``: how many withheld cells are determined."""

    cells: Cells
    insiders: Insiders
    primary: int
    withheld: int
    broken: Mapping[str, tuple[int, ...]]
    unknown: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, material: Material, pinned: Any, left: Unproved, shown: Mapping[int, int]) -> "Findings":
        """``pinned``: of each withheld cell whether it is determined; ``left``: what is unproved; ``shown``: for each
        sensitive cell the attackers who are shown to narrow it."""
        cells, insiders = material.cells, material.declaration.insiders
        outsider = 1 << len(cells.names)
        exact = tuple(cell for cell, one in enumerate((pinned & material.demands.primary).tolist()) if one)
        failed = {"exact": exact, "outsider": left.outsider, "insider_second": left.second, "insider": left.any}
        sure = {
            "exact": set(exact),
            "outsider": {cell for cell, who in shown.items() if who & outsider},
            "insider_second": {
                cell for cell, who in shown.items() if _narrow(cells, cell, who & members(cells.runners[cell]))
            },
            "insider": {cell for cell, who in shown.items() if _narrow(cells, cell, who & (outsider - 1))},
        }
        tests = tests_of(insiders)
        return cls(
            cells=cells,
            insiders=insiders,
            primary=int(material.demands.primary.sum()),
            withheld=int(pinned.sum()),
            broken={name: tuple(sorted(sure[name].intersection(failed[name]))) for name in tests},
            unknown={name: tuple(sorted(set(failed[name]) - sure[name])) for name in tests},
        )

    def failed(self, name: str) -> list[int]:
        """The places of all that failed a test."""
        return sorted((*self.broken[name], *self.unknown[name]))

    def checks(self) -> list[Check]:
        """A check for each test."""
        made = []
        for name in tests_of(self.insiders):
            zh, en = self._words(name, len(self.broken[name]), len(self.unknown[name]))
            made.append(Check(name=name.replace("_", "-"), passed=not en, zh=zh, en=en))
        return made

    def _words(self, name: str, broken: int, unknown: int) -> tuple[str, str]:
        if name == "exact" and broken:
            return f"{broken} 个敏感单元可被精确推算", f"{broken} sensitive cells can be computed exactly"
        zh = [f"{broken} 个敏感单元可被推算得过窄"] * bool(broken) + [f"{unknown} 个未能判明"] * bool(unknown)
        en = [f"{broken} sensitive cells can be narrowed too far"] * bool(broken)
        en += [f"of {unknown} it is not known"] * bool(unknown)
        return "，".join(zh), ", ".join(en)

    def stated(self) -> dict[str, Any]:
        """What a certificate says of it: the cells without a proof, not who narrows them."""
        tests = tests_of(self.insiders)
        return {
            "counts": {name: {"tested": self.primary, "failed": len(self.failed(name))} for name in tests},
            "unproved": {name: self.failed(name) for name in tests},
            "withheld_determined": self.withheld,
        }

    def keys(self, places: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[Key, ...]]:
        """The cells' codes."""
        return {name: tuple(self.cells.keys[place] for place in own) for name, own in places.items()}


def _narrow(cells: Cells, cell: int, who: int) -> bool:
    return beyond_leader(who, cells.leaders[cell])
