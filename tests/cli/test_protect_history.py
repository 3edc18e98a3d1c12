"""``gateway protect --history`` as it is typed, a full disk, and a run that is killed."""

import errno
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.disclosure import exchange
from gateway.release.protect.protecting import protect_file
from tests.cli.desk import AT, ROOT, SPEC, Desk, as_csv, both_languages, put, records


def begun(desk: Desk) -> list[str]:
    """A history with October in it, November's file on the desk, and the options for it."""
    desk.spec.write_text(SPEC.replace('levels = ["month"]', 'levels = ["month"]\nshown = ["month"]'), encoding="utf-8")
    assert desk.type("--history", str(desk.history), "--begin-history", "--release", "2026-10")[0] == 0
    desk.cells.write_bytes(as_csv(records(11)))
    desk.out = desk.folder / "november"
    return ["--history", str(desk.history), "--release", "2026-11"]


def test_releases_are_remembered(desk: Desk) -> None:
    options = begun(desk)
    code, told = desk.type("--json", *options)
    assert code == 0, told
    document = json.loads(told[told.index("{") : told.rindex("}") + 1])
    assert set(document) == {"cells", "primary", "secondary", "value_share", "seconds", "certificate"}
    assert exchange.load(desk.history, "siping").releases == ("2026-10", "2026-11")
    assert {row["month"] for row in desk.table("cells.csv")} == {"2026-11"}


Spoil = Callable[[bytes], bytes]
SPOILED: dict[str, Spoil] = {
    "empty": lambda data: b"",
    "cut": lambda data: data[:-9],
    "a byte of its first line": lambda data: data.replace(b"nothing", b"nothinG", 1),
    "its first release left out": lambda data: b"\n".join(data.split(b"\n")[1:]),
    "another exchange's": lambda data: data.replace(b'"siping"', b'"jilin"', 1),
    "something after its end": lambda data: data + b"{}\n",
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_damaged_history_stops_the_release(desk: Desk, how: str) -> None:
    options = begun(desk)
    whole = desk.history.read_bytes()
    desk.history.write_bytes(SPOILED[how](whole))
    both_languages(desk, 18, (), *options)
    desk.history.write_bytes(whole)
    assert desk.type(*options)[0] == 0, "once restored the same command works"


def test_a_missing_history_is_not_an_empty_one(desk: Desk) -> None:
    options = begun(desk)
    moved = desk.history.rename(desk.folder / "moved.history")
    both_languages(desk, 18, (), *options)
    both_languages(desk, 18, (), "--history", str(moved), "--release", "2026-11")
    moved.rename(desk.history)
    both_languages(desk, 18, (), *options, "--begin-history")
    assert desk.type(*options)[0] == 0


def test_a_history_is_begun_by_a_release_that_is_made(desk: Desk) -> None:
    """The first release goes wrong: the same command begins the history once the file is mended."""
    good = desk.cells.read_bytes()
    desk.cells.write_bytes(put(4, "value", "-7919")(records()))
    options = ("--history", str(desk.history), "--begin-history")
    both_languages(desk, 11, ("4", "value"), *options)
    desk.cells.write_bytes(good)
    assert desk.type(*options)[0] == 0


def test_another_structure_and_another_hierarchy_are_refused(desk: Desk) -> None:
    options = begun(desk)
    good = desk.spec.read_text(encoding="utf-8"), desk.cells.read_bytes()
    desk.spec.write_text(good[0].replace('levels = ["county", "town"]', 'levels = ["town"]'), encoding="utf-8")
    both_languages(desk, 18, (), *options)
    desk.spec.write_text(good[0], encoding="utf-8")
    desk.cells.write_bytes(good[1].replace(b"cty-1", b"cty-7"))
    both_languages(desk, 14, (), *options)
    desk.cells.write_bytes(good[1])
    assert desk.type(*options)[0] == 0


def test_a_full_disk_leaves_the_history_as_it_was(desk: Desk) -> None:
    options = begun(desk)
    before = desk.history.read_bytes()
    result = subprocess.run(
        [sys.executable, "-m", "gateway", "protect", desk.cells, "--spec", desk.spec, "--out", desk.out, *options],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, len(before) + 100)),
    )
    assert result.returncode == 10, result.stderr
    assert desk.history.read_bytes() == before
    assert desk.type(*options)[0] == 0, "with room again the same command works"


def no_room(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "no room")


@pytest.mark.parametrize(
    "where", ["gateway.release.protect.handing.write_atomic", "gateway.disclosure.exchange.append"]
)
def test_a_full_disk_leaves_no_secret_file(desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Neither beside the first release, whose history is not begun then, nor beside a later one."""
    first = ["--history", str(desk.history), "--begin-history", "--release", "2026-10"]
    for begin in (lambda: first, lambda: begun(desk)):
        options = begin()
        before = desk.files()
        with monkeypatch.context() as full:
            full.setattr(where, no_room)
            assert desk.type(*options)[0] == 10
        assert desk.files() == before
        assert desk.type(*options)[0] == 0, "with room again the same command works"
        desk.history.unlink()


# a run that is killed -------------------------------------------------------------------------------------------------


def release(desk: Desk, out: Path, history: Path) -> None:
    protect_file(desk.cells, desk.spec, out, at=AT, history=history, release="2026-11")


def in_a_process_of_its_own(work: Callable[[], Any]) -> int:
    """Forks, works, ends without any of this process's endings."""
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException:
        os._exit(1)


def files_in(folder: Path) -> dict[str, bytes]:
    """All whole files; of a certificate, which is salted and dated, only that it is there."""
    return {
        path.relative_to(folder).as_posix(): b"" if path.name.startswith("certificate") else path.read_bytes()
        for path in folder.rglob("[!.]*")
        if path.is_file()
    }


def test_a_killed_run_leaves_nothing_half_written(desk: Desk) -> None:
    begun(desk)
    before = desk.history.read_bytes()
    started = time.monotonic()
    child = in_a_process_of_its_own(lambda: release(desk, desk.out, desk.history))
    assert os.waitpid(child, 0)[1] == 0
    whole = time.monotonic() - started
    files = files_in(desk.out)
    draw = random.Random(5)
    for number in range(40):
        folder = desk.folder / f"run{number}"
        folder.mkdir()
        history = folder / "siping.history"
        history.write_bytes(before)
        child = in_a_process_of_its_own(lambda folder=folder, history=history: release(desk, folder / "out", history))
        time.sleep(whole * (draw.uniform(0.6, 1.1) if number % 2 else draw.random()))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = files_in(folder / "out")
        named = {name: data for name, data in found.items() if not name.endswith(".staged")}
        assert named.items() <= files.items()
        if history.read_bytes() == before:
            assert not named, "what no history knows has no name"
        else:
            assert exchange.load(history, "siping").releases == ("2026-10", "2026-11")
            assert {name.removesuffix(".staged"): data for name, data in found.items()} == files
        assert exchange.load(history, "siping").releases[:1] == ("2026-10",)


def test_two_releases_at_once_are_both_remembered_or_refused(desk: Desk) -> None:
    begun(desk)
    children = []
    for number in range(4):
        out = desk.folder / f"out{number}"
        children.append(in_a_process_of_its_own(lambda out=out: release(desk, out, desk.history)))
    done = [os.waitpid(child, 0)[1] == 0 for child in children]
    assert len(exchange.load(desk.history, "siping").releases) == 1 + sum(done)
    assert any(done)
