"""Pay as postings write it, such as `150元/天`, `1-1.5万/月`, `8k-12k` or `底薪2340+绩效400`."""

from collections.abc import Callable

import numpy as np

from gateway.demo.platform.cells import GroupedPool
from gateway.demo.platform.trades import TRADES

NEGOTIABLE, UNSTATED, OTHER = "面议", None, "600元/其他"
_NEGOTIABLE_SHARE, _UNSTATED_SHARE, _OTHER_SHARE = 0.06, 0.02, 0.005
_TEXTS = 200
_HOURS_A_MONTH, _DAYS_A_MONTH, _WEEKS_A_MONTH = 190, 25, 4.2


def _span(rng: np.random.Generator, middle: float, step: int) -> tuple[int, int]:
    """A low and a high end around the middle, multiples of `step`, the low one at least one step."""
    low = max(step, round(middle * rng.uniform(0.85, 1.0) / step) * step)
    return low, low + step * int(rng.integers(1, max(2, int(middle * 0.35 / step)) + 1))


def _ten_thousands(yuan: int) -> str:
    return f"{yuan / 10_000:g}"


def _per_hour(rng: np.random.Generator, monthly: float) -> str:
    low, high = _span(rng, monthly / _HOURS_A_MONTH, 1)
    return f"{low}-{high}元/小时" if rng.random() < 0.4 else f"{low}元/小时"


def _per_day(rng: np.random.Generator, monthly: float) -> str:
    low, high = _span(rng, monthly / _DAYS_A_MONTH, 10)
    return f"{low}-{high}元/天" if rng.random() < 0.3 else f"{low}元/天"


def _per_week(rng: np.random.Generator, monthly: float) -> str:
    low, high = _span(rng, monthly / _WEEKS_A_MONTH, 50)
    return f"{low}-{high}元/周"


def _per_piece(rng: np.random.Generator, monthly: float) -> str:
    unit = ("件", "单", "次")[int(rng.integers(0, 3))]
    return f"{rng.integers(1, 12) / 2:g}元/{unit}"


def _per_month(rng: np.random.Generator, monthly: float) -> str:
    low, high = _span(rng, monthly, 500)
    return f"{low}-{high}元/月" if rng.random() < 0.8 else f"{low}元/月"


def _in_ten_thousands(rng: np.random.Generator, monthly: float) -> str:
    low, high = _span(rng, max(monthly, 7000), 1000)
    return f"{_ten_thousands(low)}-{_ten_thousands(high)}万/月"


def _in_thousands(rng: np.random.Generator, monthly: float) -> str:
    low, high = _span(rng, max(monthly, 5000), 1000)
    return f"{low // 1000}k-{high // 1000}k"


def _per_year(rng: np.random.Generator, monthly: float) -> str:
    low, high = _span(rng, monthly * 14, 10_000)
    return f"{_ten_thousands(low)}-{_ten_thousands(high)}万/年"


def _base_and_bonus(rng: np.random.Generator, monthly: float) -> str:
    base = round(monthly * rng.uniform(0.5, 0.8) / 20) * 20
    return f"底薪{base}+绩效{max(100, round((monthly - base) / 100) * 100)}"


_Style = Callable[[np.random.Generator, float], str]
_Styles = tuple[tuple[_Style, float], ...]
_STYLES: tuple[_Styles, ...] = (
    ((_per_day, 0.74), (_per_hour, 0.18), (_per_piece, 0.08)),
    ((_per_day, 0.40), (_per_week, 0.30), (_per_hour, 0.20), (_per_piece, 0.10)),
    (
        (_per_month, 0.60),
        (_base_and_bonus, 0.13),
        (_in_ten_thousands, 0.09),
        (_in_thousands, 0.09),
        (_per_hour, 0.06),
        (_per_year, 0.03),
    ),
)


def _texts(rng: np.random.Generator, monthly: int, styles: _Styles) -> list[str | None]:
    """`_TEXTS` pay texts of one trade and settlement; fixed shares are negotiable, unstated or odd."""
    fixed: list[str | None] = [NEGOTIABLE] * round(_TEXTS * _NEGOTIABLE_SHARE)
    fixed += [UNSTATED] * round(_TEXTS * _UNSTATED_SHARE) + [OTHER] * round(_TEXTS * _OTHER_SHARE)
    shares = np.array([share for _, share in styles])
    chosen = rng.choice(len(styles), _TEXTS - len(fixed), p=shares / shares.sum())
    levels = monthly * rng.lognormal(0.0, 0.18, len(chosen))
    return fixed + [styles[style][0](rng, level) for style, level in zip(chosen, levels, strict=True)]


def pay_texts(rng: np.random.Generator) -> GroupedPool:
    """Pay texts by trade and settlement; the group number is 3 x trade + settlement."""
    return GroupedPool.of([_texts(rng, trade.monthly, styles) for trade in TRADES for styles in _STYLES])
