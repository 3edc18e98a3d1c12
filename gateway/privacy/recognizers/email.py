"""Mail addresses."""

from gateway.privacy.recognizers.base import ChineseRecognizer


class Email(ChineseRecognizer):
    """RFC 5321 mailbox in ASCII, found beside Chinese text; no look-up of domains (nothing here uses the network)."""

    ENTITY = "EMAIL"
    STANDARD = "RFC 5321"
