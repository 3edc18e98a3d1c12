"""The sheets of a month, one for each population and count, and what certificates say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.verifier.month import certificate as form
from gateway.verifier.month.attack import Ground
from gateway.verifier.month.figures import STATUSES
from gateway.verifier.month.material import Month
from gateway.verifier.month.net import Name
from gateway.verifier.month.rules import sensitive
from gateway.verifier.month.system import Excuses, Sheet
from gateway.verifier.protection.worlds import Worlds
from gateway.verifier.report import Problem

TESTS = ("exact", "outsider", "insider")


def sheets(month: Month) -> list[tuple[str, Sheet, Mapping[Name, tuple[int, int]]]]:
    """Each system of populations in each of its counts, with what is demanded of it beyond the rules."""
    found: list[tuple[str, Sheet, Mapping[Name, tuple[int, int]]]] = []
    withheld = {name for name, one in month.status.items() if one != "published"}
    marked = {name for name, one in month.status.items() if one == "primary"}
    for net in month.nets:
        all_of_it = sensitive(net, month.rules, (month.forced | marked) & net.own)
        label = " & ".join(sorted({name.of for name in net.names}))
        for counts, cells in net.figures.items():
            sheet = Sheet(
                net=net,
                counts=counts,
                rules=month.rules,
                sensitive=all_of_it & cells.keys(),
                withheld=(withheld | net.held) & cells.keys(),
            )
            found.append((label, sheet, month.demands.get(counts, {})))
    return found


def check_statuses(month: Month) -> None:
    """Raises Problem where a cell that was published before would be withheld."""
    bare = sum(month.status[name] != "published" for net in month.nets for name in net.fixed & net.own)
    if bare:
        raise Problem(f"{bare} 个已公布过的单元被隐去", f"{bare} cells are withheld that were published before")


def check_primary(month: Month) -> None:
    """Raises Problem unless every cell of the release that is sensitive is marked so; more may be."""
    missing = sum(
        month.status[name] != "primary"
        for net in month.nets
        for name in sensitive(net, month.rules, month.forced & net.own) & net.own
    )
    if missing:
        raise Problem(f"{missing} 个敏感单元未标为 primary", f"{missing} sensitive cells are not marked primary")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A sheet's findings: by test the places of sensitive numbers without a proof, and of those that are broken."""

    unproved: Mapping[str, Sequence[int]]
    broken: Mapping[str, Sequence[int]]
    stated: Mapping[str, Any]


def verdict(
    month: Month,
    population: str,
    sheet: Sheet,
    ground: Ground,
    worlds: Worlds,
    witnesses: Mapping[int, Sequence[int]],
    given_up: Excuses,
) -> Verdict:
    """What the worlds prove of a sheet, and how a certificate says so."""
    left = ground.unproved(worlds, witnesses)
    second = sheet.rules.insiders == "second" and not sheet.net.persons
    unproved = {
        "exact": sorted(ground.open),
        "outsider": sorted(left.outsider),
        "insider": sorted(left.second if second else left.any),
    }
    own = [month.status[name] for name in sheet.names if name in sheet.net.own]
    stated = {
        "population": population,
        "counts": sheet.counts,
        "numbers": {**{one: own.count(one) for one in STATUSES}, "unpublished": len(sheet.names) - len(own)},
        "tested": int(ground.demands.primary.sum()),
        "withheld_determined": int(ground.pinned.sum()),
        "unproved": unproved,
        "given_up": sorted(map(list, given_up)),
        "worlds": form.worlds_of(worlds),
        "witnesses": {str(place): list(numbers) for place, numbers in sorted(witnesses.items())},
    }
    return Verdict(unproved=unproved, broken={"exact": unproved["exact"]}, stated=stated)


def words(name: str, failed: int) -> tuple[str, str]:
    """Why a test did not pass; empty where it did."""
    if not failed:
        return "", ""
    if name == "exact":
        return f"{failed} 个敏感数字可被精确推算", f"{failed} sensitive figures can be computed exactly"
    return f"{failed} 个敏感数字未证明受到保护", f"{failed} sensitive figures are not proved to be protected"
