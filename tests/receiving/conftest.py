"""Every test has a bureau of its own."""

from pathlib import Path

import pytest

from tests.receiving.bureau import Bureau


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path)
