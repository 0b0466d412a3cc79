"""Philox 4x32-10 (Salmon and others, 2011), as TensorFlow's stateless draws use it."""

MASK = 0xFFFF_FFFF
ROUNDS = 10
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
# The key under which TensorFlow scrambles a seed into a key and a counter.
SCRAMBLE = (0x3EC8F720, 0x02461E29)


def philox(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Four 32-bit words from a counter of four and a key of two."""
    a, b, c, d = counter
    first, second = key
    for _ in range(ROUNDS):
        left, right = MULTIPLIERS[0] * a, MULTIPLIERS[1] * c
        a, b, c, d = (
            (right >> 32) ^ b ^ first,
            right & MASK,
            (left >> 32) ^ d ^ second,
            left & MASK,
        )
        first, second = (first + WEYL[0]) & MASK, (second + WEYL[1]) & MASK
    return a, b, c, d


def unit_draw(seed: int, number: int) -> float:
    """The first number in [0, 1) of a stateless draw with the seed `[seed, number]`."""
    words = (seed & MASK, (seed >> 32) & MASK, number & MASK, (number >> 32) & MASK)
    mixed = philox(words, SCRAMBLE)
    drawn = philox((0, 0, mixed[2], mixed[3]), (mixed[0], mixed[1]))
    return float((drawn[0] >> 8) * 2.0**-24)
