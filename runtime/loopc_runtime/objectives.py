"""Objectives that are computed more than once: again, elsewhere, for each example."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any

import tensorflow as tf

from loopc_runtime.scope import active_scope

Objective = Callable[..., Any]


def repeatable(function: Objective) -> Objective:
    """Make every call of `function` within a step draw what its first call drew.

    Otherwise the second evaluation of an objective would see another dropout mask, and
    differ by more than by where it is evaluated. `function` returns the objective, or
    a tuple that begins with it; several objectives are a list.
    """
    begun: list[Counter[str]] = []

    @wraps(function)
    def again(*arguments: Any) -> Any:
        scope = active_scope()
        if scope is None or not begun:
            begun.append(Counter() if scope is None else scope.calls.copy())
            return function(*arguments)
        now, scope.calls = scope.calls, begun[0].copy()
        try:
            return function(*arguments)
        finally:
            scope.calls = now

    return again


def objective_value(result: Any) -> tf.Tensor:
    """Return the objective out of what its function returned; several as a vector."""
    first = result[0] if isinstance(result, tuple) else result
    return tf.stack(first) if isinstance(first, list) else first


class Evaluation:
    """An objective as a function of values of the variables it depends on.

    The variables, and those that calling the model changes on the way (`statistics`,
    such as the moving ones of batch normalization), have their own values again
    afterwards. Works in loops and conditions, in a graph and under XLA.
    """

    def __init__(
        self,
        objective: Objective,
        variables: Sequence[tf.Variable],
        statistics: Sequence[tf.Variable] = (),
    ) -> None:
        self.objective = objective
        self.variables = list(variables)
        self.statistics = list(statistics)

    def evaluate(self, tensors: Sequence[tf.Tensor]) -> tuple[Any, list[tf.Tensor]]:
        """Return the objective and its gradients where the variables are `tensors`."""
        with unchanged(self.variables), unchanged(self.statistics):
            for variable, tensor in zip(self.variables, tensors, strict=True):
                variable.assign(tensor)
            with tf.GradientTape() as tape:
                value = objective_value(self.objective())
            gradients = tape.gradient(
                value, self.variables, unconnected_gradients="zero"
            )
        return value, [tf.convert_to_tensor(each) for each in gradients]

    def values(self) -> tf.Tensor:
        """Return the objective, or the vector of them, with the variables as are."""
        with unchanged(self.statistics):
            return objective_value(self.objective())

    def hessian_vector(self, tensors: Sequence[tf.Tensor]) -> list[tf.Tensor]:
        """Return the Hessian of the objective times `tensors`, by two reverse passes.

        Gradients are those with the variables as they are.
        """
        with unchanged(self.statistics), tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                value = objective_value(self.objective())
            gradients = inner.gradient(
                value, self.variables, unconnected_gradients="zero"
            )
            products = [
                tf.reduce_sum(gradient * tf.stop_gradient(tensor))
                for gradient, tensor in zip(gradients, tensors, strict=True)
            ]
            along = tf.add_n(products)
        found = outer.gradient(along, self.variables, unconnected_gradients="zero")
        return [tf.convert_to_tensor(each) for each in found]


@contextmanager
def unchanged(variables: Sequence[tf.Variable]) -> Any:
    """Give `variables` their values back behind the block."""
    before = [tf.identity(variable) for variable in variables]
    yield
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)


def task_gradients(
    tape: tf.GradientTape,
    objectives: Sequence[tf.Tensor],
    variables: Sequence[tf.Variable],
    *,
    stacked: bool = False,
) -> list[tf.Tensor | None]:
    """Return the gradients of several objectives, by one backward pass for each.

    `[objectives, *shape]` for a variable that two or more of them depend on, zero
    where one does not; the plain gradient for a variable of one objective alone, such
    as those of its head, unless all are to be `stacked`. The tape has to be persistent,
    which costs nothing in a compiled step.

    Raises:
        ValueError: none of the objectives depends on a variable.
    """
    by_task = [tape.gradient(objective, list(variables)) for objective in objectives]
    return [
        shared_gradient(variable, of_tasks, alone=not stacked)
        for variable, *of_tasks in zip(variables, *by_task, strict=True)
    ]


def shared_gradient(
    variable: tf.Variable,
    of_tasks: Sequence[tf.Tensor | tf.IndexedSlices | None],
    *,
    alone: bool = True,
) -> tf.Tensor | None:
    """Stack the gradients of one variable, or return the one `alone`, or none."""
    present = [each for each in of_tasks if each is not None]
    if not present:
        return None
    if alone and len(present) == 1:
        return tf.convert_to_tensor(present[0])
    zeros = tf.zeros(variable.shape, variable.dtype)
    return tf.stack([zeros if e is None else tf.convert_to_tensor(e) for e in of_tasks])


def per_example_gradients(
    objective: Objective, variables: Sequence[tf.Variable], *fields: tf.Tensor
) -> tuple[Any, ...]:
    """Return the gradients for each example, `[batch, *shape]`, then the results.

    `objective` is called once, vectorized, with every field as a batch of one example.
    The first of its results is the objective, whose mean over the batch comes back;
    others with a batch axis come back as a whole batch, those without as their mean. It
    must neither draw random numbers nor let examples see each other.
    """

    def of_one(example: tuple[tf.Tensor, ...]) -> Any:
        with tf.GradientTape() as tape:
            found = objective(*(tf.expand_dims(field, 0) for field in example))
            results = found if isinstance(found, tuple) else (found,)
        gradients = tape.gradient(
            results[0], list(variables), unconnected_gradients="zero"
        )
        return [tf.convert_to_tensor(each) for each in gradients], results

    gradients, results = tf.vectorized_map(of_one, tuple(fields))
    batched = [
        tf.squeeze(each, 1) if len(each.shape) > 1 else tf.reduce_mean(each)
        for each in results
    ]
    return gradients, *batched
