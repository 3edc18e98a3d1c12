"""Passports of the mainland."""

from gateway.privacy.recognizers.base import ChineseRecognizer


class Passport(ChineseRecognizer):
    """Numbering of the Exit and Entry Administration: E/G/D/S/P and 8 digits, or E, a letter and 7 digits: MEDIUM.

    Older (14…, 15…) and foreign numbers only where announced. The check digit of ICAO 9303 is no part of it."""

    ENTITY = "CN_PASSPORT"
    STANDARD = "ICAO 9303 / NIA numbering"
