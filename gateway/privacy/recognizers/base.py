"""What all recognizers share: Presidio's interface over the table of shapes, with tiers instead of free scores.

A recognizer names its entity, its standard and version, and judges each match: a tier, or None where digits, ranges or
tables say that it is something else."""

import re
from typing import ClassVar

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from gateway.model.finding import Tier
from gateway.privacy.cues import CUES
from gateway.privacy.shapes import Shape, of

SCORES = {Tier.HIGH: 1.0, Tier.MEDIUM: 0.6, Tier.LOW: 0.3}
UNANNOUNCED = 0.1
"""The score of a shape that says nothing without a header; below the engine's threshold."""


class ChineseRecognizer(EntityRecognizer):  # type: ignore[misc]  # presidio ships no types
    """A recognizer for language ``zh`` whose shapes stand in :mod:`gateway.privacy.shapes`."""

    ENTITY: ClassVar[str]
    VERSION: ClassVar[str] = "1.0"
    STANDARD: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__(
            supported_entities=[self.ENTITY],
            name=type(self).__name__,
            supported_language="zh",
            version=self.VERSION,
            context=list(CUES.get(self.ENTITY, ())),
        )

    def load(self) -> None:
        """Nothing to load: no model, no file, no network."""

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """How sure a match is; None: it is something else. Shapes that need announcing come with tier None."""
        return shape.tier or Tier.LOW

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Every match that ``judge`` lets stand; a shape that needs announcing scores below the threshold."""
        results = []
        for shape in of(self.ENTITY):
            for match in shape.pattern.finditer(text):
                tier = self.judge(match, shape)
                if tier is not None:
                    quiet = shape.tier is None
                    results.append(self.result(*match.span("v"), UNANNOUNCED if quiet else SCORES[tier]))
        return results

    def result(self, start: int, end: int, score: float) -> RecognizerResult:
        """A result of this recognizer."""
        return RecognizerResult(
            self.ENTITY,
            start,
            end,
            score,
            recognition_metadata={
                RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
            },
        )
