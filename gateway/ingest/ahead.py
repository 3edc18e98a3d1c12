"""Reading one step ahead: the next chunk is parsed by another thread while this one is worked on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items in the same order; at most one is held ready. An error is raised where it would have been."""
    end = object()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as reader:
        waiting = reader.submit(next, items, end)
        while True:
            item = waiting.result()
            if item is end:
                return
            waiting = reader.submit(next, items, end)
            yield item  # type: ignore[misc]  # the sentinel has been told apart
