"""Every expected failure says what happened, what is safe and what to do next, in both languages."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import gateway
from gateway.base.errors import GatewayError, machine_error

HAN = re.compile(r"[一-鿿]")


def _kinds(kind: type[GatewayError]) -> Iterator[type[GatewayError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)


def _all() -> list[type[GatewayError]]:
    for module in pkgutil.walk_packages(gateway.__path__, "gateway."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return sorted({*_kinds(GatewayError)} - {GatewayError}, key=lambda kind: (kind.__module__, kind.__name__))


def _bare(kind: type[GatewayError]) -> GatewayError:
    """An error of which the raiser says only what happened."""
    error = kind.__new__(kind, "it broke")
    GatewayError.__init__(error, "坏了", "it broke")
    vars(error).setdefault("reason", None)
    return error


def test_no_failure_is_told_without_what_is_safe_and_what_next(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = _all()
    assert len(kinds) > 15
    for kind in kinds:
        error = _bare(kind)
        monkeypatch.setenv("LANGUAGE", "zh_CN")
        chinese = error.lines()
        monkeypatch.setenv("LANGUAGE", "en")
        english = error.lines()
        assert [label for label, _ in chinese] == ["错误", "现状", "下一步"], kind
        assert [label for label, _ in english] == ["error", "safe", "next"], kind
        assert all(text.strip() for _, text in (*chinese, *english)), kind
        assert HAN.search(chinese[1][1]), kind
        assert not any(HAN.search(text) for _, text in english), kind


def test_no_class_tells_its_lines_in_its_own_way() -> None:
    """What the test above finds of a bare error holds for every place that raises one."""
    assert not [kind for kind in _all() if {"lines", "what_is_safe", "what_next"} & set(vars(kind))]


def test_what_a_raiser_says_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    error = GatewayError("坏了", "it broke", safe=("未动", "untouched"), next="gateway status")
    assert (error.what_is_safe, error.what_next) == ("untouched", "gateway status")


def test_a_refusal_of_the_machine_is_no_exception() -> None:
    assert len(machine_error(PermissionError(13, "no", "x")).lines()) == 3
