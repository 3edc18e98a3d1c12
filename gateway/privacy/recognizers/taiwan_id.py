"""Taiwan identity card."""

import re

from gateway.model.finding import Tier
from gateway.privacy.checks import taiwan_id
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.shapes import Shape


class TaiwanId(ChineseRecognizer):
    """A letter for the county, 1 or 2 for the sex, eight digits, MOD 10 check: MEDIUM if valid (one in ten is)."""

    ENTITY = "TAIWAN_ID"
    STANDARD = "Taiwan national ID"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        return Tier.MEDIUM if taiwan_id(match["v"]) else None
