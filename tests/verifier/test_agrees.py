"""Two programs, written apart, judge the same package alike: whatever is done to it, neither crashes or is fooled.

The packages are wrong in ways that nobody thought of, and signed by the gateway's own key nevertheless."""

import copy
import itertools
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.receiving import PackageRefusedError, receive
from gateway.receiving.archive import Archive
from gateway.receiving.failed import Failed
from gateway.verifier import verify_package, zips
from gateway.verifier.report import Problem
from tests.package_factory import ALLOWED_SIGNERS, BUREAU, NOW, PASSPHRASE, RECIPIENT, Plan, document

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["", "..", "../x", "02.csv", "statement.json", "processed", "2026-10", "9" * 64]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def judged(package: Path, folder: Path) -> str | None:
    """The check that refuses the package, None if none does; both programs must say the same."""
    report = verify_package(
        package, allowed_signers=ALLOWED_SIGNERS, at=NOW, passphrase=PASSPHRASE, recipient=RECIPIENT
    )
    verifier = None if report.valid else report.checks[-1].name
    try:
        receive(
            [package],
            passphrase=PASSPHRASE,
            allowed_signers=ALLOWED_SIGNERS,
            recipient=RECIPIENT,
            key=BUREAU,
            register=folder / "register.db",
            receipts=folder / "receipts",
            unpack=None,
            now=NOW,
        )
        receiver = None
    except PackageRefusedError as refused:
        receiver = refused.reception.checks[-1].name
    if verifier != "figures":  # what only the verifier looks at
        assert receiver == verifier
    return verifier


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All places in a JSON document."""
    inner = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


def changed(value: Any, choice: st.DataObject) -> Any:
    """``value`` with one place replaced, dropped, or joined by an unknown key."""
    result = copy.deepcopy(value)
    *path, last = choice.draw(st.sampled_from([place for place in places(value) if place]))
    at = result
    for key in path:
        at = at[key]
    match choice.draw(st.sampled_from(["replace", "drop", "join"])):
        case "replace":
            at[last] = choice.draw(VALUES)
        case "drop":
            del at[last]
        case _ if isinstance(at, dict):
            at["more"] = choice.draw(VALUES)
        case _:
            at.append(choice.draw(VALUES))
    return result


@FUZZ
@given(choice=st.data())
def test_any_change_of_the_manifest(tmp_path: Path, choice: st.DataObject) -> None:
    plan = Plan()
    plan.written = lambda data: document(changed(json.loads(data), choice))
    judged(plan.write(tmp_path / "in"), _fresh(tmp_path))


@FUZZ
@given(choice=st.data())
def test_any_change_of_the_statement(tmp_path: Path, choice: st.DataObject) -> None:
    plan = Plan()
    base = plan._statement()
    other = changed(base, choice)
    plan._statement = lambda: other  # type: ignore[method-assign]
    if other != base:
        judged(plan.write(tmp_path / "in"), _fresh(tmp_path))


@FUZZ
@given(at=st.integers(0, 2000), byte=st.integers(1, 255), cut=st.booleans())
def test_any_byte_of_a_zip_that_was_then_signed(tmp_path: Path, at: int, byte: int, cut: bool) -> None:
    def damage(data: bytes) -> bytes:
        place = at % len(data)
        return data[:place] if cut else data[:place] + bytes([data[place] ^ byte]) + data[place + 1 :]

    refused_by = judged(Plan(zipped=damage).write(tmp_path / "in"), _fresh(tmp_path))
    assert refused_by in ("archive", "decryption", None)  # None: a byte that nobody reads, such as the version made by


@pytest.mark.parametrize("flip", [1, 128])
def test_both_read_every_byte_of_the_zips_structure_alike(tmp_path: Path, flip: int) -> None:
    data = Plan().write(tmp_path).read_bytes()
    accepted = 0
    for at in range(len(data)):
        other = data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :]
        verdicts = {_accepts(Archive.inspect, Failed, other), _accepts(zips.structure, Problem, other)}
        assert len(verdicts) == 1, at
        accepted += verdicts.pop()
    assert accepted > 0  # the encrypted content, which its authentication code protects


def _accepts(read: Callable[[bytes], object], refusal: type[Exception], data: bytes) -> bool:
    try:
        read(data)
    except refusal:
        return False
    return True


def test_every_byte_of_an_entry_counts(tmp_path: Path) -> None:
    """The encrypted content is authenticated to its last byte, with the right passphrase too."""
    for back in (0, 5, 9, 10, 11, 20):  # the authentication code, and the content before it

        def damage(data: bytes, back: int = back) -> bytes:
            directory = struct.unpack_from("<L", data, len(data) - 6)[0]
            at = directory - 1 - back
            return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

        assert judged(Plan(zipped=damage).write(tmp_path / "in"), _fresh(tmp_path)) == "decryption"


@pytest.mark.parametrize("size", [0, 1, 10**6, 2**31])
def test_a_zip_that_lies_about_a_size(tmp_path: Path, size: int) -> None:
    assert judged(Plan(zipped=lambda data: restated(data, size)).write(tmp_path / "in"), _fresh(tmp_path)) == (
        "archive" if size > 2**30 else "decryption"
    )


def test_a_zip_bomb_is_not_unfolded(tmp_path: Path) -> None:
    """Far more content than stated: reading stops at the stated size, and the lie is found."""

    def sealed(entries: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        return [("01.xlsx", bytes(50_000_000)), *entries[1:]]

    plan = Plan(sealed=sealed, zipped=lambda data: restated(data, 100))
    assert judged(plan.write(tmp_path / "in"), _fresh(tmp_path)) == "decryption"


def restated(data: bytes, size: int) -> bytes:
    """A zip whose first entry is said to have another plain size, in both places."""
    directory = struct.unpack_from("<L", data, len(data) - 6)[0]
    told = struct.pack("<L", size)
    return data[:22] + told + data[26 : directory + 24] + told + data[directory + 28 :]


_count = itertools.count()


def _fresh(tmp_path: Path) -> Path:
    return tmp_path / f"bureau-{next(_count)}"
