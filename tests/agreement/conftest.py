from pathlib import Path

import pytest

from gateway.agreement import Terms, load

AGREEMENTS = Path(__file__).parents[2] / "agreements"


@pytest.fixture(scope="session")
def siping() -> Terms:
    return load(AGREEMENTS / "siping-004.toml")


@pytest.fixture(scope="session")
def township() -> Terms:
    return load(AGREEMENTS / "demo-township.toml")


@pytest.fixture(scope="session")
def siping_text() -> str:
    return (AGREEMENTS / "siping-004.toml").read_text(encoding="utf-8")
