"""A suite's result as it would stand without any data: for the wording of the page alone."""

from gateway.quality.result import ExpectationResult, Reason, SuiteResult
from gateway.quality.suite import Suite


def blank_result(suite: Suite) -> SuiteResult:
    """Every expectation of ``suite`` as held, over nothing."""
    results = tuple(
        ExpectationResult(
            id=expectation.meta.id,
            kind=expectation.type,
            column=", ".join(expectation.columns),
            zh=expectation.meta.zh,
            en=expectation.meta.en,
            topic=expectation.meta.topic,
            severity=expectation.meta.severity,
            reason=Reason.HOLDS,
            checked=0,
            unexpected=0,
        )
        for expectation in suite.expectations
    )
    return SuiteResult(name=suite.name, zh=suite.meta.zh, en=suite.meta.en, about=suite.meta.about, results=results)
