"""Dates of birth."""

from gateway.privacy.recognizers.base import ChineseRecognizer


class BirthDate(ChineseRecognizer):
    """GB/T 7408 (ISO 8601) and Chinese dates: MEDIUM where announced (出生, 生日, birth…) or before 生; a day from
    1930 to 2012 that is a whole cell is LOW. Other dates, times and months are none."""

    ENTITY = "BIRTH_DATE"
    STANDARD = "GB/T 7408.1-2023"
