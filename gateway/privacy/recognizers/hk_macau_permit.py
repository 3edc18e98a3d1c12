"""Travel permits between the mainland and Hong Kong or Macau."""

from gateway.privacy.recognizers.base import ChineseRecognizer


class HongKongMacauPermit(ChineseRecognizer):
    """NIA numbering: H/M and 8 digits (10 with the issue count) for residents of Hong Kong and Macau: MEDIUM; C/W and
    8 digits for residents of the mainland: LOW, since worker numbers look like that, MEDIUM where announced."""

    ENTITY = "HK_MACAU_PERMIT"
    STANDARD = "NIA numbering"
