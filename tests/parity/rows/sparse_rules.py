"""Weights and gradients with zeros in them: a kernel of TensorFlow, and papers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from tests.parity.row import Arrays, Row, Rule, both
from tests.parity.rows.numpy_rules import alone, moments, row

import loopc_runtime as ours

START, L1, L2 = 0.125, 0.5, 0.25


def proximal_adagrad() -> Rule:
    """Let TensorFlow's kernel step, from the weights that are shown."""
    sums: list[tf.Variable] = []

    def rule(
        gradients: Arrays, variables: Arrays, count: int, rate: float, value: float
    ) -> Arrays:
        fresh = [tf.Variable(np.full(v.shape, START)) for v in variables]
        sums.extend([] if sums else fresh)
        updates = []
        for gradient, variable, accumulator in zip(
            gradients, variables, sums, strict=True
        ):
            moving = tf.Variable(np.asarray(variable))
            tf.raw_ops.ResourceApplyProximalAdagrad(
                var=moving.handle,
                accum=accumulator.handle,
                lr=np.float64(rate),
                l1=np.float64(L1),
                l2=np.float64(L2),
                grad=gradient,
            )
            updates.append(moving.numpy() - variable)
        return updates

    return rule


def with_memory(compress: Callable[[np.ndarray], np.ndarray]) -> Callable[..., Any]:
    """Send what is compressed; owe the rest, from one step to the next."""

    def step(
        gradient: np.ndarray, variable: np.ndarray, count: int, rate: float, memory: Any
    ) -> np.ndarray:
        owed = memory["before"] + gradient
        sent = compress(owed)
        memory["before"] = owed - sent
        return sent

    return step


def keep_largest(tensor: np.ndarray) -> np.ndarray:
    """Keep three in ten, rounded up, by magnitude."""
    order = np.argsort(-np.abs(tensor), axis=None)
    kept = np.zeros(tensor.size)
    places = order[: -(-3 * tensor.size // 10)]
    kept[places] = tensor.ravel()[places]
    return kept.reshape(tensor.shape)


def one_bit(tensor: np.ndarray) -> np.ndarray:
    """Keep the signs and one size."""
    return np.asarray(np.abs(tensor).mean() * np.where(tensor < 0, -1.0, 1.0))


def without_memory(compress: Callable[[np.ndarray], np.ndarray]) -> Callable[..., Any]:
    """Send what is compressed; forget the rest."""
    return lambda gradient, *_: compress(gradient)


ROWS = [
    *both(
        lambda scheduled: Row(
            name="proximal_adagrad",
            library="tensorflow",
            case=f"initial_accumulator_value={START}, l1={L1}, l2={L2}",
            scheduled=scheduled,
            ours=lambda rate: ours.proximal_adagrad(rate, START, L1, L2),
            theirs=proximal_adagrad,
            of_weights=True,
        )
    ),
    *[
        row(
            name,
            "from the paper" + ("" if remembers else ", error_feedback=False"),
            lambda rate, make=make, remembers=remembers: make(remembers),
            alone(moments, (with_memory if remembers else without_memory)(compress)),
        )
        for name, make, compress in (
            ("sparsify", lambda feedback: ours.sparsify(0.3, feedback), keep_largest),
            ("quantize_signs", ours.quantize_signs, one_bit),
        )
        for remembers in (True, False)
    ],
]
