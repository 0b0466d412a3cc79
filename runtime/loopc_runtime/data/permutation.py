"""Keyed permutations of row numbers, functions of (seed, stream, epoch).

An alternating Feistel network of 8 rounds on the smallest power of two that holds the
rows, walked along its cycles until the value is a row number again. All arithmetic is
uint32, so every machine and every version gives the same values.
"""

from hashlib import sha256

import numpy as np
import numpy.typing as npt

FEISTEL_ROUNDS = 8
MIN_FEISTEL_BITS = 6  # smaller networks do not reach permutations of few rows evenly
FEISTEL_BLOCK = 1 << 15  # rows worked on at a time: the temporaries stay in the cache

_MASK64 = (1 << 64) - 1
_GOLDEN64 = 0x9E3779B97F4A7C15


def splitmix64(state: int) -> int:
    """Return the output of SplitMix64 (Steele, Lea, Flood 2014) for a 64-bit state."""
    z = (state + _GOLDEN64) & _MASK64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK64
    return z ^ (z >> 31)


def permutation_keys(seed: int, stream: str, epoch: int) -> npt.NDArray[np.uint32]:
    """Return the uint32[8] round keys of one epoch of one stream."""
    name = int.from_bytes(sha256(stream.encode()).digest()[:8], "little")
    state = splitmix64(seed & _MASK64)
    state = splitmix64(state ^ name)
    state = splitmix64(state ^ (epoch & _MASK64))
    rounds = range(FEISTEL_ROUNDS)
    words = [splitmix64((state + r * _GOLDEN64) & _MASK64) >> 32 for r in rounds]
    return np.array(words, np.uint32)


def permutation(rows: int, keys: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
    """Return int32[rows], the permutation of 0 .. rows - 1 that the keys name."""
    order = np.empty(rows, np.int32)
    for start in range(0, rows, FEISTEL_BLOCK):
        stop = min(start + FEISTEL_BLOCK, rows)
        block = feistel(np.arange(start, stop, dtype=np.uint32), rows, keys)
        outside = np.flatnonzero(block >= rows)
        while outside.size:
            block[outside] = feistel(block[outside], rows, keys)
            outside = outside[block[outside] >= rows]
        order[start:stop] = block
    return order


def feistel_widths(rows: int) -> tuple[int, int]:
    """Return the bits of the left and right halves that together hold every row."""
    bits = max((rows - 1).bit_length(), MIN_FEISTEL_BITS)
    return bits // 2, bits - bits // 2


def feistel(
    values: npt.NDArray[np.uint32], rows: int, keys: npt.NDArray[np.uint32]
) -> npt.NDArray[np.uint32]:
    """Apply the network once; the result may lie outside 0 .. rows - 1."""
    left_bits, right_bits = feistel_widths(rows)
    left, right = values >> right_bits, values & ((1 << right_bits) - 1)
    for key in keys:
        mixed = right + key
        mixed ^= mixed >> 16
        mixed *= 0x85EBCA6B
        mixed ^= mixed >> 13
        mixed *= 0xC2B2AE35
        mixed ^= mixed >> 16
        mixed &= (1 << left_bits) - 1
        left, right = right, left ^ mixed
        left_bits, right_bits = right_bits, left_bits
    return np.bitwise_or(left << right_bits, right, dtype=np.uint32)
