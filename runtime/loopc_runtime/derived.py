"""Models whose weights come from elsewhere: averages, snapshots, files.

They are called as Keras models are, are never trained, and are part of a run's state.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import keras
import tensorflow as tf

from loopc_runtime.optimizer import Optimizer
from loopc_runtime.schedules import ScheduleLike

Condition: TypeAlias = tf.Tensor | bool


class DerivedModel:
    """A network that a loop calls and never trains; `model` is the network itself.

    `average(x)` is its output in inference mode. `average(x, training=True)` uses the
    statistics of the batch where there is batch normalization, and draws noise;
    moving statistics stay what they are.
    """

    def __init__(self, model: keras.Model) -> None:
        self.model = model

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        """Return the outputs for `inputs`; nothing of the model changes."""
        if not training:
            return self.model(inputs, training=False)
        return call_unchanged(self.model, inputs)

    @property
    def variables(self) -> list[Any]:
        """All of the state, in the order of the network."""
        return list(self.model.variables)


Network: TypeAlias = keras.Model | DerivedModel


class Frozen(DerivedModel):
    """A network that never changes, such as one from a file."""


class FollowingModel(DerivedModel):
    """A copy of `source` that `advance` moves; `advances` (int64) counts its calls."""

    def __init__(self, source: keras.Model) -> None:
        super().__init__(copy_of(source))
        self.source = source
        self.advances = tf.Variable(0, dtype=tf.int64, trainable=False, name="advances")
        self.advance_again: Callable[[Condition], None] | None = None  # as last time

    @property
    def variables(self) -> list[Any]:
        """The weights, and the count of the advances behind them."""
        return [*self.model.variables, self.advances]

    def follow(self, optimizer: Optimizer) -> None:
        """Move as in the steps before, after a step that the run took of itself.

        Where `optimizer` trains the source, and has just moved it.
        """
        moved = optimizer.moved(self.source)
        if moved is not False and self.advance_again is not None:
            self.advance_again(moved)

    def restart(self) -> None:
        """Begin again as a copy of the source as it is now."""
        self.advances.assign(0)
        copy_weights(self.source, self.model)


class ExponentialMovingAverage(FollowingModel):
    """The average of a model's weights over its updates (Polyak; Tarvainen, 2017).

    It starts as a copy of `source`. `advance`, called after each update of the source,
    sets every trainable weight to decay * average + (1 - decay) * source, and copies
    what is not trained, such as moving statistics.
    """

    def advance(self, decay: ScheduleLike, when: Condition = True) -> None:
        """Move towards the source; a schedule is read at the count of advances.

        `when` says whether the source was updated: nothing moves where it was not.
        """
        self.advance_again = partial(self.advance, decay)
        if callable(decay):
            decay = decay(tf.cast(self.advances, tf.float32))
        # What is trained is asked of the copy: a stage may hold layers of the source.
        averaged = {id(variable) for variable in self.model.trainable_variables}
        pairs = zip(self.model.variables, self.source.variables, strict=True)
        for copy, value in pairs:
            if id(copy) in averaged:
                share = tf.cast(decay, copy.dtype)
                value = share * copy + (1 - share) * value
            assign_when(when, copy, value)
        self.advances.assign_add(tf.cast(when, tf.int64))


class Snapshot(FollowingModel):
    """A copy of a model that is renewed after every `every` updates of it (Mnih, 2015).

    It starts as a copy of `source`; `advance` is called after each update of that.
    """

    def __init__(self, source: keras.Model, every: int) -> None:
        super().__init__(source)
        self.every = every

    def advance(self, when: Condition = True) -> None:
        """Count an update of the source, `when` there was one; copy it if it is due."""
        self.advance_again = self.advance
        self.advances.assign_add(tf.cast(when, tf.int64))
        due = tf.logical_and(when, self.advances % self.every == 0)
        pairs = zip(self.model.variables, self.source.variables, strict=True)
        for copy, value in pairs:
            assign_when(due, copy, value)


class Averaged(FollowingModel):
    """A copy of a model with the weights that its optimizer evaluates it by.

    Those that `schedule_free`, `lookahead` or `average_weights` keep; what no optimizer
    averages is copied, as are moving statistics.
    """

    def advance(self, optimizer: Optimizer, when: Condition = True) -> None:
        """Take over what `optimizer` has for the variables of the source."""
        self.advance_again = partial(self.advance, optimizer)
        pairs = zip(optimizer.trained, optimizer.averaged(), strict=True)
        averages = {id(variable): value for variable, value in pairs}
        for copy, value in zip(
            self.model.variables, self.source.variables, strict=True
        ):
            assign_when(when, copy, averages.get(id(value), value))
        self.advances.assign_add(tf.cast(when, tf.int64))


def assign_when(when: Condition, variable: Any, value: Any) -> None:
    """Assign `value` where `when` holds; True costs nothing."""
    if when is not True:
        value = tf.where(when, tf.convert_to_tensor(value), variable)
    variable.assign(value)


def copy_of(source: keras.Model) -> keras.Model:
    """Return a network of the same layers with weights of its own, equal to `source`.

    Models inside are copied too, those that are shared once.
    """
    copy = clone_network(source, _made_anew)
    copy_weights(source, copy)
    return copy


def _made_anew(layer: keras.layers.Layer) -> keras.layers.Layer:
    return layer.__class__.from_config(layer.get_config())


def clone_network(
    source: keras.Model, clone: Callable[[keras.layers.Layer], keras.layers.Layer]
) -> keras.Model:
    """Return `source` made anew from `clone(layer)`, called once for each layer.

    A layer that several models inside share stays shared.
    """
    copies: dict[int, keras.layers.Layer] = {}

    def copied(layer: keras.layers.Layer) -> keras.layers.Layer:
        if id(layer) not in copies:
            copies[id(layer)] = clone(layer)
        return copies[id(layer)]

    return keras.models.clone_model(source, clone_function=copied, recursive=True)


def copy_weights(source: keras.Model, target: keras.Model) -> None:
    """Assign the variables of one network to another of the same layers."""
    for value, variable in zip(source.variables, target.variables, strict=True):
        variable.assign(value)


def call_unchanged(model: keras.Model, inputs: Any) -> Any:
    """Return the outputs in training mode; moving statistics are not written."""
    outputs, _ = model.stateless_call(
        _values(model.trainable_variables),
        _values(model.non_trainable_variables),
        inputs,
        training=True,
    )
    return outputs


def _values(variables: Sequence[Any]) -> list[tf.Tensor]:
    return [tf.convert_to_tensor(variable) for variable in variables]
