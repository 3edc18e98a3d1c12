"""Internet addresses."""

import ipaddress
import re

from gateway.model.finding import Tier
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.shapes import Shape


class IpAddress(ChineseRecognizer):
    """RFC 791, RFC 4291: an address that could be somebody's: MEDIUM. Loopback, unspecified and multicast are none;
    four single digits (a section or version number) are LOW, and so is one after the word version."""

    ENTITY = "IP_ADDRESS"
    STANDARD = "RFC 791, RFC 4291"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        try:
            address = ipaddress.ip_address(match["v"])
        except ValueError:
            return None
        if address.is_loopback or address.is_unspecified or address.is_multicast:
            return None
        before = match.string[max(0, match.start("v") - 8) : match.start("v")].lower()
        version = before.rstrip(" :=").endswith(("v", "version", "版本", "版本号"))
        return Tier.LOW if version or len(match["v"]) == len("1.1.1.1") else Tier.MEDIUM
