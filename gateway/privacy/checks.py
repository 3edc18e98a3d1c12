"""Check digits: pure arithmetic, each after its standard. A wrong length or a foreign character is simply not valid."""

import re

_RIC_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RIC_CHECKS = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORG_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_VIN_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ", (*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)), strict=True
    )
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_TW_REGIONS = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))


def resident_id(number: str) -> bool:
    """GB 11643-1999 (ISO 7064 MOD 11-2): 17 digits and a check character 0-9 or X."""
    body, check = number[:17], number[17:].upper()
    if len(number) != 18 or not _digits(body):
        return False
    return _RIC_CHECKS[sum(int(d) * w for d, w in zip(body, _RIC_WEIGHTS, strict=True)) % 11] == check


def luhn(number: str) -> bool:
    """ISO/IEC 7812-1 annex B: payment cards, IMEI."""
    if not _digits(number):
        return False
    total = sum(int(d) for d in number[-1::-2])
    return (total + sum(sum(divmod(2 * int(d), 10)) for d in number[-2::-2])) % 10 == 0


def uscc(code: str) -> bool:
    """GB 32100-2015: 17 characters and a check character, modulo 31."""
    values = [_USCC_ALPHABET.find(c) for c in code.upper()]
    if len(values) != 18 or min(values) < 0:
        return False
    return (31 - sum(v * w for v, w in zip(values, _USCC_WEIGHTS, strict=False)) % 31) % 31 == values[17]


def org_code(code: str) -> bool:
    """GB 11714-1997: 8 characters and a check character 0-9 or X, modulo 11; a hyphen before it is optional."""
    text = code.upper().replace("-", "")
    values = [_ORG_ALPHABET.find(c) for c in text[:8]]
    if len(text) != 9 or min(values) < 0:
        return False
    rest = 11 - sum(v * w for v, w in zip(values, _ORG_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest)) == text[8]


def vin(number: str) -> bool:
    """GB 16735-2019 (ISO 3779): 17 characters without I, O, Q; the ninth is the check, modulo 11."""
    text = number.upper()
    if len(text) != 17 or not set(text) <= _VIN_VALUES.keys():
        return False
    rest = sum(_VIN_VALUES[c] * w for c, w in zip(text, _VIN_WEIGHTS, strict=True)) % 11
    return text[8] == ("X" if rest == 10 else str(rest))


def hong_kong_id(number: str) -> bool:
    """HKID: one or two letters, six digits, a check character 0-9 or A, modulo 11."""
    match = re.fullmatch(r"([A-Z]{1,2}[0-9]{6})(?:\(([0-9A])\)|([0-9A]))", number.upper())
    if not match:
        return False
    text = (match[1] + (match[2] or match[3])).rjust(9)
    values = [36 if c == " " else _ORG_ALPHABET.find(c) for c in text]
    return sum(v * w for v, w in zip(values, range(9, 0, -1), strict=True)) % 11 == 0


def taiwan_id(number: str) -> bool:
    """The Taiwan identity card: a letter for the county, nine digits, modulo 10."""
    text = number.upper()
    if len(text) != 10 or text[0] not in _TW_REGIONS or not _digits(text[1:]):
        return False
    head = divmod(_TW_REGIONS[text[0]], 10)
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(v * w for v, w in zip((*head, *map(int, text[1:])), weights, strict=True)) % 10 == 0


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
