"""Presidio, set up so that it loads no model and touches no network: the ``no_op`` engine and our recognizers only.

Importing this module costs two seconds: it is imported when a text has passed the gate, never before."""

from collections.abc import Iterator
from functools import cache

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngineProvider

from gateway.model.finding import Tier
from gateway.privacy.cues import cued
from gateway.privacy.recognizers import CATALOGUE, load
from gateway.privacy.recognizers.base import SCORES, UNANNOUNCED

LANGUAGE = "zh"
ENTITIES = [entry.entity for entry in CATALOGUE]


class HeaderContext(ContextAwareEnhancer):  # type: ignore[misc]  # presidio ships no types
    """Lifts a weak result to MEDIUM where a header announces its entity.

    Presidio's own compares substrings (``ip`` in ``description``) and needs the lemmas that ``no_op`` lacks."""

    def __init__(self) -> None:
        super().__init__(
            context_similarity_factor=0.0,
            min_score_with_context_similarity=SCORES[Tier.MEDIUM],
            context_prefix_count=0,
            context_suffix_count=0,
        )

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """The results, lifted in place."""
        announced = cued(tuple(context or ()))
        for result in raw_results:
            if result.entity_type in announced:
                result.score = max(result.score, SCORES[Tier.MEDIUM])
        return raw_results


@cache
def analyzer() -> AnalyzerEngine:
    """The one engine of this process."""
    configuration = {
        "nlp_engine_name": "no_op",
        "models": [{"lang_code": LANGUAGE, "model_name": "no_op"}],
    }
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=load(), supported_languages=[LANGUAGE]),
        nlp_engine=NlpEngineProvider(nlp_configuration=configuration).create_engine(),
        supported_languages=[LANGUAGE],
        context_aware_enhancer=HeaderContext(),
        default_score_threshold=(UNANNOUNCED + SCORES[Tier.LOW]) / 2,
    )


def analyze(text: str, context: tuple[str, ...]) -> Iterator[tuple[str, Tier, int, int]]:
    """(entity, tier, start, end) of every result in ``text``."""
    for result in analyzer().analyze(text, LANGUAGE, entities=ENTITIES, context=list(context)):
        yield result.entity_type, tier_of(result.score), result.start, result.end


def tier_of(score: float) -> Tier:
    """The tier that a score stands for."""
    if score >= SCORES[Tier.HIGH]:
        return Tier.HIGH
    return Tier.MEDIUM if score >= SCORES[Tier.MEDIUM] else Tier.LOW
