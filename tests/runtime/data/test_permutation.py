"""Keyed permutations: bijective, stable for ever, and even."""

from collections import Counter
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopc_runtime.data.permutation import (
    feistel,
    feistel_widths,
    permutation,
    permutation_keys,
    splitmix64,
)


def test_splitmix64_is_the_published_generator():
    """The first outputs for state 0 and 1234567 are those of the reference code."""
    golden = 0x9E3779B97F4A7C15
    outputs = [splitmix64((1234567 + i * golden) % 2**64) for i in range(3)]

    assert splitmix64(0) == 0xE220A8397B1DCDAF
    assert outputs == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


@pytest.mark.parametrize("rows", [*range(1, 301), 1000, 4097, 60000])
def test_every_row_comes_exactly_once(rows):
    """A permutation of n rows holds each of 0 .. n - 1 once, as int32."""
    order = permutation(rows, permutation_keys(7, "fashion.train", 3))

    assert order.dtype == np.int32
    assert np.array_equal(np.sort(order), np.arange(rows))


@settings(max_examples=50, deadline=None)
@given(
    rows=st.integers(1, 100_000),
    seed=st.integers(-(2**70), 2**70),
    stream=st.text(max_size=20),
    epoch=st.integers(0, 2**40),
)
def test_any_seed_stream_and_epoch_make_a_permutation(rows, seed, stream, epoch):
    """No seed, name or epoch is outside what the keys are made of."""
    order = permutation(rows, permutation_keys(seed, stream, epoch))

    assert np.array_equal(np.sort(order), np.arange(rows))


GOLDEN_KEYS = [
    1459721793,
    1461925529,
    823123763,
    3134117493,
    3802787327,
    1057400283,
    2415257599,
    4023811856,
]
GOLDEN_ORDERS = {
    1: [0],
    2: [1, 0],
    5: [4, 0, 3, 1, 2],
    10: [4, 0, 3, 1, 8, 5, 6, 2],
    1000: [319, 38, 326, 866, 965, 907, 483, 447],
    60000: [47345, 23790, 42052, 20739, 25935, 14372, 45199, 7061],
    100000: [94705, 48608, 33776, 83524, 31767, 1615, 72706, 14235],
}


def test_golden_vectors():
    """These orders never change: any version resumes a checkpoint on the same rows."""
    keys = permutation_keys(7, "fashion.train", 3)
    heads = {rows: permutation(rows, keys)[:8].tolist() for rows in GOLDEN_ORDERS}

    assert keys.tolist() == GOLDEN_KEYS
    assert heads == GOLDEN_ORDERS


def one_by_one(row, rows, keys):
    """The documented cipher in Python integers, for one row."""
    bits = max((rows - 1).bit_length(), 6)
    while True:
        left_bits, right_bits = bits // 2, bits - bits // 2
        left, right = row >> right_bits, row % 2**right_bits
        for key in keys:
            mixed = (right + key) % 2**32
            mixed = ((mixed ^ mixed >> 16) * 0x85EBCA6B) % 2**32
            mixed = ((mixed ^ mixed >> 13) * 0xC2B2AE35) % 2**32
            mixed ^= mixed >> 16
            left, right = right, left ^ mixed % 2**left_bits
            left_bits, right_bits = right_bits, left_bits
        row = left << right_bits | right
        if row < rows:
            return row


@pytest.mark.parametrize("rows", [1, 5, 64, 100, 40_000])
def test_the_arithmetic_is_the_documented_one(rows):
    """NumPy's wrapped uint32 vectors equal plain integers reduced modulo 2**32."""
    keys = permutation_keys(3, "plain", 1)
    some = range(0, rows, max(rows // 50, 1))
    order = permutation(rows, keys)

    assert [order[row] for row in some] == [
        one_by_one(row, rows, keys.tolist()) for row in some
    ]


def test_seed_stream_and_epoch_all_matter():
    """Changing any one of the three gives another order."""
    orders = {
        tuple(permutation(50, permutation_keys(seed, stream, epoch)))
        for seed in (0, 1)
        for stream in ("a", "b")
        for epoch in (0, 1)
    }

    assert len(orders) == 8


@pytest.mark.parametrize("rows", [2, 3, 4])
def test_all_permutations_of_few_rows_are_reached_evenly(rows):
    """Each of n! orders comes as often as chance has it (chi squared, 4 sigma)."""
    draws = 150 * factorial(rows)
    seen = Counter(
        tuple(permutation(rows, permutation_keys(1, "few", epoch)).tolist())
        for epoch in range(draws)
    )
    expected = draws / factorial(rows)
    chi2 = sum((count - expected) ** 2 / expected for count in seen.values())
    freedom = factorial(rows) - 1

    assert set(seen) == set(permutations(range(rows)))
    assert chi2 < freedom + 4 * np.sqrt(2 * freedom)


@pytest.mark.parametrize("rows", [20, 100])
def test_every_row_comes_at_every_position_evenly(rows):
    """Over the epochs of one seed, rows and positions are independent (4 sigma)."""
    epochs = 100 * rows
    counts = np.zeros((rows, rows))
    for epoch in range(epochs):
        order = permutation(rows, permutation_keys(0, "even", epoch))
        counts[np.arange(rows), order] += 1
    chi2 = ((counts - epochs / rows) ** 2 / (epochs / rows)).sum()
    freedom = (rows - 1) ** 2

    assert abs(chi2 - freedom) < 4 * np.sqrt(2 * freedom)


def test_neighbours_are_independent_of_each_other():
    """Row r directly before row r + 1 is as rare as chance has it."""
    rows, epochs = 64, 4000
    together = sum(
        int((np.diff(permutation(rows, permutation_keys(5, "pairs", e))) == 1).sum())
        for e in range(epochs)
    )
    expected = epochs * (rows - 1) / rows

    assert abs(together - expected) < 4 * np.sqrt(expected)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), rows=st.integers(1, 2**31 - 1), seed=st.integers(0, 2**64 - 1))
def test_networks_of_any_width_are_one_to_one(data, rows, seed):
    """Rows of tables too long to permute in a test go to different places."""
    chosen = st.lists(st.integers(0, rows - 1), min_size=1, max_size=20, unique=True)
    places = data.draw(chosen)
    values = feistel(
        np.array(places, np.uint32), rows, permutation_keys(seed, "wide", 0)
    )
    left_bits, right_bits = feistel_widths(rows)

    assert len(set(values.tolist())) == len(places)
    assert values.max() < 2 ** (left_bits + right_bits)
    assert rows <= 2 ** (left_bits + right_bits) < max(2 * rows, 128)
