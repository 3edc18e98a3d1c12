"""Payment cards."""

import re

from gateway.model.finding import Tier
from gateway.privacy.checks import luhn
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.shapes import Shape

UNIONPAY = ("62", *(f"81{n}" for n in range(8)))
DOMESTIC = (
    # cards of mainland banks outside 62: prefixes as printed on cards in circulation, all UnionPay acceptance
    *(
        "95588",
        "95595",
        "95596",
        "95599",
        "955880",
        "955881",
        "955882",
        "955888",
        "900000",
        "900010",
        "966666",
        "940034",
    ),
    *("601428", "602907", "602969", "603265", "603367", "603506", "603601", "603694", "603708", "690755", "685800"),
    *("405512", "415599", "421349", "421393", "421437", "427018", "427020", "427028", "434061", "434062", "436718"),
    *("436728", "436738", "436742", "436745", "436748", "438088", "442729", "442730", "453242", "456351", "458123"),
    *("458441", "468203", "472067", "472068", "489592", "491031", "510529", "520169", "521899", "522001", "524094"),
    *("526410", "526855", "527414", "532450", "532458", "544033", "544243", "548259", "552599", "552801", "558730"),
)


class BankCard(ChineseRecognizer):
    """ISO/IEC 7812-1 with UnionPay (62, 810-817) and older domestic issuer numbers; Luhn check.

    HIGH: a known issuer and a valid check. MEDIUM: another scheme's 14-16 digits with a valid check. LOW: UnionPay's
    prefix and length, check wrong. A header or word that announces it makes any of them MEDIUM."""

    ENTITY = "CN_BANK_CARD"
    STANDARD = "ISO/IEC 7812-1"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        number, valid = match["v"], luhn(match["v"])
        if valid and number.startswith((*UNIONPAY, *DOMESTIC)):
            return Tier.HIGH
        if valid and number[0] in "345" and 14 <= len(number) <= 16:
            return Tier.MEDIUM
        if shape.tier is not Tier.LOW:
            return shape.tier or Tier.LOW
        return Tier.LOW if number.startswith(UNIONPAY) else None
