"""The scope of one training step, from which all its randomness derives."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import tensorflow as tf

from loopc_runtime.errors import RunError


@dataclass
class StepScope:
    """The seed, the step (int64 scalar tensor) and the calls of each site so far."""

    seed: int | str
    step: tf.Tensor
    calls: Counter[str] = field(default_factory=Counter)

    def key(self, site: str) -> tf.Tensor:
        """Return the Philox key (int64[2]) of the next draw at `site` in this step.

        Its first word hashes seed, site and the number of the call, its second word is
        the step: a function of these four and of nothing else.
        """
        call = self.calls[site]
        self.calls[site] += 1
        digest = hashlib.sha256(f"{self.seed}/{site}/{call}".encode()).digest()
        word = int.from_bytes(digest[:8], "little", signed=True)
        return tf.stack([tf.constant(word, tf.int64), tf.cast(self.step, tf.int64)])


_STEP_SCOPE: ContextVar[StepScope | None] = ContextVar("step_scope", default=None)


@contextmanager
def step_scope(seed: int | str, step: tf.Tensor) -> Iterator[StepScope]:
    """Make every draw in the block a function of (seed, site, call, step)."""
    scope = StepScope(seed, step)
    token = _STEP_SCOPE.set(scope)
    try:
        yield scope
    finally:
        _STEP_SCOPE.reset(token)


def in_step_scope() -> bool:
    """Tell whether a step is being computed or traced."""
    return _STEP_SCOPE.get() is not None


def draw_key(site: str) -> tf.Tensor:
    """Return the key of the next draw at `site`; RunError outside a step."""
    scope = _STEP_SCOPE.get()
    if scope is None:
        raise RunError(
            f"`{site}` draws random numbers outside a step; call it from a step "
            "function, or inside `with step_scope(seed, step):`"
        )
    return scope.key(site)
