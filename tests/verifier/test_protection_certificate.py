"""A certificate says what was found: any edit of it, or of a file it is about, is found without a solver."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.protection_tables import Files, grid, passed, protected

MANY = [50, 40, 30, 20]
SQUARE = {("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1")}
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def files() -> Files:
    return protected(grid([[[60, 50], MANY, MANY], [MANY, [70, 60], MANY], [MANY, MANY, MANY]]), SQUARE)


@pytest.fixture(scope="module")
def secret(files: Files) -> bytes:
    report = files.verified()
    assert report.valid
    assert report.secret is not None
    return report.secret


def rewritten(secret: bytes, edit: Edit) -> bytes:
    document = json.loads(secret)
    edit(document)
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def test_it_passes_as_it_is(files: Files, secret: bytes) -> None:
    assert files.rechecked(secret).valid


def _move_more(document: dict[str, Any]) -> None:
    steps = document["worlds"][0]["steps"]
    steps[next(iter(steps))] += 1


def _turn(document: dict[str, Any]) -> None:
    for world in document["worlds"]:
        world["steps"] = {place: step * 1000 for place, step in world["steps"].items()}


def _finer(document: dict[str, Any]) -> None:
    for world in document["worlds"]:
        world["unit"] = 10**9


def _no_witness(document: dict[str, Any]) -> None:
    document["witnesses"] = {cell: [] for cell in document["witnesses"]}


def _other_witness(document: dict[str, Any]) -> None:
    document["witnesses"] = {cell: [10**6] for cell in document["witnesses"]}


def _drop_cell(document: dict[str, Any]) -> None:
    del document["witnesses"][next(iter(document["witnesses"]))]


def _empty_world(document: dict[str, Any]) -> None:
    document["worlds"].append({"unit": 1, "steps": {}})


def _far_world(document: dict[str, Any]) -> None:
    document["worlds"].append({"unit": 1, "steps": {"9999": 1}})


def _huge_world(document: dict[str, Any]) -> None:
    document["worlds"].append({"unit": 1, "steps": {"0": 1 << 60, "1": -(1 << 60)}})


def _weaker_rule(document: dict[str, Any]) -> None:
    document["rules"]["p_percent"] = "1"


def _other_insiders(document: dict[str, Any]) -> None:
    document["rules"]["insiders"] = "second"


def _fewer_tests(document: dict[str, Any]) -> None:
    for part in ("results", "counts", "unproved"):
        del document[part]["insider"]


def _counts(document: dict[str, Any]) -> None:
    document["counts"]["outsider"]["tested"] += 1


def _claims_failure(document: dict[str, Any]) -> None:
    document["results"]["insider"] = False


def _history(document: dict[str, Any]) -> None:
    document["history"] = {"months": 12}


def _digest(document: dict[str, Any]) -> None:
    document["files"]["cells"] = "0" * 64


def _float(document: dict[str, Any]) -> None:
    document["withheld_determined"] = 0.0


def _extra(document: dict[str, Any]) -> None:
    document["note"] = "fine"


@pytest.mark.parametrize(
    ("edit", "check"),
    [
        (_move_more, "worlds"),
        (_turn, "worlds"),
        (_finer, "results"),
        (_no_witness, "results"),
        (_other_witness, "worlds"),
        (_drop_cell, "worlds"),
        (_empty_world, "worlds"),
        (_far_world, "worlds"),
        (_huge_world, "worlds"),
        (_weaker_rule, "results"),
        (_other_insiders, "results"),
        (_fewer_tests, "results"),
        (_counts, "results"),
        (_claims_failure, "results"),
        (_history, "certificate"),
        (_digest, "digests"),
        (_float, "certificate"),
        (_extra, "certificate"),
    ],
)
def test_an_edit_is_found(files: Files, secret: bytes, edit: Edit, check: str) -> None:
    report = files.rechecked(rewritten(secret, edit))
    assert not report.valid
    assert report.checks[-1].name == check
    assert not report.checks[-1].passed


@pytest.mark.parametrize("name", ["declaration", "microdata", "cells", "published"])
def test_another_file_is_found(files: Files, secret: bytes, name: str) -> None:
    other = replace(files, **{name: getattr(files, name) + b"\n"})
    assert other.rechecked(secret).checks[-1].name == "digests"


def test_any_edit_breaks_the_public_digest(files: Files, secret: bytes) -> None:
    public = files.verified().public
    assert files.rechecked(secret, public).valid

    def salted(document: dict[str, Any]) -> None:
        document["salt"] = "00" * 32

    changed = rewritten(secret, salted)
    assert files.rechecked(changed).valid
    assert files.rechecked(changed, public).checks[-1].name == "public"


def test_a_byte_order_or_a_space_is_not_canonical(files: Files, secret: bytes) -> None:
    assert files.rechecked(b" " + secret).checks[-1].name == "certificate"


def test_a_failed_protection_is_certified_as_failed(files: Files) -> None:
    lone = protected(grid([[[60, 50], MANY], [MANY, MANY]]), {("r0", "c0")})
    report = lone.verified()
    assert report.secret is not None
    assert report.public is not None
    assert json.loads(report.public)["passed"] is False
    again = lone.rechecked(report.secret, report.public)
    assert passed(again)["results"]
    assert not again.valid
