"""Names of persons."""

from presidio_analyzer import RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from gateway.privacy.names import candidates
from gateway.privacy.recognizers.base import SCORES, UNANNOUNCED, ChineseRecognizer


class PersonName(ChineseRecognizer):
    """The surname rule and model of :mod:`gateway.privacy.names`: MEDIUM for three characters, beside a word such as
    联系人 or 先生, or under a header; LOW for a name of two that nothing announces."""

    ENTITY = "PERSON_NAME"
    VERSION = "2.0"
    STANDARD = "surname rule"

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """The rule's candidates; those that need a header score below the threshold."""
        sure = {(start, end): tier for start, end, tier in candidates(text, announced=False)}
        results = [self.result(start, end, SCORES[tier]) for (start, end), tier in sure.items()]
        for start, end, _ in candidates(text, announced=True):
            if (start, end) not in sure:
                results.append(self.result(start, end, UNANNOUNCED))
        return results
