"""A file is whole or absent, whatever happens while it is written."""

import os
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.base.files import LEFT_ALONE, staged, sweep, write_atomic

ROOT = Path(__file__).parents[2]


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_writes_replaces_and_makes_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "f"
    write_atomic(path, b"one")
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert names(path.parent) == ["f"]


@pytest.mark.parametrize("wanted", [0o600, 0o640, 0o644])
def test_mode_is_set_before_any_byte_is_written(tmp_path: Path, wanted: int) -> None:
    before = os.umask(0o022)
    try:
        with staged(tmp_path / "f", mode=wanted) as part:
            assert stat.S_IMODE(part.stat().st_mode) == wanted
            part.write_bytes(b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == wanted


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "f"
    write_atomic(path, b"old")

    def fail(part: Path) -> None:
        part.write_bytes(b"half")
        raise RuntimeError("disk")

    with pytest.raises(RuntimeError, match="disk"), staged(path) as part:
        fail(part)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["f"]


def test_the_old_file_is_seen_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "f"
    write_atomic(path, b"old")
    with staged(path) as part:
        part.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_a_target_that_is_a_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    with pytest.raises(IsADirectoryError):
        write_atomic(tmp_path / "f", b"x")
    assert names(tmp_path) == ["f"]


def test_killed_at_any_moment_the_file_is_one_of_the_two(tmp_path: Path) -> None:
    path = tmp_path / "f"
    old, new = b"a" * 400_000, b"b" * 400_000
    write_atomic(path, old)
    script = (
        "import sys; from pathlib import Path; from gateway.base.files import write_atomic\n"
        "print('ready', flush=True)\n"
        "for i in range(100000): write_atomic(Path(sys.argv[1]), (b'a', b'b')[i % 2] * 400_000)\n"
    )
    for wait in (0.001, 0.004, 0.013, 0.03):
        child = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, cwd=ROOT)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(wait)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        assert path.read_bytes() in (old, new)


def test_what_a_killed_process_left_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "releases" / "R01"
    folder.mkdir(parents=True)
    now = datetime.now(UTC)
    long_ago = (now - timedelta(days=3)).timestamp()
    left, kept = (
        [".02.csv.sealed.0123abcd.part"],
        [".a.zip.0123456789abcdef.part", "x.0123abcd.part", "a.part", ".part"],
    )
    for name in [*left, *kept]:
        (folder / name).write_bytes(b"1")
        os.utime(folder / name, (long_ago, long_ago))
    young = folder / ".03.csv.sealed.0123abcd.part"
    young.write_bytes(b"being written")
    assert sweep(tmp_path, now - LEFT_ALONE) == 1
    assert sorted(path.name for path in folder.iterdir()) == sorted([*kept, young.name])


def test_a_staged_file_is_one_that_would_be_swept(tmp_path: Path) -> None:
    with staged(tmp_path / "file") as part:
        part.write_bytes(b"1")
        assert sweep(tmp_path, datetime.now(UTC) + timedelta(minutes=1)) == 1
        part.write_bytes(b"1")
