"""Resident identity card, residence permits, foreign permanent residents: 18 characters."""

import re
from datetime import date

from gateway.model.finding import Tier
from gateway.privacy.checks import resident_id
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.shapes import Shape


class ResidentId(ChineseRecognizer):
    """GB 11643-1999: region (GB/T 2260; 810000, 820000, 830000 residence permits; 9… foreign permanent residents),
    date of birth, sequence, MOD 11-2 check.

    HIGH with a valid check, also inside a longer run of digits; MEDIUM by shape and date where it stands alone, and
    where it is announced (身份证号…), whatever its digits."""

    ENTITY = "CN_RESIDENT_ID"
    STANDARD = "GB 11643-1999"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        number = match["v"]
        if (shape.announced or shape.tier is None) and not resident_id(number):
            old = len(number) == 15 and is_date("19" + number[6:12])  # that is another recognizer's
            return None if old else shape.tier or Tier.LOW
        if not is_date(number[6:14]):
            return None
        if resident_id(number):
            return Tier.HIGH
        start, end = match.span("v")
        text = match.string
        alone = not (start and text[start - 1].isdigit()) and not text[end : end + 1].isdigit()
        return Tier.MEDIUM if alone else None


def is_date(digits: str) -> bool:
    """Whether YYYYMMDD is a day of the calendar."""
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True
