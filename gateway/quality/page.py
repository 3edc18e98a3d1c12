"""The validation page: one HTML file that a data steward and the bureau read; it opens on a machine without network.

Chinese first. Counts and wordings only. The same results give the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.model.period import Period
from gateway.quality.result import ExpectationResult, SuiteResult, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Whose results these are: the release's id, the month that the data are about, who provides them."""

    release: str
    period: Period
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    number: int
    zh: str
    en: str
    success: bool
    passed: int
    total: int
    topics: tuple[tuple[Topic, tuple[ExpectationResult, ...]], ...]


def page(results: Sequence[SuiteResult], heading: Heading) -> bytes:
    """The page for ``results`` in their order, UTF-8. Without any suite, the release is shown as blocked."""
    from jinja2 import Environment, StrictUndefined

    from gateway.quality.template import TEMPLATE

    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    text = environment.from_string(TEMPLATE).render(heading=heading, **_content(results))
    return text.lstrip().encode()


def _content(results: Sequence[SuiteResult]) -> dict[str, Any]:
    sections = [_section(number, suite) for number, suite in enumerate(results, start=1)]
    failures = [
        (section, failure)
        for section, suite in zip(sections, results, strict=True)
        for failure in sorted(suite.failures, key=lambda result: not result.blocks)
    ]
    blocking = sum(failure.blocks for _, failure in failures) + sum(not suite.results for suite in results)
    return {
        "suites": sections,
        "failures": failures,
        "blocked": not results or not all(suite.success for suite in results),
        "failed_blocking": blocking,
        "warnings": sum(not failure.blocks for _, failure in failures),
        "passed": sum(section.passed for section in sections),
        "total": sum(section.total for section in sections),
    }


def _section(number: int, suite: SuiteResult) -> _Section:
    topics = [(topic, tuple(r for r in suite.results if r.topic is topic)) for topic in Topic]
    return _Section(
        number=number,
        zh=suite.zh,
        en=suite.en,
        success=suite.success,
        passed=suite.passed,
        total=len(suite.results),
        topics=tuple((topic, found) for topic, found in topics if found),
    )
