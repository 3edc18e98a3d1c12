"""Trying again when the line fails, and only then: a wrong host key or a refusal does not get better by repetition."""

from collections.abc import Callable
from typing import TypeVar

from gateway.delivery.errors import LinkError

Result = TypeVar("Result")


def with_retries(
    action: Callable[[], Result],
    *,
    sleep: Callable[[float], None],
    random: Callable[[], float],
    attempts: int = 5,
    first: float = 2.0,
    longest: float = 60.0,
    failed: Callable[[int, LinkError, float], None] | None = None,
) -> Result:
    """The result of ``action``, which opens its own session and is called up to ``attempts`` times.

    After the nth failure it waits between half and all of ``first`` · 2ⁿ⁻¹ seconds, ``longest`` at most; ``random``
    gives a number in [0, 1). ``failed`` is told (n, error, seconds to wait). Raises the last LinkError, or any other
    error at once."""
    for attempt in range(1, attempts):
        try:
            return action()
        except LinkError as error:
            wait = min(longest, first * 2 ** (attempt - 1)) * (1 + random()) / 2
            if failed:
                failed(attempt, error, wait)
        sleep(wait)
    return action()
