"""Unified social credit code of organisations: it names a company (or a sole trader, hence a person)."""

import re

from gateway.model.finding import Tier
from gateway.privacy.checks import uscc
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.shapes import Shape


class CreditCode(ChineseRecognizer):
    """GB 32100-2015: registering department, kind, region, organisation code, MOD 31 check.

    HIGH with a valid check, inside a longer token as well; LOW by shape if letters occur (digits only could be
    anything), MEDIUM where announced."""

    ENTITY = "CN_USCC"
    STANDARD = "GB 32100-2015"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        code = match["v"]
        start, end = match.span("v")
        within = match.string[start - 1 : start].isdigit() or match.string[end : end + 1].isdigit()
        if uscc(code) and not (code.isdigit() and within):
            return Tier.HIGH
        if shape.announced:
            return Tier.MEDIUM
        return None if code.isdigit() or shape.tier is Tier.LOW else Tier.LOW
