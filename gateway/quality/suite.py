"""A suite's file: ``expectations/<name>.json`` in Great Expectations' own form, with what a steward needs in ``meta``.

Strict: an unknown key, a second expectation of the same id, NaN or a wording that is missing refuses the whole file.
Thresholds are confidential and so not in the file: it names them as ``{"$PARAMETER": "name"}`` and they are put in
here, only as whole arguments and only as finite numbers. (Great Expectations' own substitution also evaluates
expressions, takes defaults from the file, and lets a missing bound mean no bound.)"""

import json
import math
from collections.abc import Mapping
from typing import Any

from pydantic import Field, ValidationError, model_validator

from gateway.base.errors import ConfigurationError
from gateway.model.table import Declaration, Name
from gateway.quality.result import About, Severity, Topic

PARAMETER = "$PARAMETER"
_CONDITIONS = ("comparison", "nullity")


class UnresolvedError(ValueError):
    """An argument that no parameter answers. Carries no value."""


class ExpectationMeta(Declaration):
    """``at_least``: how many values must have been checked for the expectation to hold. One where a row condition
    picks the rows, because a condition that fits no row checks nothing."""

    id: Name
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    topic: Topic
    severity: Severity
    at_least: int = Field(default=0, ge=0)


class Expectation(Declaration):
    """One expectation: Great Expectations' type and arguments."""

    type: str = Field(min_length=1)
    kwargs: dict[str, Any]
    meta: ExpectationMeta

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names, each once, in the order of its arguments."""
        names: list[str] = []
        for key in ("column", "column_A", "column_B"):
            names += [self.kwargs[key]] if key in self.kwargs else []
        names += self.kwargs.get("column_list", [])
        if self.condition is not None:
            names.append(self.condition["column"]["name"])
        return tuple(dict.fromkeys(str(name) for name in names))

    @property
    def condition(self) -> dict[str, Any] | None:
        """Which rows it looks at, None for all."""
        condition: dict[str, Any] | None = self.kwargs.get("row_condition")
        return condition

    @property
    def least(self) -> int:
        """How many values it must have checked."""
        return max(self.meta.at_least, 1 if self.condition is not None else 0)

    @property
    def parameters(self) -> frozenset[str]:
        """The names of the thresholds that it needs."""
        return frozenset(str(v.get(PARAMETER)) for v in self.kwargs.values() if _is_reference(v))

    def arguments(self, parameters: Mapping[str, float]) -> dict[str, Any]:
        """Its arguments with the thresholds put in. Raises UnresolvedError."""
        return {
            key: _number(value, parameters) if _is_reference(value) else value for key, value in self.kwargs.items()
        }

    @model_validator(mode="after")
    def _fits(self) -> "Expectation":
        condition = self.kwargs.get("row_condition")
        if condition is not None:
            column = condition.get("column") if isinstance(condition, dict) else None
            if not isinstance(column, dict) or condition.get("type") not in _CONDITIONS or "name" not in column:
                raise ValueError("a row condition compares one column, or asks whether it is empty")
        if not isinstance(self.kwargs.get("column_list", []), list):
            raise ValueError("column_list is a list of columns")
        return self


class SuiteMeta(Declaration):
    """The suite's heading on the page."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    about: About


class Suite(Declaration):
    """A suite's file."""

    name: Name
    meta: SuiteMeta
    expectations: tuple[Expectation, ...]

    @property
    def parameters(self) -> frozenset[str]:
        """The names of the thresholds that it needs."""
        return frozenset().union(*(e.parameters for e in self.expectations))

    @model_validator(mode="after")
    def _fits(self) -> "Suite":
        ids = [e.meta.id for e in self.expectations]
        if len(ids) != len(set(ids)):
            raise ValueError("an id stands for two expectations")
        return self


def read_suite(suite: bytes | Mapping[str, Any]) -> Suite:
    """The suite in a file's bytes, or already read from JSON. Raises ConfigurationError."""
    try:
        content = json.loads(suite, parse_constant=_refuse) if isinstance(suite, bytes) else suite
        return Suite.model_validate(content)
    except ValidationError as error:
        # sorted places only: pydantic's text would repeat the file's content
        places = sorted({".".join(map(str, problem["loc"])) or "*" for problem in error.errors()})
        raise _malformed(", ".join(places[:5])) from None
    except ValueError:
        raise _malformed("JSON") from None


def _malformed(where: str) -> ConfigurationError:
    return ConfigurationError(
        f"检验规则文件无法识别：{where}",
        f"an expectation suite is not understood: {where}",
        safe=("没有检验任何数据，批次不能继续", "nothing was checked; the release can't go on"),
        next=("改正 expectations/ 下的文件后重新运行", "correct the file in expectations/ and run again"),
    )


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and any(str(key).startswith("$") for key in value)


def _number(reference: Mapping[str, Any], parameters: Mapping[str, float]) -> float:
    value = parameters.get(str(reference[PARAMETER])) if set(reference) == {PARAMETER} else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UnresolvedError("no finite number")
    return value
