"""Organisation codes, the older number of a legal entity."""

import re

from gateway.model.finding import Tier
from gateway.privacy.checks import org_code
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.shapes import Shape


class OrgCode(ChineseRecognizer):
    """GB 11714-1997: eight characters and a check character, MOD 11.

    HIGH: written with its hyphen, valid check, at least three digits or MA at the head, and no date. Otherwise only
    where announced."""

    ENTITY = "CN_ORG_CODE"
    STANDARD = "GB 11714-1997"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        code = match["v"]
        if shape.tier is not Tier.LOW:
            return shape.tier or Tier.LOW
        dated = re.match(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])", code)
        written = (code.startswith("MA") or sum(c.isdigit() for c in code[:8]) >= 3) and not dated
        return Tier.HIGH if written and org_code(code) else None
