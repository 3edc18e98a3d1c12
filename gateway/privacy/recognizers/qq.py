"""QQ numbers."""

from gateway.privacy.recognizers.base import ChineseRecognizer


class QQ(ChineseRecognizer):
    """Tencent's rule for account numbers: 5-11 digits, no leading zero; only where announced: a count looks so."""

    ENTITY = "QQ"
    STANDARD = "QQ account rule"
