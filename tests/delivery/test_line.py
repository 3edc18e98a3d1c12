"""What goes over the line arrives whole and in order, whoever sends it and whenever the peer takes it."""

import random
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from itertools import pairwise
from typing import Any

import pytest

from gateway.delivery.line import Line


class Counted(Line):
    """Counts the system calls that took only a part of what they were given."""

    parts = 0

    def sendmsg(self, buffers: Any, *rest: Any) -> int:
        sent = super().sendmsg(buffers, *rest)
        self.parts += sent < sum(map(len, buffers))
        return sent


@pytest.fixture
def ends() -> Iterator[tuple[Counted, socket.socket]]:
    """Both ends of a line that takes a few kilobytes at a time, so that most of what is sent goes in parts."""
    with socket.socket() as listening, socket.socket() as plain:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        plain.settimeout(0.05)
        plain.connect(listening.getsockname())
        peer = listening.accept()[0]
        peer.settimeout(10)
        with Counted(plain) as line, peer:
            yield line, peer


def all_of(peer: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        piece = peer.recv(1 << 16)
        assert piece
        data += piece
    return bytes(data)


@pytest.mark.parametrize("sizes", [[1], [16, 28, 16, 28], [1 << 16, 5], [3] * 1000, [(1 << 16) + 1, 7]])
def test_reading_ahead_changes_nothing(ends: tuple[Counted, socket.socket], sizes: list[int]) -> None:
    line, peer = ends
    sent = random.Random(1).randbytes(sum(sizes))
    peer.sendall(sent)
    peer.shutdown(socket.SHUT_WR)
    came = b""
    for size in sizes:
        while size:
            piece = line.recv(size)
            assert 0 < len(piece) <= size
            came, size = came + piece, size - len(piece)
    assert (came, line.recv(1), line.recv(1)) == (sent, b"", b"")


def test_what_belongs_together_leaves_at_the_end(ends: tuple[Counted, socket.socket]) -> None:
    line, peer = ends
    peer.settimeout(0.05)
    with line.together():
        assert (line.send(b"one"), line.send(b"two")) == (3, 3)
        with pytest.raises(TimeoutError):
            peer.recv(10)
    assert all_of(peer, 6) == b"onetwo"


def test_what_is_held_back_goes_before_what_another_thread_sends(ends: tuple[Counted, socket.socket]) -> None:
    line, peer = ends
    with line.together():
        line.send(b"held")
        other = threading.Thread(target=line.send, args=(b"other",))
        other.start()
        other.join()
        assert all_of(peer, 9) == b"heldother"
    line.send(b"end")
    assert all_of(peer, 3) == b"end"


def test_much_is_not_held_back_for_long(ends: tuple[Counted, socket.socket]) -> None:
    line, peer = ends
    data = random.Random(1).randbytes(300_000)
    with ThreadPoolExecutor(1) as pool:
        with line.together():
            arrived = pool.submit(all_of, peer, 270_000)  # the ninth piece is one too many to be held back
            for at in range(0, len(data), 30_000):
                line.send(data[at : at + 30_000])
            assert arrived.result(30) == data[:270_000]
            arrived = pool.submit(all_of, peer, 30_000)
        assert arrived.result(30) == data[270_000:]
    assert line.parts


def test_threads_that_send_at_once_to_a_slow_peer_keep_their_order(ends: tuple[Counted, socket.socket]) -> None:
    """Frames of two senders, one of which gathers, are never torn apart and stay in each sender's order."""
    line, peer = ends
    count = 200
    packet = threading.Lock()

    def send(data: bytes) -> None:
        with packet:
            while data:
                with suppress(TimeoutError):
                    data = data[line.send(data) :]

    def frame(sender: int, number: int) -> bytes:
        return bytes([sender]) + number.to_bytes(2, "big") + bytes([sender]) * 997

    def plainly(sender: int) -> None:
        for number in range(count):
            send(frame(sender, number))

    def gathering() -> None:
        for number in range(0, count, 10):
            with line.together():
                for inner in range(10):
                    send(frame(2, number + inner))

    senders = [threading.Thread(target=plainly, args=(1,)), threading.Thread(target=gathering)]
    for sender in senders:
        sender.start()
    time.sleep(0.2)
    data = all_of(peer, 2 * count * 1000)
    for sender in senders:
        sender.join()
    frames = [data[at : at + 1000] for at in range(0, len(data), 1000)]
    seen: dict[int, list[int]] = {1: [], 2: []}
    for one in frames:
        number = int.from_bytes(one[1:3], "big")
        assert one == frame(one[0], number)
        seen[one[0]].append(number)
    assert all(earlier + 1 == later for numbers in seen.values() for earlier, later in pairwise(numbers))
    assert all(len(numbers) == count for numbers in seen.values())
    assert line.parts


@pytest.mark.parametrize("gathers", [False, True])
def test_a_peer_that_takes_nothing_is_left(ends: tuple[Counted, socket.socket], gathers: bool) -> None:
    line, _ = ends
    line.patience = 0.2

    def fill() -> None:
        with line.together() if gathers else nullcontext():
            while True:
                with suppress(TimeoutError):
                    line.send(bytes(1 << 18))

    with pytest.raises(ConnectionAbortedError):
        fill()
