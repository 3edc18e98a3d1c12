"""Every test has a bureau of its own, in memory where there is such a folder: a reception flushes each file it writes,
and hundreds of them would wait for the disk."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.receiving.bureau import Bureau

MEMORY = Path("/dev/shm")


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else tmp_path) as folder:
        yield Path(folder)


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path)
