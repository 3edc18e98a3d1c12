"""Travel permits between the mainland and Taiwan."""

from gateway.privacy.recognizers.base import ChineseRecognizer


class TaiwanPermit(ChineseRecognizer):
    """NIA numbering: 8 digits (10 with the issue count) for residents of Taiwan, only where announced, since a count
    looks like that; T/L and 8 digits for residents of the mainland: LOW."""

    ENTITY = "TAIWAN_PERMIT"
    STANDARD = "NIA numbering"
