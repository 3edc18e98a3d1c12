"""SM3 after GB/T 32905-2016, for a Python whose OpenSSL has none."""

import struct
from typing import Any

_MASK = 0xFFFFFFFF
_START = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)


class Sm3:
    """As ``hashlib`` has its hashes: ``update``, ``digest``, ``hexdigest``."""

    name, digest_size, block_size = "sm3", 32, 64

    def __init__(self, data: bytes = b"", **_: Any) -> None:
        self._rest, self._length = b"", 0
        self._state: tuple[int, ...] = _START
        self.update(data)

    def update(self, data: bytes) -> None:
        """Takes in more."""
        self._length += len(data)
        data = self._rest + bytes(data)
        whole = len(data) - len(data) % 64
        for at in range(0, whole, 64):
            self._state = _compressed(self._state, data[at : at + 64])
        self._rest = data[whole:]

    def digest(self) -> bytes:
        """The 32 bytes."""
        pad = b"\x80" + bytes(-(len(self._rest) + 9) % 64) + struct.pack(">Q", self._length * 8)
        state: tuple[int, ...] = self._state
        data = self._rest + pad
        for at in range(0, len(data), 64):
            state = _compressed(state, data[at : at + 64])
        return struct.pack(">8I", *state)

    def hexdigest(self) -> str:
        """In lower-case hex."""
        return self.digest().hex()


def _turn(word: int, by: int) -> int:
    by %= 32
    return (word << by | word >> 32 - by) & _MASK


def _compressed(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    words = list(struct.unpack(">16I", block))
    for at in range(16, 68):
        mixed = words[at - 16] ^ words[at - 9] ^ _turn(words[at - 3], 15)
        mixed ^= _turn(mixed, 15) ^ _turn(mixed, 23)
        words.append(mixed ^ _turn(words[at - 13], 7) ^ words[at - 6])
    a, b, c, d, e, f, g, h = state
    for at in range(64):
        constant = 0x79CC4519 if at < 16 else 0x7A879D8A
        one = _turn((_turn(a, 12) + e + _turn(constant, at)) & _MASK, 7)
        two = one ^ _turn(a, 12)
        first = a ^ b ^ c if at < 16 else a & b | a & c | b & c
        second = e ^ f ^ g if at < 16 else e & f | ~e & g & _MASK
        left = (first + d + two + (words[at] ^ words[at + 4])) & _MASK
        right = (second + h + one + words[at]) & _MASK
        a, b, c, d = left, a, _turn(b, 9), c
        e, f, g, h = right ^ _turn(right, 9) ^ _turn(right, 17), e, _turn(f, 19), g
    return tuple(new ^ old for new, old in zip((a, b, c, d, e, f, g, h), state, strict=True))
