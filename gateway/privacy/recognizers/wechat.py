"""WeChat accounts."""

import re

from gateway.model.finding import Tier
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.shapes import Shape


class WeChat(ChineseRecognizer):
    """Tencent's rule for account names: a letter, then 5-19 letters, digits, ``_`` or ``-``.

    HIGH: ``wxid_…``. MEDIUM after 微信, VX and the like, LOW there if it is letters only and no colon precedes."""

    ENTITY = "WECHAT"
    STANDARD = "WeChat account rule"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        if shape.tier is not Tier.MEDIUM:
            return shape.tier or Tier.LOW
        spoken = match.string[match.start() : match.start("v")]
        plain = match["v"].isalpha() and not set(spoken) & set(":：=是为号")
        return Tier.LOW if plain else Tier.MEDIUM
