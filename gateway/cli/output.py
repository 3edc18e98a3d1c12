"""How a command speaks: a document on stdout with ``--json``, otherwise lines for a person; progress on stderr."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from gateway.base.errors import GatewayError
from gateway.base.language import say


class Progress(Protocol):
    """Called with a stage's wording and how much of it is done, 0 to 1."""

    def __call__(self, stage: str, done: float) -> None:
        """Shows it."""
        ...


class Made(Protocol):
    """A check that was made."""

    @property
    def name(self) -> str:
        """Its stable name."""
        ...

    @property
    def passed(self) -> bool:
        """Whether it passed."""
        ...

    @property
    def zh(self) -> str:
        """Why it failed, in Chinese."""
        ...

    @property
    def en(self) -> str:
        """Why it failed, in English."""
        ...


def emit(document: Mapping[str, Any] | Sequence[Any]) -> None:
    """The one JSON document of a command."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def tell(rows: Sequence[tuple[str, str]], *, title: str | None = None) -> None:
    """Labelled lines on stdout, labels aligned; paths are never wrapped."""
    from rich.cells import cell_len
    from rich.console import Console

    console = Console(soft_wrap=True, highlight=False)
    if title:
        console.print(title, style="bold", markup=False)
    width = max((cell_len(label) for label, _ in rows), default=0)
    for label, text in rows:
        console.print("  " + label + " " * (width - cell_len(label) + 2) + text, markup=False)


def checked(checks: Iterable[Made], titles: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """A row for each check: its mark; what it asks, its name and, where it failed, why."""
    rows = []
    for check in checks:
        reason = say(f"：{check.zh}", f": {check.en}") if check.zh or check.en else ""
        rows.append(("√" if check.passed else "×", f"{say(*titles[check.name])} [{check.name}]{reason}"))
    return rows


def fail(error: GatewayError, as_json: bool) -> int:
    """Tells an expected failure: what happened, what is safe, what next. Gives the exit code."""
    if as_json:
        told = {"message": str(error), "safe": error.what_is_safe, "next": error.what_next}
        emit({"error": error.code, "exit": int(error.exit), **told})
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    for place, (label, sentence) in enumerate(error.lines()):
        console.print(Text.assemble((f"{label}: ", "bold red" if place == 0 else "bold"), sentence))
    return int(error.exit)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A progress bar a stage on stderr; plain lines where stderr is not a terminal."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _lines()
        return
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: float) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=1.0)
            bars.update(tasks[stage], completed=done)

        yield show


def _lines() -> Progress:
    seen: set[str] = set()

    def show(stage: str, done: float) -> None:
        if stage not in seen:
            seen.add(stage)
            sys.stderr.write(f"{stage}\n")

    return show
