"""Only a failing line is tried again, with growing and scattered pauses, and not for ever."""

from collections.abc import Callable

import pytest

from gateway.base.errors import TransferError
from gateway.delivery import ContentError, HostKeyError, LinkError, LoginError, RefusedError, SpaceError, with_retries
from gateway.delivery.errors import Status


def failing(times: int, error: Exception, calls: list[int]) -> Callable[[], str]:
    def action() -> str:
        calls.append(len(calls))
        if len(calls) <= times:
            raise error
        return "done"

    return action


LINK = LinkError("断", "cut")


@pytest.mark.parametrize("times", [0, 1, 4])
def test_the_line_is_tried_again(times: int) -> None:
    calls: list[int] = []
    slept: list[float] = []
    assert with_retries(failing(times, LINK, calls), sleep=slept.append, random=lambda: 0.5) == "done"
    assert (len(calls), len(slept)) == (times + 1, times)


def test_not_for_ever() -> None:
    calls: list[int] = []
    slept: list[float] = []
    with pytest.raises(LinkError):
        with_retries(failing(99, LINK, calls), sleep=slept.append, random=lambda: 0.5, attempts=3)
    assert (len(calls), len(slept)) == (3, 2)


@pytest.mark.parametrize(
    ("random", "waits"),
    [
        (0.0, [1, 2, 4, 5, 5]),
        (0.5, [1.5, 3, 6, 7.5, 7.5]),
        (1.0, [2, 4, 8, 10, 10]),
    ],
)
def test_pauses_double_up_to_the_longest(random: float, waits: list[float]) -> None:
    slept: list[float] = []
    told: list[tuple[int, float]] = []
    with_retries(
        failing(5, LINK, []),
        sleep=slept.append,
        random=lambda: random,
        attempts=6,
        first=2,
        longest=10,
        failed=lambda attempt, error, wait: told.append((attempt, wait)),
    )
    assert slept == waits
    assert told == list(enumerate(waits, start=1))


@pytest.mark.parametrize(
    "error",
    [
        HostKeyError("变", "changed", shown="SHA256:b", pinned=("SHA256:a",)),
        LoginError("拒", "refused"),
        RefusedError(("写入", "write to"), "/inbox/a.zip", Status.PERMISSION_DENIED),
        ContentError("异", "differs"),
        SpaceError(2, 1),
        TransferError("其他", "other"),
        KeyError("a bug"),
    ],
)
def test_nothing_else_is_tried_again(error: Exception) -> None:
    calls: list[int] = []
    with pytest.raises(type(error)):
        with_retries(failing(1, error, calls), sleep=lambda seconds: None, random=lambda: 0.5)
    assert len(calls) == 1
