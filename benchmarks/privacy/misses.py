"""What is not an identifier though it looks like one: one rule of the standard broken, or a figure of a statistic."""

from collections.abc import Callable
from random import Random

from benchmarks.privacy import standards as s


def _wrong_digit(value: str, rng: Random, place: int) -> str:
    return value[:place] + rng.choice([d for d in "0123456789" if d != value[place]]) + value[place + 1 :]


def no_such_day(rng: Random) -> str:
    """An ID number whose date of birth is no day."""
    value = s.resident_id(rng)
    return value[:10] + rng.choice(("1301", "0231", "0000", "1132", "0630"[:2] + "31")) + value[14:]


def no_such_province(rng: Random) -> str:
    """An ID number of a province that does not exist."""
    return rng.choice(("00", "10", "29", "38", "47", "56", "68", "79")) + s.resident_id(rng)[2:]


def one_digit_short(rng: Random) -> str:
    """17 digits."""
    return s.resident_id(rng)[:17]


def wrong_card(rng: Random) -> str:
    """A card number that fails Luhn."""
    return _wrong_digit(s.bank_card(rng), rng, -1 + 10)


def wrong_credit_code(rng: Random) -> str:
    """A credit code that fails modulo 31."""
    value = s.uscc(rng)
    return value[:-1] + rng.choice([c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if c != value[-1]])


def wrong_org_code(rng: Random) -> str:
    """An organisation code that fails modulo 11."""
    value = s.org_code(rng)
    return value[:-1] + rng.choice([c for c in "0123456789X" if c != value[-1]])


def wrong_vin(rng: Random) -> str:
    """A VIN with another check."""
    value = s.vin(rng)
    return value[:8] + rng.choice([c for c in "0123456789X" if c != value[8]]) + value[9:]


def wrong_imei(rng: Random) -> str:
    """An IMEI that fails Luhn, and that is no old ID."""
    value = "86" + s.imei(rng)[2:14]
    return value + str((int(s.luhn_check(value)) + rng.randint(1, 9)) % 10)


def wrong_hong_kong_id(rng: Random) -> str:
    """Without brackets, check wrong."""
    value = s.hong_kong_id(rng).replace("(", "").replace(")", "")
    return value[:-1] + rng.choice([c for c in "0123456789" if c != value[-1]])


def wrong_taiwan_id(rng: Random) -> str:
    """Check wrong."""
    return _wrong_digit(s.taiwan_id(rng), rng, 9)


def no_such_old_day(rng: Random) -> str:
    """15 digits with a month that does not exist."""
    return s.old_id(rng)[:8] + rng.choice(("13", "00", "27", "45")) + s.digits(rng, 5)


def ten_digits(rng: Random) -> str:
    """One digit less than a mobile number."""
    return "1" + rng.choice("3456789") + s.digits(rng, 8)


def no_segment(rng: Random) -> str:
    """Eleven digits that begin with 10-12: no mobile segment."""
    return "1" + rng.choice("012") + s.digits(rng, 9)


def twelve_digits(rng: Random) -> str:
    """One digit more than a mobile number."""
    return "2" + rng.choice(s.MOBILE_SEGMENTS) + s.digits(rng, 8)


def money(rng: Random) -> str:
    """An amount."""
    n = rng.randint(10**6, 10**12)
    return rng.choice(
        (f"{n:,}.{rng.randint(0, 99):02}", f"{n}.{rng.randint(1, 99):02}", f"{n / 1e4:.2f}万元", f"{n:,}元")
    )


def count(rng: Random) -> str:
    """A count of anything."""
    return str(rng.randint(0, 10 ** rng.randint(1, 9)))


def industry(rng: Random) -> str:
    """GB/T 4754: section letter and up to four digits."""
    return rng.choice("ABCDEFGHIJKLMNOPQRST") + s.digits(rng, rng.choice((2, 3, 4)))


def region(rng: Random) -> str:
    """GB/T 2260 and the statistical codes of towns and villages (9 and 12 digits)."""
    return rng.choice(s.REGIONS) + rng.choice(
        ("", f"{rng.randint(1, 120):03}", f"{rng.randint(1, 120):03}{rng.randint(1, 99):03}")
    )


def period(rng: Random) -> str:
    """A month, a day, a moment or a span."""
    y, m, d = rng.randint(2018, 2029), rng.randint(1, 12), rng.randint(1, 28)
    at, close = f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:00", f"{y}{m:02}{d:02}"
    months = (f"{y}-{m:02}", f"{y}{m:02}", f"{y}年{m}月", close, f"{close}{at.replace(':', '')}")
    days = (f"{y}-{m:02}-{d:02}", f"{y}-{m:02}-{d:02} {at}", f"{y}-{m:02}-{d:02}至{y}-{m:02}-28")
    return rng.choice((*months, *days))


def posting(rng: Random) -> str:
    """A platform's number of a posting or an order."""
    lettered = (
        f"JOB{s.digits(rng, 8)}",
        f"P{s.digits(rng, 6)}",
        f"GW-2026-{s.digits(rng, 5)}",
        f"ORD{s.digits(rng, 12)}",
    )
    return rng.choice(
        (*lettered, f"ZP2026{rng.randint(1, 12):02}{s.digits(rng, 6)}", s.digits(rng, 9).lstrip("0") or "1")
    )


def pay(rng: Random) -> str:
    """Pay as postings write it."""
    low = rng.randint(2, 30)
    return rng.choice(
        (
            f"{low}-{low + 3}千/月",
            f"{low * 500}-{low * 700}元",
            f"{low * 10}元/小时",
            f"{low}k-{low + 5}k",
            f"{low * 10000}-{low * 15000}元/年",
        )
    )


def share(rng: Random) -> str:
    """A ratio."""
    part = rng.random()
    return rng.choice((f"{part * 100:.2f}%", f"{part:.6f}", f"{part * 5:.3f}", f"1:{part * 9:.2f}"))


def version(rng: Random) -> str:
    """A version, a chapter, a file."""
    one, two, three = (rng.randint(1, 20) for _ in range(3))
    return rng.choice((f"v{one}.{two}.{three}", f"第{one}条（{two}）", f"附表{one}-{two}"))


MISSES: dict[str, Callable[[Random], str]] = {
    function.__name__.replace("_", " "): function
    for function in (
        *(no_such_day, no_such_province, one_digit_short, no_such_old_day, wrong_card, wrong_credit_code),
        *(wrong_org_code, wrong_vin, wrong_imei, wrong_hong_kong_id, wrong_taiwan_id),
        *(ten_digits, no_segment, twelve_digits),
        *(money, count, industry, region, period, posting, pay, share, version),
    )
}  # fmt: skip
