"""The line may be cut or freeze at any byte: the final name holds all or nothing, and the next call completes."""

import random
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.delivery import Endpoint, LinkError, Patience, Proof, fetch, list_names, open_session, publish
from gateway.delivery import session as session_module
from tests.delivery.places import Place
from tests.delivery.proxy import proxy
from tests.servers import free_port

NAME = "LGTJ_220300_LHYG_202610_M_R01.zip"
SIZE = 1_500_000
IMPATIENT = Patience(connect=2, greeting=1, login=1, reply=1)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "package"
    path.write_bytes(random.Random(7).randbytes(SIZE))
    return path


@contextmanager
def watched(path: Path, size: int) -> Iterator[None]:
    """Fails when ``path`` is ever seen with another size than ``size``."""
    wrong: list[int] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            try:
                seen = path.stat().st_size
            except FileNotFoundError:
                seen = size
            if seen != size:
                wrong.append(seen)
            time.sleep(0.001)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()
    assert wrong == []


def attempt(place: Place, package: Path) -> Proof | LinkError:
    try:
        with place.login(Patience(reply=5, greeting=5)) as session:
            return publish(session, package, NAME, folder=place.inbox)
    except LinkError as error:
        return error


CUTS = [
    *(("up", random.Random(seed).randrange(0, SIZE + 20_000)) for seed in range(7)),
    *(("down", random.Random(seed).randrange(0, SIZE + 10_000)) for seed in range(7)),
    ("up", 0),
    ("down", 30),
    ("down", SIZE + 4_000),
]


@pytest.mark.parametrize(("way", "after"), CUTS)
def test_a_cut_leaves_all_or_nothing_and_the_next_call_completes(
    place: Place, package: Path, way: str, after: int
) -> None:
    with proxy(place.port) as line, watched(place.at(NAME), SIZE):
        setattr(line, f"cut_{way}", after)
        first = attempt(place.through(line.port), package)
        line.heal()
        second = attempt(place.through(line.port), package)
    assert isinstance(second, Proof)
    assert isinstance(first, LinkError) or second.already
    assert place.names == [NAME]
    assert place.at(NAME).read_bytes() == package.read_bytes()


def test_a_long_file_gets_through_a_line_that_is_cut_again_and_again(place: Place, package: Path) -> None:
    """Each attempt carries what the one before has left: 1.5 MB in pieces of 300 KB would never arrive otherwise."""
    resumed = []
    with proxy(place.port) as line, watched(place.at(NAME), SIZE):
        for _ in range(20):
            line.heal()
            line.cut_up = 300_000
            result = attempt(place.through(line.port), package)
            if isinstance(result, Proof):
                resumed.append(result.resumed)
                break
    assert resumed
    assert resumed[0] >= SIZE - 300_000
    assert place.at(NAME).read_bytes() == package.read_bytes()


@pytest.mark.parametrize(
    ("way", "after"),
    [
        ("down", 0),  # before the greeting
        ("down", 40),  # in the key exchange
        ("up", 2_000),  # in the login, more or less
        ("up", 3_000),
        ("up", 400_000),  # in the upload: nothing more is taken
        ("down", 300_000),  # in the read-back
    ],
)
def test_a_frozen_peer_ends_in_a_timeout(place: Place, package: Path, way: str, after: int) -> None:
    started = time.monotonic()
    with proxy(place.port) as line:
        setattr(line, f"freeze_{way}", after)
        with pytest.raises(LinkError), place.through(line.port).login(IMPATIENT) as session:
            publish(session, package, NAME, folder=place.inbox)
        assert time.monotonic() - started < 6
    assert not place.at(NAME).exists()


def test_a_peer_that_takes_nothing_more_ends_in_a_timeout(
    openssh: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The socket is full long before the SSH window is: the sender itself is stuck, not the waiting for replies."""
    path = tmp_path / "large"
    path.write_bytes(bytes(4_000_000))
    dial = session_module._dial

    def dial_small(*args: Any) -> Any:
        line = dial(*args)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        return line

    monkeypatch.setattr(session_module, "_dial", dial_small)
    started = time.monotonic()
    with proxy(openssh.port, buffer=4096) as line:
        line.freeze_up = 200_000
        with pytest.raises(LinkError), openssh.through(line.port).login(IMPATIENT) as session:
            publish(session, path, NAME, folder=openssh.inbox)
    assert time.monotonic() - started < 6


def test_login_never_waits_without_end(place: Place) -> None:
    """The server falls silent after each of its messages in turn, up to the confirmation of the SFTP subsystem."""
    with proxy(place.port) as line:
        place.through(line.port).login().close()
        marks = [0, *line.marks]

    def frozen_at(mark: int) -> float:
        started = time.monotonic()
        with proxy(place.port) as line:
            line.freeze_down = mark
            try:
                place.through(line.port).login(Patience(greeting=0.5, login=0.5, reply=0.5)).close()
            except LinkError:
                return time.monotonic() - started
        return 0

    with ThreadPoolExecutor(len(marks)) as pool:
        waits = list(pool.map(frozen_at, marks))
    assert min(waits[:3]) > 0  # the last messages may be ones that nobody waits for
    assert max(waits) < 4


def test_nobody_listens(openssh: Place) -> None:
    port = free_port()
    with pytest.raises(LinkError) as caught:
        openssh.through(port).login()
    assert str(port) in str(caught.value)


def test_no_such_host(openssh: Place) -> None:
    with pytest.raises(LinkError):
        open_session(Endpoint(host="no-such-host.invalid", user="u"), openssh.key, openssh.known_hosts)


def test_a_closed_session_says_so(place: Place) -> None:
    with place.login() as session:
        pass
    with pytest.raises(LinkError):
        list_names(session, folder=place.inbox)
    with pytest.raises(LinkError):
        fetch(session, "a", folder=place.inbox)


def test_errors_of_the_line_are_not_printed(place: Place, package: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with proxy(place.port) as line:
        line.cut_up = 200_000
        assert isinstance(attempt(place.through(line.port), package), LinkError)
    assert capfd.readouterr() == ("", "")
