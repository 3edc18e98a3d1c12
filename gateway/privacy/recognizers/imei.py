"""Numbers of mobile devices."""

import re

from gateway.model.finding import Tier
from gateway.privacy.checks import luhn
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.shapes import Shape


class Imei(ChineseRecognizer):
    """3GPP TS 23.003: 15 digits, reporting body 35, 86, 01 or 99, Luhn check: MEDIUM; other bodies where announced."""

    ENTITY = "IMEI"
    STANDARD = "3GPP TS 23.003"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        if not luhn(match["v"]):
            return None
        return shape.tier or Tier.LOW
