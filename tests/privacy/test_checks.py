"""Check digits against the examples of their standards, and against every single wrong character."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.privacy import checks

VALID = [
    (checks.resident_id, "11010519491231002X"),  # GB 11643-1999, the standard's example
    (checks.resident_id, "440524188001010014"),  # the same
    (checks.luhn, "4111111111111111"),
    (checks.luhn, "79927398713"),  # ISO/IEC 7812-1, a common example
    (checks.uscc, "91350100M000100Y43"),  # GB 32100-2015, the standard's example
    (checks.org_code, "D2143569-X"),  # GB 11714-1997, the standard's example
    (checks.org_code, "D2143569X"),
    (checks.vin, "1M8GDM9AXKP042788"),  # ISO 3779, a common example
    (checks.hong_kong_id, "A123456(3)"),
    (checks.hong_kong_id, "AB987654(3)"),
    (checks.taiwan_id, "A123456789"),
]


@pytest.mark.parametrize(("check", "number"), VALID)
def test_the_standards_own_examples_are_valid(check, number):
    assert check(number)


@pytest.mark.parametrize(("check", "number"), VALID)
def test_no_check_holds_for_another_length_or_nothing(check, number):
    assert not check(number[:-1])
    assert not check("")
    assert not check("１" * len(number))


@settings(deadline=None)
@given(st.data())
def test_one_wrong_digit_is_always_noticed(data):
    # VIN letters share values with digits; Taiwan's weights are not all prime to 10
    strict = [v for v in VALID if v[0] not in {checks.vin, checks.taiwan_id}]
    check, number = data.draw(st.sampled_from(strict))
    place = data.draw(st.integers(0, len(number) - 1).filter(lambda i: number[i].isdigit()))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert not check(number[:place] + wrong + number[place + 1 :])
