"""Measurements at a point of a chain, which change nothing."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from loopc_runtime.transforms.base import GradientTransform, Tensors, require_variables
from loopc_runtime.transforms.clipping import global_norm
from loopc_runtime.transforms.conditions import values_of
from loopc_runtime.transforms.hooks import Hooks
from loopc_runtime.transforms.task_base import inner_products, is_shared, lengths

Values = Sequence[tf.Variable]


class ProbeState(NamedTuple):
    """By measure, float32[2]: the sum since it was last read, and of how many."""

    sums: dict[str, tf.Tensor]


def probe(
    name: str,
    measures: Sequence[str] = ("norm",),
    *,
    tasks: Sequence[int] = (),
    skip_zeros: bool = False,
) -> GradientTransform:
    """Measure what passes here, and pass it on unchanged; `optax.snapshot`, with names.

    `norm` is the norm of all gradients together, `max` the largest absolute element,
    `ratio` that norm in units of the norm of the variables, `cosine` the mean cosine of
    the gradients of every two objectives, over the variables that they share. `tasks`
    are the objectives that are looked at, where there still are several: one for a
    norm, two or more (or none: all) for a cosine. With `skip_zeros` what is 0
    throughout does not count, such as a step that is held back.

    A measure counts once for every time that gradients pass: not in a step that the
    wrapper around it skips. `Optimizer.measured("NAME/norm")` takes what has come
    together, for the report of a step.
    """

    def init(variables: Values) -> ProbeState:
        return ProbeState({each: tf.zeros([2], tf.float32) for each in measures})

    def update(
        gradients: Tensors,
        state: ProbeState,
        variables: Values | None = None,
        **extra: Any,
    ) -> tuple[Tensors, ProbeState]:
        present = require_variables(variables)
        counts = any_passes(gradients) if skip_zeros else tf.constant(True)
        sums = {}
        for each in measures:
            value = measured(each, gradients, present, tasks)
            more = tf.where(counts, tf.stack([value, 1.0]), tf.zeros([2]))
            sums[each] = state.sums[each] + more
        return gradients, ProbeState(sums)

    def probed(state: ProbeState) -> dict[str, tf.Tensor]:
        return {f"{name}/{each}": state.sums[each] for each in measures}

    return GradientTransform(init, update, Hooks(probed=probed))


def any_passes(gradients: Tensors) -> tf.Tensor:
    """Tell whether an element of a gradient is not 0."""
    moved = [tf.reduce_any(tf.not_equal(each, 0)) for each in gradients]
    return tf.reduce_any(tf.stack([tf.constant(False), *moved]))


def measured(
    measure: str, gradients: Tensors, variables: Values, tasks: Sequence[int] = ()
) -> tf.Tensor:
    """Return one measure of the gradients, a float32 scalar; 0 where there are none.

    Raises:
        ValueError: there is no such measure.
    """
    if measure == "cosine":
        return mean_cosine(gradients, variables, tasks)
    if measure not in MEASURES:
        known = ", ".join([*MEASURES, "cosine"])
        raise ValueError(f"A probe measures no {measure!r}; it knows {known}.")
    if tasks:
        gradients, variables = of_task(tasks[0], gradients, variables)
    if not gradients:
        return tf.zeros([], tf.float32)
    whole = [tf.cast(each, tf.float32) for each in gradients]
    return MEASURES[measure](whole, variables)


def joint_norm(gradients: Tensors, variables: Values) -> tf.Tensor:
    """Return the L2 norm of all gradients together."""
    return global_norm(gradients)


def largest_element(gradients: Tensors, variables: Values) -> tf.Tensor:
    """Return the largest absolute element."""
    return tf.reduce_max(tf.stack([tf.reduce_max(tf.abs(each)) for each in gradients]))


def norm_ratio(gradients: Tensors, variables: Values) -> tf.Tensor:
    """Return the norm of the gradients over that of the variables; 0 over 0 is 0."""
    weights = [tf.cast(each, tf.float32) for each in values_of(variables)]
    return tf.math.divide_no_nan(global_norm(gradients), global_norm(weights))


MEASURES: dict[str, Callable[[Tensors, Values], tf.Tensor]] = {
    "norm": joint_norm,
    "max": largest_element,
    "ratio": norm_ratio,
}


def of_task(
    task: int, gradients: Tensors, variables: Values
) -> tuple[Tensors, list[tf.Variable]]:
    """Return the gradients of one objective for what several share, and the shared."""
    pairs = [
        (gradient[task], variable)
        for gradient, variable in zip(gradients, variables, strict=True)
        if is_shared(gradient, variable)
    ]
    return [gradient for gradient, _ in pairs], [variable for _, variable in pairs]


def mean_cosine(
    gradients: Tensors, variables: Values, tasks: Sequence[int] = ()
) -> tf.Tensor:
    """Return the mean cosine of the gradients of every two of the objectives.

    `tasks` are those that are looked at; none means all. A gradient of norm 0 has
    cosine 0 with every other; a single objective has 1.
    """
    pairs = zip(gradients, variables, strict=True)
    if not any(is_shared(each, variable) for each, variable in pairs):
        return tf.ones([], tf.float32)
    products = inner_products(gradients, variables)
    if tasks:
        products = tf.gather(tf.gather(products, tasks), tasks, axis=1)
    norms = lengths(products)
    cosines = products / (norms[:, None] * norms[None, :])
    count = products.shape[0]
    total = tf.reduce_sum(cosines) - tf.linalg.trace(cosines)
    return total / (count * (count - 1))


def keep_measured(fresh: Any, state: Any) -> Any:
    """Return `fresh`, a state like `state`, with what the probes of that hold."""
    if isinstance(state, ProbeState):
        return state
    if isinstance(state, dict):
        return {key: keep_measured(fresh[key], part) for key, part in state.items()}
    if not isinstance(state, list | tuple):
        return fresh
    pairs = zip(fresh, state, strict=True)
    parts = [keep_measured(one, other) for one, other in pairs]
    return type(state)(*parts) if hasattr(state, "_fields") else type(state)(parts)
