"""Hong Kong identity card."""

import re

from gateway.model.finding import Tier
from gateway.privacy.checks import hong_kong_id
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.shapes import Shape


class HongKongId(ChineseRecognizer):
    """Registration of Persons Ordinance (cap. 177) numbering: letters, six digits, MOD 11 check.

    HIGH with the check in brackets and valid; MEDIUM valid without brackets or bracketed and wrong."""

    ENTITY = "HONG_KONG_ID"
    STANDARD = "HKID (cap. 177)"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        bracketed, valid = "(" in match["v"], hong_kong_id(match["v"])
        if bracketed and valid:
            return Tier.HIGH
        return Tier.MEDIUM if bracketed or valid else None
