"""AES-256 (FIPS 197) in the counter mode of WinZip's AE-2: the counter is little-endian and begins at 1."""

import struct

_Words = list[int]


def _tables() -> tuple[bytes, list[_Words]]:
    """The S-box, and the four tables that join it with MixColumns."""
    power, log = [0] * 256, [0] * 256
    value = 1
    for exponent in range(255):
        power[exponent], log[value] = value, exponent
        value ^= value << 1 ^ (0x11B if value & 0x80 else 0)
    box = bytearray(256)
    for byte in range(256):
        inverse = power[(255 - log[byte]) % 255] if byte else 0
        turned = inverse
        for _ in range(4):
            inverse = (inverse << 1 | inverse >> 7) & 0xFF
            turned ^= inverse
        box[byte] = turned ^ 0x63
    first = []
    for byte in box:
        double = (byte << 1 ^ (0x11B if byte & 0x80 else 0)) & 0xFF
        first.append(double << 24 | byte << 16 | byte << 8 | double ^ byte)
    tables = [[(word >> turn | word << 32 - turn) & 0xFFFFFFFF for word in first] for turn in (0, 8, 16, 24)]
    return bytes(box), tables


_BOX, (_T0, _T1, _T2, _T3) = _tables()


def _schedule(key: bytes) -> _Words:
    words, rcon = list(struct.unpack(">8I", key)), 1
    for place in range(8, 60):
        word = words[-1]
        if place % 8 == 0:
            word = (word << 8 | word >> 24) & 0xFFFFFFFF
        if place % 4 == 0:
            word = int.from_bytes(bytes(_BOX[byte] for byte in word.to_bytes(4, "big")), "big")
        if place % 8 == 0:
            word ^= rcon << 24
            rcon <<= 1
        words.append(words[-8] ^ word)
    return words


def _block(words: _Words, a: int, b: int, c: int, d: int) -> bytes:
    """One block, given as four big-endian words."""
    a, b, c, d = a ^ words[0], b ^ words[1], c ^ words[2], d ^ words[3]
    for at in range(4, 56, 4):
        a, b, c, d = (
            _T0[a >> 24] ^ _T1[b >> 16 & 255] ^ _T2[c >> 8 & 255] ^ _T3[d & 255] ^ words[at],
            _T0[b >> 24] ^ _T1[c >> 16 & 255] ^ _T2[d >> 8 & 255] ^ _T3[a & 255] ^ words[at + 1],
            _T0[c >> 24] ^ _T1[d >> 16 & 255] ^ _T2[a >> 8 & 255] ^ _T3[b & 255] ^ words[at + 2],
            _T0[d >> 24] ^ _T1[a >> 16 & 255] ^ _T2[b >> 8 & 255] ^ _T3[c & 255] ^ words[at + 3],
        )
    box, out = _BOX, []
    for at, (p, q, r, s) in enumerate(((a, b, c, d), (b, c, d, a), (c, d, a, b), (d, a, b, c)), start=56):
        word = box[p >> 24] << 24 | box[q >> 16 & 255] << 16 | box[r >> 8 & 255] << 8 | box[s & 255]
        out.append(word ^ words[at])
    return struct.pack(">4I", *out)


def counter_mode(key: bytes, data: bytes) -> bytes:
    """``data`` encrypted or decrypted under the 32-byte ``key``."""
    words = _schedule(key)
    stream = bytearray()
    for number in range(1, (len(data) + 15) // 16 + 1):
        stream += _block(words, *struct.unpack(">4I", number.to_bytes(16, "little")))
    mixed = int.from_bytes(data, "big") ^ int.from_bytes(stream[: len(data)], "big")
    return mixed.to_bytes(len(data), "big")
