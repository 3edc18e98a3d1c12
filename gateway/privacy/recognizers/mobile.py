"""Mobile telephone numbers of the mainland."""

from gateway.privacy.recognizers.base import ChineseRecognizer


class Mobile(ChineseRecognizer):
    """ITU-T E.164, country code 86, numbering plan of the MIIT: 1, 3-9, nine more digits. No check digit: MEDIUM."""

    ENTITY = "CN_MOBILE"
    STANDARD = "ITU-T E.164 (+86)"
