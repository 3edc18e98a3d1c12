"""Runs a suite over a frame. An expectation holds only if it was understood, had its columns and thresholds, was
evaluated without an error and checked what it had to check; everything else has failed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gateway.base.errors import QualityError
from gateway.quality import engine
from gateway.quality.engine import Outcome, Question
from gateway.quality.result import ExpectationResult, Reason, SuiteResult
from gateway.quality.suite import Expectation, UnresolvedError, read_suite

if TYPE_CHECKING:
    import pandas as pd

MAX_ROWS = 50_000
"""The largest frame a suite looks at (DESIGN, decision 14)."""


def run_suite(
    suite: bytes | Mapping[str, Any], frame: "pd.DataFrame", parameters: Mapping[str, float] | None = None
) -> SuiteResult:
    """``suite`` (a file's bytes, or its JSON) over ``frame``. ``parameters``: the confidential thresholds by name.

    Raises ConfigurationError for a file that is not a suite, QualityError for a frame of more than MAX_ROWS rows."""
    read = read_suite(suite)
    if len(frame) > MAX_ROWS:
        raise QualityError(
            f"检验 {read.name}：数据有 {len(frame)} 行，超过检验允许的 {MAX_ROWS} 行",
            f"suite {read.name}: {len(frame)} rows, more than the {MAX_ROWS} that a suite looks at",
            safe=("没有检验任何数据，批次不能继续", "nothing was checked; the release can't go on"),
            next=("缩小表的维度或层级后重新运行", "declare fewer levels in the table and run again"),
        )
    reasons: dict[str, Reason] = {}
    questions: list[Question] = []
    for expectation in read.expectations:
        asked = _question(expectation, frozenset(map(str, frame.columns)), parameters or {})
        if isinstance(asked, Reason):
            reasons[expectation.meta.id] = asked
        else:
            questions.append(asked)
    outcomes = engine.evaluate(frame, questions)
    results = tuple(_result(e, reasons.get(e.meta.id), outcomes.get(e.meta.id), len(frame)) for e in read.expectations)
    return SuiteResult(name=read.name, zh=read.meta.zh, en=read.meta.en, about=read.meta.about, results=results)


def _question(expectation: Expectation, columns: frozenset[str], parameters: Mapping[str, float]) -> Question | Reason:
    """What to ask, or why it can't be asked."""
    if not columns.issuperset(expectation.columns):
        return Reason.MISSING_COLUMN
    try:
        arguments = expectation.arguments(parameters)
    except UnresolvedError:
        return Reason.PARAMETER
    question = Question(id=expectation.meta.id, kind=expectation.type, arguments=arguments)
    return question if engine.understood(question) else Reason.NOT_UNDERSTOOD


def _result(expectation: Expectation, problem: Reason | None, outcome: Outcome | None, rows: int) -> ExpectationResult:
    found = outcome or engine.BROKEN
    if problem is not None or found.holds is None:
        reason, checked, unexpected = problem or Reason.RAISED, 0, 0
    else:
        checked = rows if found.checked is None else found.checked
        unexpected = int(not found.holds) if found.unexpected is None else found.unexpected
        reason = _reason(expectation, found.holds and unexpected == 0, checked)
    return ExpectationResult(
        id=expectation.meta.id,
        kind=expectation.type,
        column=", ".join(expectation.columns),
        zh=expectation.meta.zh,
        en=expectation.meta.en,
        topic=expectation.meta.topic,
        severity=expectation.meta.severity,
        reason=reason,
        checked=checked,
        unexpected=unexpected,
    )


def _reason(expectation: Expectation, holds: bool, checked: int) -> Reason:
    """``holds`` without exception: a share of tolerated exceptions (``mostly``) is not for a suite to grant."""
    if not holds:
        return Reason.UNEXPECTED
    return Reason.HOLDS if checked >= expectation.least else Reason.NOTHING_CHECKED
