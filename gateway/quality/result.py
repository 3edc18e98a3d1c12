"""What a suite found: counts and wordings, never a value of the data nor a confidential threshold."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """What a failure means for the release."""

    BLOCKING = "blocking"
    WARNING = "warning"


class About(StrEnum):
    """What a suite looks at."""

    TABLE = "table"
    FEED = "feed"


class Topic(StrEnum):
    """Under which heading an expectation stands on the page."""

    READING = "reading"
    STRUCTURE = "structure"
    RANGES = "ranges"
    MARKS = "marks"
    CONFIDENTIALITY = "confidentiality"
    TOTALS = "totals"
    CHANGE = "change"

    @property
    def wording(self) -> tuple[str, str]:
        """The heading, Chinese and English."""
        return _TOPICS[self]


_TOPICS = {
    Topic.READING: ("读取与拒收", "Reading and refusals"),
    Topic.STRUCTURE: ("行、类型与代码", "Rows, types and codes"),
    Topic.RANGES: ("取值范围", "Ranges"),
    Topic.MARKS: ("状态标记", "Status marks"),
    Topic.CONFIDENTIALITY: ("保密", "Confidentiality"),
    Topic.TOTALS: ("合计与来源", "Totals and source"),
    Topic.CHANGE: ("与上月比较", "Change on the month before"),
}


class Reason(StrEnum):
    """Why an expectation passed or failed."""

    HOLDS = "holds"
    UNEXPECTED = "unexpected"
    NOTHING_CHECKED = "nothing_checked"
    MISSING_COLUMN = "missing_column"
    PARAMETER = "parameter"
    NOT_UNDERSTOOD = "not_understood"
    RAISED = "raised"

    @property
    def wording(self) -> tuple[str, str]:
        """For a steward, Chinese and English."""
        return _REASONS[self]


_REASONS = {
    Reason.HOLDS: ("符合", "holds"),
    Reason.UNEXPECTED: ("有不符的内容", "something is not as expected"),
    Reason.NOTHING_CHECKED: ("没有可核对的内容", "there was nothing to check"),
    Reason.MISSING_COLUMN: ("缺少所需的列", "a column that it needs is missing"),
    Reason.PARAMETER: ("所需的参数缺失或不是数字", "a parameter that it needs is missing or not a number"),
    Reason.NOT_UNDERSTOOD: ("要求的种类或写法无法识别", "its kind or its arguments are not understood"),
    Reason.RAISED: ("核对中断", "the check broke off"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectationResult:
    """One expectation. ``checked`` values (rows for an expectation on the whole), of them ``unexpected``."""

    id: str
    kind: str
    column: str
    zh: str
    en: str
    topic: Topic
    severity: Severity
    reason: Reason
    checked: int
    unexpected: int

    @property
    def passed(self) -> bool:
        """Whether it holds."""
        return self.reason is Reason.HOLDS

    @property
    def blocks(self) -> bool:
        """Whether the release may not go on."""
        return not self.passed and self.severity is Severity.BLOCKING


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteResult:
    """One suite over one frame. A suite without expectations has not succeeded."""

    name: str
    zh: str
    en: str
    about: About
    results: tuple[ExpectationResult, ...]

    @property
    def success(self) -> bool:
        """Whether nothing in it blocks."""
        return bool(self.results) and not any(result.blocks for result in self.results)

    @property
    def passed(self) -> int:
        """How many expectations hold."""
        return sum(result.passed for result in self.results)

    @property
    def failures(self) -> tuple[ExpectationResult, ...]:
        """The expectations that do not hold."""
        return tuple(result for result in self.results if not result.passed)

    def as_document(self) -> dict[str, Any]:
        """For the quality certificate: JSON of names and counts, the same for the same findings."""
        return {
            "suite": self.name,
            "success": self.success,
            "results": [
                {
                    "id": r.id,
                    "kind": r.kind,
                    "column": r.column,
                    "passed": r.passed,
                    "severity": r.severity.value,
                    "reason": r.reason.value,
                    "checked": r.checked,
                    "unexpected": r.unexpected,
                }
                for r in self.results
            ],
        }
