"""The sheets of a month, one for each population and count, and what certificates say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.verifier.month import certificate as form
from gateway.verifier.month.attack import Ground
from gateway.verifier.month.figures import STATUSES
from gateway.verifier.month.material import Month
from gateway.verifier.month.room import GivenUp, Room
from gateway.verifier.month.rules import Rules, sensitive
from gateway.verifier.month.system import Sheet
from gateway.verifier.protection.worlds import Worlds
from gateway.verifier.public import NOT_CHECKED
from gateway.verifier.report import Problem

TESTS = ("exact", "outsider", "insider", "group")


def tests(rules: Rules) -> tuple[str, ...]:
    """Those that the rules ask for."""
    return TESTS if rules.group_disclosure else TESTS[:-1]


def not_checked(rules: Rules) -> list[str]:
    """What a certificate says that it leaves out."""
    return [] if rules.group_disclosure else [*NOT_CHECKED]


def sheets(month: Month) -> list[tuple[str, Sheet]]:
    """Each system of populations in each of its counts."""
    found: list[tuple[str, Sheet]] = []
    withheld = {name for name, one in month.status.items() if one != "published"} - month.declared_zeros
    marked = {name for name, one in month.status.items() if one == "primary"}
    for net in month.nets:
        all_of_it = sensitive(net, month.rules, marked & net.own)
        label = " & ".join(sorted({name.of for name in net.names}))
        for counts, cells in net.figures.items():
            sheet = Sheet(
                net=net,
                counts=counts,
                rules=month.rules,
                sensitive=all_of_it & cells.keys(),
                withheld=((withheld | net.held) & cells.keys()) - net.empty,
            )
            found.append((label, sheet))
    return found


def check_statuses(month: Month) -> None:
    """Raises Problem where a cell that was published before would be withheld."""
    bare = sum(month.status[name] != "published" for net in month.nets for name in net.fixed & net.own)
    if bare:
        raise Problem(f"{bare} 个已公布过的单元被隐去", f"{bare} cells are withheld that were published before")


def check_primary(month: Month) -> None:
    """Raises Problem unless every cell of the release that is sensitive is marked so; more may be."""
    missing = sum(
        month.status[name] != "primary" for net in month.nets for name in sensitive(net, month.rules) & net.own
    )
    if missing:
        raise Problem(f"{missing} 个敏感单元未标为 primary", f"{missing} sensitive cells are not marked primary")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A sheet's findings: by test the places of sensitive numbers without a proof."""

    unproved: Mapping[str, Sequence[int]]
    stated: Mapping[str, Any]


def grounded(sheet: Sheet, given_up: Sequence[GivenUp], seed: bytes) -> Ground:
    """What a sheet's proofs stand on without what is given up. Raises Problem unless each of these is proved to have no
    room. ``seed``: of the random solution of the exact test."""
    excuses = {one.excuse for one in given_up}
    bad = Problem("证书放弃了不能放弃的要求", "what is given up is not proved to be out of reach")
    if len(excuses) < len(given_up) or any(place >= len(sheet.names) for place, _, _ in excuses):
        raise bad
    ground = Ground.of(sheet, excuses, seed)
    room = Room(sheet=sheet, cells=ground.cells, demands=ground.demands)
    if not all(map(room.holds, given_up)):
        raise bad
    return ground


def verdict(
    month: Month,
    population: str,
    sheet: Sheet,
    ground: Ground,
    worlds: Worlds,
    witnesses: Mapping[int, Sequence[int]],
    given_up: Sequence[GivenUp],
) -> Verdict:
    """What the worlds prove of a sheet, and how a certificate says so."""
    left = ground.unproved(worlds, witnesses)
    second = sheet.rules.insiders == "second" and not sheet.net.persons
    beside = {place for place, name in enumerate(sheet.names) if name in sheet.net.grouped}
    found = {"exact": ground.open, "outsider": left.outsider, "insider": left.second if second else left.any}
    unproved = {name: sorted(places - beside) for name, places in found.items()}
    unproved["group"] = sorted(beside & set().union(*found.values()))
    own = [month.status[name] for name in sheet.names if name in sheet.net.own]
    stated = {
        "population": population,
        "counts": sheet.counts,
        "numbers": {**{one: own.count(one) for one in STATUSES}, "unpublished": len(sheet.names) - len(own)},
        "tested": int(ground.demands.primary.sum()),
        "withheld_determined": int(ground.pinned.sum()),
        "unproved": unproved,
        "given_up": form.given_up_of(given_up),
        "worlds": form.worlds_of(worlds),
        "witnesses": {str(place): list(numbers) for place, numbers in sorted(witnesses.items())},
    }
    return Verdict(unproved=unproved, stated=stated)


def words(name: str, failed: int) -> tuple[str, str]:
    """Why a test did not pass; empty where it did."""
    if not failed:
        return "", ""
    if name == "exact":
        return f"{failed} 个敏感数字可被精确推算", f"{failed} sensitive figures can be computed exactly"
    if name == "group":
        return (
            f"{failed} 个数字的人员全部属于同一类，且未证明不可得知",
            f"of {failed} figures it may be known that one part holds everybody",
        )
    return f"{failed} 个敏感数字未证明受到保护", f"{failed} sensitive figures are not proved to be protected"
