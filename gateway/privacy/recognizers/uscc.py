"""Unified social credit code of organisations: it names a company (or a sole trader, hence a person)."""

import re

from gateway.model.finding import Tier
from gateway.privacy.checks import uscc
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.shapes import Shape


class CreditCode(ChineseRecognizer):
    """GB 32100-2015: registering department, kind, region, organisation code, MOD 31 check.

    HIGH with a valid check; MEDIUM by shape if letters occur (digits only could be anything)."""

    ENTITY = "CN_USCC"
    STANDARD = "GB 32100-2015"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        code = match["v"]
        if uscc(code):
            return Tier.HIGH
        return None if code.isdigit() else Tier.MEDIUM
