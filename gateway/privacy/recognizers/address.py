"""Postal addresses down to a house."""

from gateway.privacy.recognizers.base import ChineseRecognizer


class Address(ChineseRecognizer):
    """GB/T 23705-2009 elements: a road, lane, village or estate followed by a house, building, unit or room number.

    MEDIUM; without a number only where announced. Names of divisions, roads or townships alone are no address."""

    ENTITY = "ADDRESS"
    STANDARD = "GB/T 23705-2009"
