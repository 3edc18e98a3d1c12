"""Made-up personal identifiers that pass the checks a real one passes.

Resident identity numbers: GB 11643-1999, check character by ISO 7064 MOD 11-2.
Bank cards: UnionPay prefix 62, 16 to 19 digits, check digit by ISO/IEC 7812-1 annex B (Luhn).
Mobile numbers: 11 digits, 1, then 3 to 9, then nine digits.
"""

from functools import partial

import numpy as np
import pyarrow as pa

from gateway.demo.platform.cells import ByteRows, Ints, date_rows, digits, mosaic, strings, weighted

_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int32)
_ID_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_YMD = [0, 1, 2, 3, 5, 6, 8, 9]
_ZERO = np.uint8(ord("0"))
_CARD_LENGTHS = (16, 17, 18, 19)
_CARD_LENGTH_WEIGHTS = (0.14, 0.01, 0.01, 0.84)


def sequence_numbers(region: Ints, birth: Ints, male: Ints) -> Ints:
    """Three-digit sequence numbers, odd for men, that make (region, birth date, sequence) unique.

    Unique up to 500 persons of one sex, region and day, which no made-up extract reaches.
    """
    key = (region * 200_000 + birth + 100_000) * 2 + male
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    rank = np.empty(len(key), dtype=np.int64)
    rank[order] = np.arange(len(key)) - np.repeat(starts, np.diff(np.append(starts, len(key))))
    return (rank * 7 + key * 31) % 500 * 2 + male


def resident_ids(region: Ints, birth: Ints, sequence: Ints) -> pa.Array:
    """18-character numbers; region: six-digit code, birth: days since 1970-01-01, sequence: 0 to 999."""
    matrix = np.empty((len(region), 18), dtype=np.uint8)
    matrix[:, :6] = digits(region, 6)
    matrix[:, 6:14] = date_rows(birth)[:, _YMD]
    matrix[:, 14:17] = digits(sequence, 3)
    total = (matrix[:, :17] - _ZERO).astype(np.int32) @ _ID_WEIGHTS
    matrix[:, 17] = _ID_CHECKS[total % 11]
    return strings(matrix)


def luhn_rows(payload: ByteRows) -> ByteRows:
    """The payload with its check digit appended."""
    figures = (payload - _ZERO).astype(np.int16)
    doubled = figures[:, ::-1][:, ::2] * 2
    total = figures[:, ::-1][:, 1::2].sum(axis=1) + (doubled - 9 * (doubled > 9)).sum(axis=1)
    check = (10 - total % 10) % 10
    return np.column_stack((payload, check.astype(np.uint8) + _ZERO))


def bank_cards(rng: np.random.Generator, count: int) -> pa.Array:
    """Card numbers of 16 to 19 digits, most of 19."""
    length = 16 + weighted(rng, _CARD_LENGTH_WEIGHTS, count)

    def of_length(width: int, rows: Ints) -> pa.Array:
        payload = np.empty((len(rows), width - 1), dtype=np.uint8)
        payload[:, :2] = np.frombuffer(b"62", dtype=np.uint8)
        payload[:, 2:] = digits(rng.integers(0, 10 ** (width - 3), len(rows)), width - 3)
        return strings(luhn_rows(payload))

    return mosaic(length, {width: partial(of_length, width) for width in _CARD_LENGTHS})


def mobile_numbers(rng: np.random.Generator, count: int) -> Ints:
    """Mobile numbers as numbers of 11 digits."""
    return rng.integers(13_000_000_000, 20_000_000_000, count)
