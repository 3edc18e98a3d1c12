"""Keys → 64-bit pseudonyms under this exchange's secret, many at a time.

A key of at most 15 bytes is padded to one block with its length in the last byte and encrypted with AES-256, a
pseudorandom permutation (FIPS 197); a longer one goes through keyed BLAKE2b (RFC 7693) to 15 bytes first, marked so
that no short key meets it. The first 64 bits are kept: among a million keys two are alike with p < 3e-8. Without the
secret a pseudonym can be neither inverted nor tried out; with another secret it is another number."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 16
_LONG = 0xFF
_FIRST = np.tri(_BLOCK, _BLOCK, -1, np.uint8) * np.uint8(0xFF)
"""For each length the mask of as many bytes."""


@dataclass(frozen=True)
class Pseudonyms:
    """Pseudonyms under one 32-byte secret."""

    secret: bytes

    def of(self, keys: pa.Array) -> pa.Array:
        """One uint64 for each text of ``keys``, white space around it taken off; null stays null."""
        keys = pc.utf8_trim_whitespace(keys)
        blocks = _short(keys)
        long = np.flatnonzero(
            pc.greater(pc.binary_length(keys), _BLOCK - 1).fill_null(False).to_numpy(zero_copy_only=False)
        )
        for place, value in zip(long, keys.take(pa.array(long)).to_pylist(), strict=True):
            digest = hashlib.blake2b(value.encode(), key=self.secret, digest_size=_BLOCK - 1).digest()
            blocks[place] = np.frombuffer(digest + bytes([_LONG]), np.uint8)
        # one block a key, each for itself: what ECB is
        encryptor = Cipher(algorithms.AES(self.secret), modes.ECB()).encryptor()  # nosec B305
        words = np.frombuffer(encryptor.update(blocks.tobytes()), ">u8")[::2]
        return pa.array(words.astype(np.uint64), mask=keys.is_null().to_numpy(zero_copy_only=False))


def _short(keys: pa.Array) -> npt.NDArray[np.uint8]:
    """A block for each key of at most 15 bytes: its bytes, zeros, its length."""
    keys = pa.concat_arrays([keys])  # an own buffer, without offset
    count = len(keys)
    offsets = np.frombuffer(keys.buffers()[1], np.int32, count + 1)
    data = np.frombuffer(keys.buffers()[2] or b"", np.uint8)
    lengths = np.minimum(np.diff(offsets), _BLOCK - 1)
    padded = np.concatenate([data, np.zeros(_BLOCK, np.uint8)])
    blocks = np.lib.stride_tricks.sliding_window_view(padded, _BLOCK)[offsets[:-1]]
    blocks &= _FIRST[lengths]
    blocks[:, _BLOCK - 1] = lengths
    return blocks
