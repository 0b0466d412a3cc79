"""The scope of one training step, from which all its randomness derives."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import tensorflow as tf

from loopc_runtime.errors import RunError

PART_STRIDE = 0x1E3779B97F4A7C15  # odd: parts differ in the low words too


@dataclass
class StepScope:
    """The seed, the step (int64 scalar tensor) and the calls of each site so far.

    `sources` gives, by the id of a draw, the function from the number of a batch (int64
    scalar) to its fields. `levels` are the buckets that padded batches are cut to, by
    how many there are.
    """

    seed: int | str
    step: tf.Tensor
    sources: Mapping[int, Callable[[tf.Tensor], tuple[tf.Tensor, ...]]] = field(
        default_factory=dict
    )
    calls: Counter[str] = field(default_factory=Counter)
    levels: Mapping[int, int] = field(default_factory=dict)
    part: int | tf.Tensor = 0  # of a batch that is computed in parts
    before_parts: Counter[str] | None = None  # the calls when the first part began

    def key(self, site: str) -> tf.Tensor:
        """Return the Philox key (int64[2]) of the next draw at `site` in this step.

        Its first word hashes seed, site and the number of the call, its second word is
        the step: a function of these four and of nothing else. Parts of a batch differ
        in the first word.
        """
        call = self.next_call(site)
        digest = hashlib.sha256(f"{self.seed}/{site}/{call}".encode()).digest()
        word = int.from_bytes(digest[:8], "little", signed=True)
        place = tf.constant(word, tf.int64)
        if tf.is_tensor(self.part) or self.part:
            place += tf.cast(self.part, tf.int64) * PART_STRIDE
        return tf.stack([place, tf.cast(self.step, tf.int64)])

    def calls_before_parts(self) -> Counter[str]:
        """Return the calls of each site before the first part of the first pass."""
        if self.before_parts is None:
            self.before_parts = Counter(self.calls)
        return self.before_parts

    def next_call(self, site: str) -> int:
        """Return how often `site` was called before in this step, and count this."""
        call = self.calls[site]
        self.calls[site] += 1
        return call


_STEP_SCOPE: ContextVar[StepScope | None] = ContextVar("step_scope", default=None)


@contextmanager
def step_scope(
    seed: int | str,
    step: tf.Tensor,
    sources: Mapping[int, Callable[[tf.Tensor], tuple[tf.Tensor, ...]]] | None = None,
) -> Iterator[StepScope]:
    """Make every draw in the block a function of (seed, site, call, step)."""
    scope = StepScope(seed, step, sources or {})
    token = _STEP_SCOPE.set(scope)
    try:
        yield scope
    finally:
        _STEP_SCOPE.reset(token)


def active_scope() -> StepScope | None:
    """Return the scope of the step being computed or traced, None outside of one."""
    return _STEP_SCOPE.get()


def in_step_scope() -> bool:
    """Tell whether a step is being computed or traced."""
    return active_scope() is not None


def current_step(what: str) -> StepScope:
    """Return the step that is computed or traced; RunError, naming `what`, if none."""
    scope = _STEP_SCOPE.get()
    if scope is None:
        raise RunError(
            f"{what} stands outside a step; call it from a step function, or inside "
            "`with step_scope(seed, step):`"
        )
    return scope


def draw_key(site: str) -> tf.Tensor:
    """Return the key of the next draw at `site`; RunError outside a step."""
    return current_step(f"the random draw `{site}`").key(site)
