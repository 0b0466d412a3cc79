"""Choosing between two ways on the device, for wrappers that sometimes act."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

Way = Callable[[], Any]


def either(condition: tf.Tensor, then: Way, otherwise: Way) -> Any:
    """Return what `then()` or `otherwise()` returns, nested alike; one of them runs.

    Unlike with `tf.cond`, empty tuples may stand in the structure.
    """
    structure: list[Any] = []

    def flat(branch: Way) -> Way:
        def call() -> list[tf.Tensor]:
            result = branch()
            structure.append(result)
            return [tf.convert_to_tensor(leaf) for leaf in tf.nest.flatten(result)]

        return call

    leaves = tf.cond(condition, flat(then), flat(otherwise))
    leaves = [leaves] if isinstance(leaves, tf.Tensor) else leaves
    return tf.nest.pack_sequence_as(structure[0], leaves)


def chosen(condition: tf.Tensor, then: Any, otherwise: Any) -> Any:
    """Return one of two nested structures of tensors; both have been computed."""
    return tf.nest.map_structure(
        lambda one, other: tf.where(condition, one, other), then, otherwise
    )


def all_finite(tensors: Sequence[tf.Tensor]) -> tf.Tensor:
    """Tell whether no element of any tensor is NaN or infinite."""
    if not tensors:
        return tf.constant(True)
    return tf.reduce_all(
        tf.stack([tf.reduce_all(tf.math.is_finite(each)) for each in tensors])
    )


def zeros_for(tensors: Sequence[tf.Tensor]) -> list[tf.Tensor]:
    """Return zeros in the shape and dtype of each tensor."""
    return [tf.zeros_like(each) for each in tensors]


def moved(variables: Sequence[Any], updates: Sequence[tf.Tensor]) -> list[tf.Tensor]:
    """Return the values of `variables` with `updates` added."""
    return [
        tf.convert_to_tensor(variable) + update
        for variable, update in zip(variables, updates, strict=True)
    ]


def values_of(variables: Sequence[Any]) -> list[tf.Tensor]:
    """Return copies of the values of `variables`, as tensors."""
    return [tf.identity(tf.convert_to_tensor(variable)) for variable in variables]
