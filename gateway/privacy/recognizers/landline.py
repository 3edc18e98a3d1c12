"""Fixed-line telephone numbers with an area code."""

from gateway.privacy.recognizers.base import ChineseRecognizer


class Landline(ChineseRecognizer):
    """ITU-T E.164 (+86) fixed lines: area code 010, 02x, 03xx-09xx and 7-8 digits that begin with 2-8: MEDIUM.

    Without an area code only under a header or after a word that announces it."""

    ENTITY = "CN_LANDLINE"
    STANDARD = "ITU-T E.164 (+86)"
