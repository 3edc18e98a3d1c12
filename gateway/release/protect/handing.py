"""The files of one ``gateway protect``: all of them or none, and nothing of an earlier run beside them.

They are written under other names (``*.staged``), then the history learns of the release, then they get their names: a
release that nobody recorded has no files, and one that is recorded has them, if only staged after a power cut. Where
anything fails before, what was staged is removed: some of it is secret."""

from collections.abc import Callable, Mapping
from pathlib import Path

from gateway.base.errors import GatewayError
from gateway.base.files import PRIVATE, write_atomic

SECRET = frozenset({"cells.csv", "certificate.secret.json", "page.html", "contributors.csv", "declaration.toml"})
TOGETHER = "together"
_EVER = (
    "cells.csv",
    "published.csv",
    "certificate.secret.json",
    "certificate.json",
    "page.html",
    *(f"{TOGETHER}/{name}" for name in ("declaration.toml", "contributors.csv", "cells.csv", "published.csv")),
    *(f"{TOGETHER}/{name}" for name in ("certificate.secret.json", "certificate.json")),
)


def hand_out(files: Mapping[str, bytes], out: Path, record: Callable[[], None]) -> None:
    """Writes ``files`` (names below ``out``) around ``record``, which writes the release down. Raises what it raises,
    and OSError; nothing is left then."""
    staged = {name: out / f"{name}.staged" for name in files}
    try:
        for name, data in files.items():
            write_atomic(staged[name], data, mode=PRIVATE if Path(name).name in SECRET else 0o644)
        record()
    except (GatewayError, OSError):
        for path in staged.values():
            path.unlink(missing_ok=True)
        raise
    for name in _EVER:
        if name not in files:
            (out / name).unlink(missing_ok=True)
    for name, path in staged.items():
        path.replace(out / name)
    if (out / TOGETHER).is_dir() and not any((out / TOGETHER).iterdir()):
        (out / TOGETHER).rmdir()
