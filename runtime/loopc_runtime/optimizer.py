"""The shell around a gradient transform: keeps the state, writes the variables."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from loopc_runtime.averages import OccasionalMean
from loopc_runtime.errors import GradientError
from loopc_runtime.objectives import Evaluation, Objective
from loopc_runtime.precision import Gradient, LossScale
from loopc_runtime.transforms.base import (
    GradientTransform,
    State,
    Tensors,
    variable_path,
)
from loopc_runtime.transforms.state_keys import LeafKey, leaf_keys


class Optimizer:
    """Steps `variables` by `transform`, whose state it holds in `tf.Variable`s.

    Every variable is made at construction, so nothing is built lazily inside a trace.
    `updates` (an int64 scalar) counts the real steps taken, where some are held back
    and gathered; `variables` is all of the state, the counter first, in an order and
    under names that depend only on the transform and the trained variables:
    `NAME/updates`, `NAME/0/mu/dense/kernel`, ...
    """

    def __init__(
        self,
        transform: GradientTransform,
        variables: Sequence[tf.Variable],
        name: str = "optimizer",
        *,
        statistics: Sequence[tf.Variable] = (),
        carries: "Sequence[Optimizer]" = (),
        loss_scale: LossScale | None = None,
    ) -> None:
        """Make the state of `transform` for `variables` (Keras' or TensorFlow's).

        `statistics` are variables that computing the objective changes on the way: to
        compute it again must not. `carries` are optimizers of earlier stages with the
        same transform: the counter and the state of variables that they train too are
        shared with them, and so go on. `loss_scale` is for objectives in float16.

        Raises:
            ValueError: there are no variables, or one of them is listed twice.
        """
        self.transform = transform
        self.trained = list(variables)
        self.statistics = list(statistics)
        self.loss_scale: LossScale | None = (
            carries[0].loss_scale if carries else loss_scale
        )
        self.name = name
        check_distinct(name, self.trained)
        carried = self._carried(carries)
        state = transform.init(self.trained)
        paths = leaf_paths(state, [variable_path(each) for each in self.trained])
        self.updates: tf.Variable = (
            carries[0].updates if carries else new_counter(f"{name}/updates")
        )
        leaves = [
            (
                carried[place]
                if place in carried
                else tf.Variable(leaf, trainable=False, name=f"{name}/{path}")
            )
            for place, (leaf, path) in enumerate(
                zip(tf.nest.flatten(state), paths, strict=True)
            )
        ]
        self._shared, self._counts_on = frozenset(carried), bool(carries)
        self.state = tf.nest.pack_sequence_as(state, leaves)
        self.stepped: tf.Tensor | bool = False  # of the last step, in its own trace

    def _carried(self, earlier: "Sequence[Optimizer]") -> dict[int, tf.Variable]:
        """Return the tensors that earlier optimizers hold, by their place here."""
        if not earlier:
            return {}
        known: dict[LeafKey, tf.Variable] = {}
        for each in earlier:
            keys = leaf_keys(each.transform, each.trained)
            each.transform.init(each.trained)  # its groups are of all variables again
            known |= dict(zip(keys, tf.nest.flatten(each.state), strict=True))
        keys = leaf_keys(self.transform, self.trained)
        return {place: known[key] for place, key in enumerate(keys) if key in known}

    def begin(self) -> None:
        """Start the state anew from the present variables, but for what is carried."""
        fresh = tf.nest.flatten(self.transform.init(self.trained))
        for place, leaf in enumerate(tf.nest.flatten(self.state)):
            if place not in self._shared:
                leaf.assign(fresh[place])
        if not self._counts_on:
            self.updates.assign(0)

    @property
    def variables(self) -> list[tf.Variable]:
        """All variables of the state, the counter first; the trained ones not."""
        scale = [] if self.loss_scale is None else self.loss_scale.variables
        return [self.updates, *tf.nest.flatten(self.state), *scale]

    def scaled(self, objective: tf.Tensor) -> tf.Tensor:
        """Return the objective as its gradients are taken, inside of the tape."""
        scale = self.loss_scale
        return objective if scale is None else scale.scaled(objective)

    def unscaled(self, gradients: Sequence[Gradient]) -> list[Gradient]:
        """Return the gradients of the objective from those of the scaled one."""
        scale = self.loss_scale
        return list(gradients) if scale is None else scale.unscaled(gradients)

    def apply_gradients(
        self,
        pairs: Iterable[tuple[tf.Tensor | tf.IndexedSlices, tf.Variable]],
        *,
        value: tf.Tensor | Sequence[tf.Tensor] | None = None,
        objective: Objective | None = None,
        weight: tf.Tensor | float | None = None,
    ) -> None:
        """Take one step with `pairs` of gradient and variable.

        The pairs must be in the order of the variables given at construction. Gradients
        are cast to the dtype of their variable; they may have one leading axis, of
        objectives or examples, where the transform asks for it. A sparse gradient (of
        an embedding) is made dense, which costs time and memory in the size of the
        whole variable at every step. A Keras constraint of a variable is applied after
        its step. Works eagerly, in `tf.function`, in `tf.while_loop` and under XLA.

        What the transform needs besides: `value` of the objective, or of each of
        several; `objective`, a function that computes it again; `weight`, how many
        examples (or which sum of their weights) the mean in it is over.

        Raises:
            ValueError: other variables, another order, a gradient that is None or of
                another shape than its variable.
        """
        present = list(pairs)
        check_same_variables(self.name, self.trained, [each for _, each in present])
        gradients = [dense_gradient(self.name, *pair) for pair in present]
        extra: dict[str, Any] = {}
        if value is not None:
            extra["value"] = tf.stack(value) if isinstance(value, list) else value
        if weight is not None:
            extra["weight"] = weight
        again = None
        if objective is not None:
            again = Evaluation(objective, self.trained, self.statistics)
            extra["evaluate"] = again.evaluate
            extra["gradient"] = gradients
            extra["hessian_vector"] = again.hessian_vector
        before = self.current_state()
        updates, state = self.transform.update(gradients, before, self.trained, **extra)
        if self.loss_scale is None:
            self.write(updates, state)
        else:
            taken = self.loss_scale.settle(gradients)
            state = tf.nest.map_structure(partial(tf.where, taken), state, before)
            kept = [tf.where(taken, each, tf.zeros_like(each)) for each in updates]
            self.write(kept, state, tf.cast(taken, tf.int64))
        if again is not None and self.transform.hooks.observe is not None:
            self.keep(self.transform.hooks.observe(state, again.values()))

    def current_state(self) -> State:
        """Return the state as tensors."""
        return tf.nest.map_structure(lambda leaf: leaf.read_value(), self.state)

    def loss_weights(self, values: Sequence[tf.Tensor]) -> list[tf.Tensor]:
        """Return the weight of each of several objectives in their one backward pass.

        Raises:
            ValueError: the transform does not weigh objectives.
        """
        weigh = self.transform.hooks.weigh
        if weigh is None:
            raise ValueError(f"Optimizer `{self.name}` does not weigh objectives.")
        weights = weigh(tf.stop_gradient(tf.stack(values)), self.current_state())
        return tf.unstack(weights, num=len(values))

    @property
    def holds_back(self) -> bool:
        """Whether gathered gradients may wait for a step, which `flush` takes."""
        return self.transform.hooks.flush is not None

    def flush(self) -> None:
        """Take the step that gathered gradients are waiting for, if there is one."""
        flush = self.transform.hooks.flush
        if flush is not None:
            self.write(*flush(self.current_state(), self.trained))

    def averaged(self) -> list[tf.Tensor]:
        """Return what stands for the variables when the model is evaluated.

        The variables themselves, if the transform does not average them.
        """
        averaged = self.transform.hooks.averaged
        if averaged is None:
            return [tf.convert_to_tensor(each) for each in self.trained]
        return averaged(self.current_state(), self.trained)

    def moved(self, model: Any) -> tf.Tensor | bool:
        """Tell whether the last step, in its own trace, updated weights of `model`."""
        own = {id(variable) for variable in model.variables}
        trains = any(id(variable) in own for variable in self.trained)
        return self.stepped if trains else False

    def measured(self, name: str) -> OccasionalMean:
        """Return what a probe has measured since this was last asked, for a report.

        `name` is that of the probe and its measure, `clipped/norm`. Asking empties it,
        so it is asked once a step, behind the updates.

        Raises:
            ValueError: there is no such probe in the chain.
        """
        hook = self.transform.hooks.probed
        kept = {} if hook is None else hook(self.state)
        if name not in kept:
            known = ", ".join(kept) or "none"
            raise ValueError(
                f"Optimizer `{self.name}` measures no `{name}`; known: {known}."
            )
        sums = tf.cast(kept[name].read_value(), tf.float64)
        kept[name].assign(tf.zeros([2]))
        return OccasionalMean(sums)

    def write(self, updates: Tensors, state: State, taken: tf.Tensor | int = 1) -> None:
        """Add `updates` to the trained variables, keep `state`, count those `taken`."""
        self.stepped = self.is_real(updates, state)
        for variable, update in zip(self.trained, updates, strict=True):
            raw_variable(variable).assign_add(update)
            constraint = getattr(variable, "constraint", None)
            if constraint is not None:
                variable.assign(constraint(variable))
        self.keep(state)
        count = self.transform.hooks.real_updates
        if count is None:
            self.updates.assign_add(taken)
        else:
            self.updates.assign(count(state))

    def is_real(self, updates: Tensors, state: State) -> tf.Tensor:
        """Return whether a step moves the variables: not where it is held back."""
        count = self.transform.hooks.real_updates
        if count is not None:
            return count(state) > self.updates
        moved = [tf.reduce_any(tf.not_equal(update, 0)) for update in updates]
        return tf.reduce_any(tf.stack(moved))

    def keep(self, state: State) -> None:
        """Keep `state` for the next step."""
        leaves = tf.nest.flatten(self.state)
        for leaf, value in zip(leaves, tf.nest.flatten(state), strict=True):
            leaf.assign(value)


def new_counter(name: str) -> tf.Variable:
    """Return an int64 scalar variable that is 0."""
    return tf.Variable(0, dtype=tf.int64, trainable=False, name=name)


def check_distinct(name: str, variables: Sequence[tf.Variable]) -> None:
    """Verify that there are variables and that none is listed twice.

    Raises:
        ValueError: there are none, or one of them is repeated.
    """
    if not variables:
        raise ValueError(f"Optimizer `{name}` was given no variables to train.")
    seen: set[int] = set()
    for variable in variables:
        if id(variable) in seen:
            raise ValueError(
                f"Optimizer `{name}` was given the variable "
                f"`{variable_path(variable)}` twice: list each variable once."
            )
        seen.add(id(variable))


def check_same_variables(
    name: str, trained: Sequence[tf.Variable], given: Sequence[tf.Variable]
) -> None:
    """Verify that `given` are the objects in `trained`, in the same order.

    Raises:
        ValueError: they are not; the message names the first difference.
    """
    if len(trained) != len(given):
        raise ValueError(
            f"Optimizer `{name}` trains {len(trained)} variables but was given "
            f"{len(given)} gradients: pass one pair for each variable it was made with."
        )
    for index, (expected, found) in enumerate(zip(trained, given, strict=True)):
        if expected is not found:
            raise ValueError(
                f"Optimizer `{name}` expects the gradient of "
                f"`{variable_path(expected)}` at position {index} but was given that "
                f"of `{variable_path(found)}`: pass the variables it was made with, in "
                "that order."
            )


def dense_gradient(
    name: str, gradient: tf.Tensor | tf.IndexedSlices | None, variable: tf.Variable
) -> tf.Tensor:
    """Return `gradient` as a dense tensor of the dtype of `variable`.

    Raises:
        GradientError: it is None.
        ValueError: its shape is another than that of the variable.
    """
    if gradient is None:
        raise GradientError(
            f"Optimizer `{name}` got no gradient for `{variable_path(variable)}`: the "
            "objective does not depend on it, or through something that has no "
            "gradient, such as rounding, a cast to integers or tf.numpy_function. "
            "Leave it out of the trained variables, or use it in the objective."
        )
    if isinstance(gradient, tf.IndexedSlices):
        gradient = tf.math.unsorted_segment_sum(
            gradient.values, gradient.indices, variable.shape[0]
        )
    rank = len(variable.shape)
    stacked = gradient.shape.rank == rank + 1  # an axis of objectives or examples
    shape = gradient.shape[1:] if stacked else gradient.shape
    if not shape.is_compatible_with(variable.shape):
        raise ValueError(
            f"Optimizer `{name}` got a gradient of shape {gradient.shape} for "
            f"`{variable_path(variable)}` of shape {tuple(variable.shape)}."
        )
    return tf.cast(gradient, variable.dtype)


def raw_variable(variable: tf.Variable) -> tf.Variable:
    """Return the `tf.Variable` inside a Keras variable, or `variable` itself.

    Adding to it in place saves the copy that Keras' own `assign_add` makes.
    """
    if not isinstance(variable, keras.Variable):
        return variable
    inner = variable.value
    return inner if isinstance(inner, tf.Variable) else variable


def leaf_paths(state: State, variable_paths: Sequence[str]) -> list[str]:
    """Return one name per tensor of `state`, in the order of `tf.nest.flatten`.

    A tuple counts its parts, a named tuple names its fields, a dictionary its keys in
    sorted order, and a list with one entry per variable names them as the variables.
    """
    if isinstance(state, list) and len(state) == len(variable_paths):
        parts = list(zip(variable_paths, state, strict=True))
    elif isinstance(state, dict):
        parts = sorted(state.items())
    elif isinstance(state, list | tuple):
        fields = getattr(state, "_fields", range(len(state)))
        parts = list(zip(map(str, fields), state, strict=True))
    else:
        return [""]
    return [
        f"{part}/{path}".rstrip("/")
        for part, inner in parts
        for path in leaf_paths(inner, variable_paths)
    ]


def unique_variables(*models: keras.Model) -> list[tf.Variable]:
    """Return the trainable variables of `models` in order, a shared one once."""
    found = {id(v): v for model in models for v in model.trainable_variables}
    return list(found.values())
