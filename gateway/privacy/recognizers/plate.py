"""Vehicle registration plates."""

import re

from gateway.model.finding import Tier
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.shapes import Shape


class Plate(ChineseRecognizer):
    """GA 36-2018: province, authority letter, five characters (six for new energy, 挂学警港澳 at the end): MEDIUM.

    At least two digits, so that a word in capitals after a province's short name is none."""

    ENTITY = "CN_PLATE"
    STANDARD = "GA 36-2018"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        return Tier.MEDIUM if sum(c.isdigit() for c in match["v"]) >= 2 else None
