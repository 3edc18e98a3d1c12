"""Vehicle identification numbers."""

import re

from gateway.model.finding import Tier
from gateway.privacy.checks import vin
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.shapes import Shape


class Vin(ChineseRecognizer):
    """GB 16735-2019 (ISO 3779): 17 characters without I, O, Q; the last four are digits; MOD 11 check at the ninth.

    HIGH: valid and of a maker in China (L). MEDIUM: valid, or announced. LOW: of a maker in China. Digits only is
    none."""

    ENTITY = "VIN"
    STANDARD = "GB 16735-2019"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        number = match["v"].upper()
        if number.isdigit():
            return None
        valid, chinese = vin(number), number.startswith("L")
        if valid and chinese:
            return Tier.HIGH
        if valid or shape.announced:
            return Tier.MEDIUM
        return Tier.LOW if chinese and number == match["v"] else None
