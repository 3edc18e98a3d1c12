"""The first generation of identity cards: 15 digits."""

import re

from gateway.model.finding import Tier
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.recognizers.resident_id import is_date
from gateway.privacy.shapes import Shape


class OldId(ChineseRecognizer):
    """GB 11643-1989: region (GB/T 2260), date of birth YYMMDD, sequence; no check digit, so MEDIUM at most."""

    ENTITY = "CN_OLD_ID"
    STANDARD = "GB 11643-1989"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        return shape.tier if is_date("19" + match["v"][6:12]) else None
