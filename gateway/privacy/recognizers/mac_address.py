"""Hardware addresses."""

from gateway.privacy.recognizers.base import ChineseRecognizer


class MacAddress(ChineseRecognizer):
    """IEEE 802 MAC-48: six pairs of hex digits with one kind of separator, or three groups of four: MEDIUM."""

    ENTITY = "MAC_ADDRESS"
    STANDARD = "IEEE 802"
