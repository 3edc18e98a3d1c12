"""Whatever a server answers, in whatever order: the right reply reaches the right request, or the line is given up."""

import random
import struct
import subprocess
import sys
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.delivery import LinkError, RefusedError, pump, wire
from gateway.delivery.errors import ContentError, Status
from gateway.delivery.line import SSH_PACKET
from gateway.delivery.remote import Remote
from gateway.delivery.wire import Wire, string, u32, u64


def packet(kind: int, body: bytes) -> bytes:
    return struct.pack(">IB", len(body) + 1, kind) + body


def status(number: int, code: int) -> bytes:
    return packet(wire.STATUS, u32(number) + u32(code) + string("words of the server") + string("en"))


VERSION = packet(wire.VERSION, u32(3) + string("fsync@openssh.com") + string("1"))


class Answers:
    """A pipe whose other end has said everything in advance, in pieces of ``step`` bytes."""

    def __init__(self, data: bytes, step: int = 1000) -> None:
        self._data, self._step = BytesIO(data), step

    def send(self, data: bytes) -> None:
        pass

    def receive(self) -> bytes:
        data = self._data.read(self._step)
        if not data:
            raise LinkError("断", "cut")
        return data


class Shuffles:
    """A small server that holds a file and answers in any order, as the protocol allows."""

    def __init__(self, seed: int, content: bytes = b"", refuse_at: int | None = None) -> None:
        self.content = bytearray(content)
        self._refuse_at = refuse_at
        self._random = random.Random(seed)
        self._waiting: list[tuple[bytes, int]] = []
        self.most = self.unanswered = 0
        self.sizes: list[int] = []

    def send(self, data: bytes) -> None:
        kind, fields = data[4], wire.Fields(data[5:])
        if kind == wire.INIT:
            self._waiting.append((VERSION, 0))
            return
        number, _, offset = fields.u32(), fields.string(), fields.u64()
        if kind == wire.WRITE:
            chunk = fields.string()
            refused = self._refuse_at is not None and offset >= self._refuse_at
            if not refused:
                self.content[offset : offset + len(chunk)] = chunk
            self.sizes.append(len(chunk))
            self._waiting.append((status(number, 4 if refused else 0), len(chunk)))
        else:
            data = bytes(self.content[offset : offset + self._random.randint(1, fields.u32())])
            self._waiting.append((packet(wire.DATA, u32(number) + string(data)) if data else status(number, 1), 0))
        self.most = max(self.most, len(self._waiting))
        self.unanswered = max(self.unanswered, sum(written for _, written in self._waiting))

    def receive(self) -> bytes:
        return self._waiting.pop(self._random.randrange(len(self._waiting)))[0]


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1000), size=st.one_of(st.integers(0, 200_000), st.just(9_000_000)))
def test_answers_in_any_order_are_all_counted(seed: int, size: int) -> None:
    content = random.Random(seed).randbytes(size)
    server = Shuffles(seed, bytes(size))
    line = Wire(server)
    told: list[int] = []
    pump.write(line, b"hand", "p", BytesIO(content), at=0, end=size, longest=70_000, acknowledged=told.append)
    assert bytes(server.content) == content
    assert told == sorted(told)
    assert b"".join(pump.read(line, b"hand", "p", size=size, longest=32_768)) == content
    assert server.most <= pump.AHEAD // 32_768


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1000), refuse_at=st.integers(0, 999_999))
def test_one_refusal_among_many_answers_is_an_error_and_the_line_stays_usable(seed: int, refuse_at: int) -> None:
    server = Shuffles(seed, bytes(1_000_000), refuse_at // 65_379 * 65_379)
    line = Wire(server)
    told: list[int] = []
    with pytest.raises(RefusedError):
        pump.write(
            line, b"hand", "p", BytesIO(bytes(1_000_000)), at=0, end=1_000_000, longest=70_000, acknowledged=told.append
        )
    assert max(told, default=0) <= refuse_at
    assert len(b"".join(pump.read(line, b"hand", "p", size=1_000_000, longest=32_768))) == 1_000_000


@pytest.mark.parametrize("longest", [20_000, 70_000, 261_120])
def test_at_most_four_mebibytes_are_in_flight(longest: int) -> None:
    size = 10_000_000
    server = Shuffles(1, bytes(size))
    pump.write(
        Wire(server),
        b"hand",
        "p",
        BytesIO(bytes(size)),
        at=0,
        end=size,
        longest=longest,
        acknowledged=lambda done: None,
    )
    assert pump.IN_FLIGHT - longest < server.unanswered <= pump.IN_FLIGHT


HUGE = (1 << 64) - 1


@pytest.mark.parametrize(
    ("packet_length", "read", "write", "at_once"),
    [
        (262_144, 261_120, 261_120, (261_120, 261_120)),
        (34_000, 32_768, 0, (32_768, 32_768)),
        (0, 0, 0, (32_768, 32_768)),
        (HUGE, HUGE, HUGE, (262_144, 262_144)),
        (HUGE, 0, 65_536, (32_768, 65_536)),
        (1024, 1, 40, (1024, 1024)),
        (1, HUGE, HUGE, (1024, 1024)),
    ],
)
def test_what_a_server_says_it_takes_is_believed_within_reason(
    packet_length: int, read: int, write: int, at_once: tuple[int, int]
) -> None:
    offers = packet(wire.VERSION, u32(3) + string("limits@openssh.com") + string("1"))
    limits = packet(wire.EXTENDED_REPLY, u32(1) + b"".join(map(u64, (packet_length, read, write, 0))))
    remote = Remote(Wire(Answers(offers + limits)))
    assert (remote.longest_read, remote.longest_write) == at_once


def test_writes_grow_with_what_has_gone_out() -> None:
    size = 5_000_000
    server = Shuffles(1, bytes(size))
    pump.write(
        Wire(server),
        b"hand",
        "p",
        BytesIO(bytes(size)),
        at=0,
        end=size,
        longest=261_120,
        acknowledged=lambda done: None,
    )
    assert server.sizes[:12] == [2 * SSH_PACKET - 29] * 12
    assert server.sizes[:-1] == sorted(server.sizes[:-1])
    assert max(server.sizes) == 7 * SSH_PACKET - 29


def test_a_file_that_ends_early_is_not_a_short_file() -> None:
    line = Wire(Shuffles(1, bytes(100_000)))
    with pytest.raises(ContentError):
        b"".join(pump.read(line, b"hand", "p", size=100_001, longest=32_768))


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_replies_are_matched_by_number(step: int) -> None:
    line = Wire(Answers(VERSION + status(2, 3) + status(1, 0) + status(3, 99), step))
    first, second, third = (line.ask(wire.REMOVE, string(name)) for name in "abc")
    line.settle(first, ("删除", "remove"), "a")
    with pytest.raises(RefusedError) as caught:
        line.settle(second, ("删除", "remove"), "b")
    assert caught.value.status is Status.PERMISSION_DENIED
    assert "words of the server" not in caught.value.en + caught.value.zh
    with pytest.raises(RefusedError) as caught:
        line.settle(third, ("删除", "remove"), "c")
    assert caught.value.status is Status.FAILURE  # a code of a later version


def ask_twice(line: Wire) -> None:
    for _ in range(2):
        line.answer(line.ask(wire.OPEN, b""), wire.HANDLE, ("打开", "open"), "p")


@pytest.mark.parametrize(
    "answer",
    [
        status(7, 0),  # to a request that was never made
        status(1, 0) + status(1, 0),  # twice
        packet(wire.DATA, u32(1) + string(b"x")),  # of another kind
        packet(wire.HANDLE, u32(1) + u32(1000)),  # shorter than it says
        packet(wire.STATUS, b"\0"),
        struct.pack(">I", 0),
        struct.pack(">I", 1 << 30),  # far too long
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"",
    ],
)
def test_what_is_not_an_answer_ends_the_line(answer: bytes) -> None:
    line = Wire(Answers(VERSION + answer))
    with pytest.raises(LinkError):
        ask_twice(line)


def test_an_ok_is_not_a_handle() -> None:
    line = Wire(Answers(VERSION + status(1, 0)))
    with pytest.raises(LinkError):
        line.answer(line.ask(wire.OPEN, b""), wire.HANDLE, ("打开", "open"), "p")


@pytest.mark.parametrize("greeting", [b"", packet(wire.VERSION, u32(2)), packet(wire.STATUS, u32(3)), b"SSH-2.0-x\r\n"])
def test_another_protocol_is_refused(greeting: bytes) -> None:
    with pytest.raises(LinkError):
        Wire(Answers(greeting))


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_bytes_of_a_server_lead_to_anything_else_than_a_transfer_error(data: bytes, step: int) -> None:
    try:
        remote = Remote(Wire(Answers(VERSION + data, step)))
        remote.stat("a")
        remote.names("a")
    except (LinkError, RefusedError):
        return


@settings(deadline=None)
@given(st.integers(0, 0xFFFFFFFF), st.integers(0, 1 << 63), st.binary(max_size=40))
def test_attributes_are_read_whatever_their_flags(flags: int, size: int, junk: bytes) -> None:
    body = u32(1) + u32(flags) + u64(size) + junk
    try:
        found = Remote(Wire(Answers(VERSION + packet(wire.ATTRS, body)))).stat("a")
    except LinkError:
        return
    assert found is not None
    assert found.size == (size if flags & 1 else None)


def test_the_door_opens_without_paramiko() -> None:
    """Commands that send nothing do not pay for it."""
    code = "import sys, gateway.delivery; sys.exit('paramiko' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
