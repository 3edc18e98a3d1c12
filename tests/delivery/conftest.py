"""Two real servers, OpenSSH and asyncssh; every test has a folder of its own on each."""

from collections.abc import Iterator

import pytest

from tests.delivery.places import Place, asyncssh_place, openssh_place, own_folder


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages are looked at in one language, whoever runs the tests."""
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture(scope="session")
def openssh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with openssh_place(tmp_path_factory.mktemp("sshd")) as place:
        yield place


@pytest.fixture(scope="session")
def asyncssh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with asyncssh_place(tmp_path_factory.mktemp("asyncssh")) as place:
        yield place


@pytest.fixture
def openssh(openssh_server: Place) -> Place:
    return own_folder(openssh_server)


@pytest.fixture(params=["openssh", "asyncssh"])
def place(request: pytest.FixtureRequest) -> Place:
    server: Place = request.getfixturevalue(f"{request.param}_server")
    return own_folder(server)
