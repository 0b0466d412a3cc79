"""Mixed precision: layers that compute in 16 bits, losses scaled for gradients."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias

import keras
import tensorflow as tf

Gradient: TypeAlias = tf.Tensor | tf.IndexedSlices | None


@contextmanager
def dtype_policy(policy: Literal["mixed_bfloat16", "mixed_float16"]) -> Iterator[None]:
    """Make layers constructed in the block compute in 16 bits; weights stay float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


class LossScale:
    """Keeps gradients of float16 computations out of its range of subnormal numbers.

    The objective is multiplied by `scale` before the backward pass, gradients are
    divided by it after. A step with gradients that are not finite changes nothing but
    the scale, which is halved; after `growth_steps` good steps in a row it is doubled
    (Micikevicius and others, 2018). It never falls below `floor`: with Keras'
    LossScaleOptimizer it can reach 0, whose gradients are NaN. After `patience` bad
    steps in a row at the floor it gives up and lets the step through, so that the run
    stops at what is not finite. `variables` is the state: scale, good and bad steps.
    """

    def __init__(
        self,
        initial_scale: float = 2.0**15,
        *,
        growth_steps: int = 2000,
        floor: float = 1.0,
        patience: int = 50,
    ) -> None:
        self.growth_steps, self.floor, self.patience = growth_steps, floor, patience
        self.scale = _scale_variable(initial_scale, tf.float32, "loss_scale")
        self.good = _scale_variable(0, tf.int64, "good_steps")
        self.bad = _scale_variable(0, tf.int64, "bad_steps")

    @property
    def variables(self) -> list[tf.Variable]:
        """The scale (float32), good and bad steps in a row (int64), all scalars."""
        return [self.scale, self.good, self.bad]

    def scaled(self, objective: tf.Tensor) -> tf.Tensor:
        """Return the objective to take the gradient of, inside of the tape."""
        return objective * tf.cast(self.scale, objective.dtype)

    def unscaled(self, gradients: Sequence[Gradient]) -> list[Gradient]:
        """Return the gradients of the objective itself, in float32; None stays None."""
        return [self._divided(gradient) for gradient in gradients]

    def settle(self, gradients: Sequence[tf.Tensor]) -> tf.Tensor:
        """Adapt the scale to a step; return whether to take it, a bool scalar."""
        finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(g)) for g in gradients])
        scale, good, bad = (v.read_value() for v in self.variables)
        at_floor = scale <= self.floor
        give_up = at_floor & (bad + 1 >= self.patience)
        grown = finite & (good + 1 >= self.growth_steps)
        halved = tf.maximum(scale / 2, self.floor)
        self.scale.assign(tf.where(finite, tf.where(grown, scale * 2, scale), halved))
        self.good.assign(tf.where(finite & ~grown, good + 1, tf.zeros_like(good)))
        self.bad.assign(tf.where(~finite & at_floor, bad + 1, tf.zeros_like(bad)))
        return finite | give_up

    def _divided(self, gradient: Gradient) -> Gradient:
        if gradient is None:
            return None
        if isinstance(gradient, tf.IndexedSlices):
            values = tf.cast(gradient.values, tf.float32) / self.scale
            return tf.IndexedSlices(values, gradient.indices, gradient.dense_shape)
        return tf.cast(gradient, tf.float32) / self.scale


def _scale_variable(value: float, dtype: Any, name: str) -> tf.Variable:
    return tf.Variable(value, dtype=dtype, trainable=False, name=name)
