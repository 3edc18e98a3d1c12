"""Presidio as it comes, for Chinese, without a model: its predefined recognizers on the ``no_op`` engine."""

from functools import cache

import tldextract.tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngineProvider

# its EmailRecognizer would ask the network for a list of domains; the copy in the package does
tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())


@cache
def _analyzer() -> AnalyzerEngine:
    engine = {"nlp_engine_name": "no_op", "models": [{"lang_code": "zh", "model_name": "no_op"}]}
    registry = RecognizerRegistry(supported_languages=["zh"])
    registry.load_predefined_recognizers(languages=["zh"])
    registry.remove_recognizer("SpacyRecognizer")  # it needs a model
    return AnalyzerEngine(
        registry=registry,
        nlp_engine=NlpEngineProvider(nlp_configuration=engine).create_engine(),
        supported_languages=["zh"],
    )


def spans(text: str) -> list[tuple[int, int]]:
    """Where it finds anything, at its default threshold."""
    return [(r.start, r.end) for r in _analyzer().analyze(text, "zh")]
