"""The contract of a gradient transform, and what every family of them shares."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import tensorflow as tf

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.hooks import NO_HOOKS, Hooks, chained_hooks

Tensors = list[tf.Tensor]
Variables = Sequence[tf.Variable] | None
State = Any  # nested tuples and lists of tensors; () where there is nothing to keep
Mask = Sequence[bool] | Callable[[Sequence[tf.Variable]], Sequence[bool]]


class InitFunction(Protocol):
    """Makes the state that a transform starts from."""

    def __call__(self, variables: Sequence[tf.Variable]) -> State:
        """Return the first state for `variables` (variables or tensors)."""


class UpdateFunction(Protocol):
    """Transforms one list of gradients."""

    def __call__(
        self,
        gradients: Tensors,
        state: State,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        """Return the updates, one per gradient, and the next state."""


class GradientTransform(NamedTuple):
    """A pair of pure functions, as in optax, over lists of tensors.

    `init(variables)` returns a state: nested tuples and lists of tensors.
    `update(gradients, state, variables, **extra)` returns `(updates, state)` with one
    update of the shape and dtype of each gradient; it reads nothing else, writes
    nothing, and ignores the extra arguments that it does not know. A step is
    `variables + updates`.

    What a transform may ask for, as keywords of `update`, and the vocabulary lists as
    its needs: `value`, the objective (a scalar; of several objectives a vector);
    with it `gradient`, what entered the chain, and
    `evaluate(tensors)`, the value and the gradients with `tensors` in place of the
    variables, on the same examples with the same random draws;
    `hessian_vector(tensors)`, the Hessian of the objective times `tensors`; `weight`,
    the number of examples, or the sum of their weights, behind the mean that the
    objective is. One that needs gradients per example gets them with a leading axis of
    examples; one that combines objectives, with a leading axis of objectives.
    """

    init: InitFunction
    update: UpdateFunction
    hooks: Hooks = NO_HOOKS


def chain(*transforms: GradientTransform) -> GradientTransform:
    """Apply `transforms` one after the other, first to last.

    The state is the tuple of their states. Extra arguments reach every one of them.
    """

    def init(variables: Sequence[tf.Variable]) -> State:
        return tuple(transform.init(variables) for transform in transforms)

    def update(
        gradients: Tensors,
        state: State,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        states = []
        for transform, before in zip(transforms, state, strict=True):
            gradients, after = transform.update(gradients, before, variables, **extra)
            states.append(after)
        return gradients, tuple(states)

    return GradientTransform(init, update, chained_hooks(transforms))


def needed(extra: dict[str, Any], name: str) -> Any:
    """Return what a transform cannot do without out of the keywords of its `update`.

    Raises:
        ValueError: it was not given.
    """
    if name not in extra:
        raise ValueError(f"This transform needs `{name}`: pass it to `update`.")
    return extra[name]


def stateless(
    function: Callable[..., Tensors], *hyperparameters: ScheduleLike
) -> GradientTransform:
    """Make a transform of `function(gradients, variables, *values)`.

    `values` are the hyperparameters at the current count. The state is a counter if
    one of them is a schedule, and empty otherwise.
    """

    def init(variables: Sequence[tf.Variable]) -> State:
        return new_count(any_scheduled(*hyperparameters))

    def update(
        gradients: Tensors,
        state: State,
        variables: Sequence[tf.Variable] | None = None,
        **extra: Any,
    ) -> tuple[Tensors, State]:
        values = values_at(state, *hyperparameters)
        return function(gradients, variables, *values), next_count(state)

    return GradientTransform(init, update)


def any_scheduled(*hyperparameters: ScheduleLike) -> bool:
    """Tell whether one of the hyperparameters is a schedule."""
    return any(callable(value) for value in hyperparameters)


def new_count(needed: bool) -> State:
    """Return an int64 zero, or the empty state if no counter is needed."""
    return tf.zeros([], tf.int64) if needed else ()


def next_count(count: State) -> State:
    """Return the counter advanced by one; the empty state stays empty."""
    return () if isinstance(count, tuple) else count + 1


def values_at(count: State, *hyperparameters: ScheduleLike) -> list[Any]:
    """Return each hyperparameter's value at `count`: a float, or a float32 scalar."""
    return [
        value(tf.cast(count, tf.float32)) if callable(value) else value
        for value in hyperparameters
    ]


def in_dtype(value: Any, dtype: tf.DType) -> tf.Tensor:
    """Return `value`, a number or a tensor, in `dtype`; a number loses no digits."""
    if isinstance(value, (int, float)):
        return tf.constant(value, dtype)
    return tf.cast(value, dtype)


def cast_like(value: Any, tensor: tf.Tensor) -> tf.Tensor:
    """Return the scalar `value`, a number or a tensor, in the dtype of `tensor`."""
    return in_dtype(value, tensor.dtype)


def wide_dtype(tensors: Sequence[tf.Variable | tf.Tensor]) -> tf.DType:
    """Return float64 if one of the tensors is, else float32."""
    wide = any(tf.as_dtype(each.dtype) == tf.float64 for each in tensors)
    return tf.float64 if wide else tf.float32


def zeros_like_each(variables: Sequence[tf.Variable]) -> Tensors:
    """Return one tensor of zeros per variable, of its shape and dtype."""
    return full_like_each(variables, 0.0)


def full_like_each(variables: Sequence[tf.Variable], value: float) -> Tensors:
    """Return one tensor filled with `value` per variable, of its shape and dtype."""
    return [
        tf.fill(variable.shape, in_dtype(value, variable.dtype))
        for variable in variables
    ]


def moving_average(
    values: Tensors, averages: Tensors, decay: Any, order: int = 1
) -> Tensors:
    """Return `(1 - decay) * value ** order + decay * average`, optax's moment update.

    `order` is 1 or 2.
    """
    moments = []
    for value, average in zip(values, averages, strict=True):
        powered = value if order == 1 else tf.square(value)
        moments.append(
            cast_like(1.0 - decay, value) * powered + cast_like(decay, value) * average
        )
    return moments


def correction(decay: Any, count: tf.Tensor, tensor: tf.Tensor) -> tf.Tensor:
    """Return `1 - decay ** count` in the dtype of `tensor`.

    The power is taken in float32 at least: in bfloat16 it would round to 1.
    """
    dtype = tensor.dtype if tensor.dtype.size >= 4 else tf.float32
    power = tf.pow(in_dtype(decay, dtype), tf.cast(count, dtype))
    return tf.cast(1.0 - power, tensor.dtype)


def correct_bias(moments: Tensors, decay: Any, count: tf.Tensor) -> Tensors:
    """Return `moment / (1 - decay ** count)` for each moment that started at zero."""
    return [moment / correction(decay, count, moment) for moment in moments]


def resolve_mask(
    mask: Mask | None, variables: Sequence[tf.Variable] | None, length: int
) -> list[bool]:
    """Return one bool per gradient; None means all of them.

    Raises:
        ValueError: the mask is a function and there are no variables to call it with,
            or it does not have one entry per gradient.
    """
    if mask is None:
        return [True] * length
    if callable(mask):
        mask = mask(require_variables(variables))
    if len(mask) != length:
        raise ValueError(
            f"A mask needs one entry per variable; found {len(mask)} entries for "
            f"{length} variables."
        )
    return [bool(entry) for entry in mask]


def require_variables(
    variables: Sequence[tf.Variable] | None,
) -> Sequence[tf.Variable]:
    """Return `variables`.

    Raises:
        ValueError: they were not given.
    """
    if variables is None:
        raise ValueError(
            "This transform reads the variables: pass them as the third argument of "
            "`update`."
        )
    return variables


def kernels(variables: Sequence[tf.Variable]) -> list[bool]:
    """Mark the variables of rank 2 or more named `...kernel` or `...embeddings`.

    Weight decay is usually meant for these alone. It needs variables that have names
    (`tf.Variable` or `keras.Variable`).

    Raises:
        ValueError: one of them is a plain tensor, which has no name.
    """
    return [
        variable_path(variable).endswith(("kernel", "embeddings"))
        and len(variable.shape) >= 2
        for variable in variables
    ]


def variable_path(variable: tf.Variable) -> str:
    """Return `path` of a Keras variable, else the name of a `tf.Variable`.

    Raises:
        ValueError: it is a plain tensor, which has no name.
    """
    if isinstance(variable, tf.Tensor):
        raise ValueError(
            "A mask that goes by name was called with a plain tensor, which has no "
            "name: give the mask as a list of bools."
        )
    return str(getattr(variable, "path", variable.name.removesuffix(":0")))
