"""Steps on padded batches, cut to the buckets that these need: a branch for each."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

import tensorflow as tf

from loopc_runtime.data.buckets import Lengths
from loopc_runtime.scope import StepScope

Level: TypeAlias = (
    int | tf.Tensor
)  # the number of a bucket; an int where it is always the same
Levels = Mapping[int, int]  # by how many buckets there are


def cut_to(
    fields: Sequence[tf.Tensor], cuts: Sequence[Lengths], levels: Levels
) -> tuple[tf.Tensor, ...]:
    """Return fields [batch, longest, ...] cut to the bucket that is chosen for them.

    `cuts` holds the lengths of each field, () where it has one length alone.
    """
    return tuple(
        value[:, : lengths[levels[len(lengths)]]] if lengths else value
        for value, lengths in zip(fields, cuts or [()] * len(fields), strict=True)
    )


def buckets_in(cuts: Sequence[Lengths]) -> int:
    """Return how many buckets a stream has; its axes have as many each."""
    return max(map(len, cuts), default=0)


def run_at_levels(
    needed: Sequence[tuple[int, Level]],
    scope: StepScope,
    run: Callable[[Levels], None],
) -> None:
    """Run once the highest buckets that streams need are known.

    `needed` holds how many buckets a stream has, and the first one that holds its
    batch. Streams with as many are cut to the same place, so that one axis has one
    length in a step. There is a branch for each bucket, with static shapes, so that XLA
    compiles them and a chunk of steps is not interrupted; all of them make the same
    random draws.
    """
    calls = Counter(scope.calls)

    def choose(counts: Sequence[int], chosen: Levels) -> tf.Tensor:
        if not counts:
            scope.calls = Counter(calls)
            run(chosen)
            return tf.constant(0)
        count, *others = counts
        levels = [level for buckets, level in needed if buckets == count]
        fixed = [level for level in levels if isinstance(level, int)]
        lowest, varying = max(fixed, default=0), len(fixed) < len(levels)
        branches = [
            partial(choose, others, {**chosen, count: level})
            for level in range(lowest, count if varying else lowest + 1)
        ]
        if len(branches) == 1:
            return branches[0]()
        highest = tf.reduce_max(tf.stack(levels))
        return tf.switch_case(highest - lowest, branches)

    choose(sorted({buckets for buckets, _ in needed}), {})
