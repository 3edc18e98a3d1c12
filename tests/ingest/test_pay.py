"""Pay as people write it: unit, amounts in cents, band."""

import pytest

from gateway.ingest.pay import Band, Pay, band_of, parse_pay
from tests.ingest.small import BANDS


def yuan(unit: str, low: float | None = None, high: float | None = None) -> Pay:
    cents = [None if edge is None else round(edge * 100) for edge in (low, high)]
    return Pay(unit=unit, low=cents[0], high=cents[1])


PAY = {
    # one amount
    "150元/天": yuan("day", 150, 150),
    "150/日": yuan("day", 150, 150),
    "25.5元/小时": yuan("hour", 25.5, 25.5),
    "25元/时": yuan("hour", 25, 25),
    "1200元/周": yuan("week", 1200, 1200),
    "5元/件": yuan("piece", 5, 5),
    "3元/单": yuan("piece", 3, 3),
    "80元/次": yuan("piece", 80, 80),
    # a range
    "21-31元/小时": yuan("hour", 21, 31),
    "4000-6000元/月": yuan("month", 4000, 6000),
    "4000元-6000元/月": yuan("month", 4000, 6000),
    "4000~6000/月": yuan("month", 4000, 6000),
    "4000至6000元/月": yuan("month", 4000, 6000),
    "4000—6000元/月": yuan("month", 4000, 6000),
    " 4000 - 6000 元 / 月 ": yuan("month", 4000, 6000),
    # 万, 千 and k, once for both ends or at each
    "1-1.5万/月": yuan("month", 10_000, 15_000),
    "0.8-1.2万/月": yuan("month", 8000, 12_000),
    "20-40万/年": yuan("year", 200_000, 400_000),
    "6-8千/月": yuan("month", 6000, 8000),
    "4.5-6千/月": yuan("month", 4500, 6000),
    "8千-1.2万/月": yuan("month", 8000, 12_000),
    "8k-12k": yuan("month", 8000, 12_000),
    "8K-12K": yuan("month", 8000, 12_000),
    "8-12k": yuan("month", 8000, 12_000),
    "8k-12k/月": yuan("month", 8000, 12_000),
    "1.5k/天": yuan("day", 1500, 1500),
    "8k-12": yuan("month", 8000, 12_000),
    "1万-1.5/月": yuan("month", 10_000, 15_000),
    "8k": yuan("month", 8000, 8000),
    # open to one side
    "2万以下/年": yuan("year", 0, 20_000),
    "2千以下/月": yuan("month", 0, 2000),
    "100万以上/年": yuan("year", 1_000_000),
    "15k以上": yuan("month", 15_000),
    "150元以上/天": yuan("day", 150),
    # a base and a bonus
    "底薪2340+绩效400": yuan("month", 2340, 2740),
    "底薪2340元+绩效400元/月": yuan("month", 2340, 2740),
    "底薪2k+绩效1k": yuan("month", 2000, 3000),
    # no amount
    "面议": yuan("negotiable"),
    "薪资面议": yuan("negotiable"),
    "": yuan("unstated"),
    "  ": yuan("unstated"),
    None: yuan("unstated"),
    # understood by nobody
    "600元/其他": yuan("other"),
    "600元": yuan("other"),
    "5000元以上": yuan("other"),
    "1.2.3万/月": yuan("other"),
    "-5元/天": yuan("other"),
    "6000-4000元/月": yuan("other"),
    "1-2-3万/月": yuan("other"),
    "日结": yuan("other"),
    "万/月": yuan("other"),
    "1-1.5万/月 可谈": yuan("other"),
    # a sentinel is not pay
    "99999999": None,
    "9999999元/月": None,
    "0-99999999元/月": None,
    "1000万/年": None,
    "面议99999999": None,
    "999.9万/年": yuan("year", 9_999_000, 9_999_000),
}


@pytest.mark.parametrize(("text", "pay"), PAY.items())
def test_pay_is_read_as_people_mean_it(text: str | None, pay: Pay | None) -> None:
    assert parse_pay(text) == pay


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("99.99元/天", "day:<100"),
        ("100元/天", "day:100-200"),  # the lower edge is in
        ("50-149元/天", "day:<100"),  # the midpoint decides: 99.5
        ("50-150元/天", "day:100-200"),
        ("199.99元/天", "day:100-200"),
        ("200元/天", "day:200+"),  # the upper edge is out
        ("90000元/天", "day:200+"),
        ("150元以下/天", "day:<100"),  # from nothing to 150: the midpoint is 75
        ("250元以下/天", "day:100-200"),
        ("200元以上/天", "day:200+"),
        ("150元以上/天", "other"),  # could be in two bands
        ("8元以上/件", "piece"),  # a unit without bands
        ("8元/件", "piece"),
        ("面议", "negotiable"),
        ("", "unstated"),
        ("3000元/月", "month"),
    ],
)
def test_the_band_holds_the_midpoint(text: str, code: str) -> None:
    pay = parse_pay(text)
    assert pay is not None
    assert band_of(pay, BANDS["pay"]) == code


def test_money_is_exact_in_cents() -> None:
    assert parse_pay("0.29万/月") == Pay(unit="month", low=290_000, high=290_000)
    assert parse_pay("1.005-1.015元/件") == Pay(unit="piece", low=100, high=101)
    band = Band(code="b", unit="month", low=0, high=290_000)
    assert band_of(Pay(unit="month", low=289_999, high=290_000), [band]) == "b"
    assert band_of(Pay(unit="month", low=290_000, high=290_000), [band]) == "month"
