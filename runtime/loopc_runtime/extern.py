"""What Python of the user's gave, held against what the program says it gives."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import keras
import tensorflow as tf

from loopc_runtime.errors import RunError

Spec: TypeAlias = tf.TensorSpec | keras.KerasTensor


def as_declared(name: str, value: Any, *specs: Spec) -> Any:
    """Return what an extern fn or layer `name` gave, a tensor for each of `specs`.

    It is looked at when the step is traced or the model is made, and costs a step
    nothing. Where a length is not known then, the running step asserts it; axes that
    are None may have any length. Raises RunError where a dtype, a shape or the number
    of tensors differs.
    """
    values = tuple(value) if isinstance(value, tuple | list) else (value,)
    if len(values) != len(specs) or not all(map(_is_declared, values, specs)):
        raise RunError(_undeclared(name, values, specs))
    given = tuple(map(_with_known_rows, values, specs))
    return given[0] if len(given) == 1 else given


def declared_metric(name: str, metric: Any) -> keras.metrics.Metric:
    """Return what `extern metric name` made: a metric of Keras.

    In a training step its state has to begin at zero and be sums, as windows are added
    up. Raises RunError where it is no metric.
    """
    if not isinstance(metric, keras.metrics.Metric):
        raise RunError(
            f"`extern metric {name}` made a Python {type(metric).__name__}: what it"
            " names has to be a class derived from keras.metrics.Metric"
        )
    return metric


def _is_declared(value: Any, spec: Spec) -> bool:
    if isinstance(spec, keras.KerasTensor):
        return isinstance(value, keras.KerasTensor) and _is_like(value, spec)
    return tf.is_tensor(value) and bool(spec.is_compatible_with(value))


def _is_like(value: keras.KerasTensor, spec: keras.KerasTensor) -> bool:
    """Whether axes and dtype agree; mixed precision computes float32 in 16 bits."""
    policy = keras.config.dtype_policy()
    dtypes = {spec.dtype}
    if spec.dtype == policy.variable_dtype:
        dtypes.add(policy.compute_dtype)
    axes = tuple(value.shape)
    agree = len(axes) == len(spec.shape) and all(
        declared in (None, given)
        for declared, given in zip(spec.shape, axes, strict=False)
    )
    return agree and value.dtype in dtypes


def _with_known_rows(value: Any, spec: Spec) -> Any:
    if isinstance(spec, keras.KerasTensor) or value.shape.is_fully_defined():
        return value
    return tf.ensure_shape(value, spec.shape)


def _undeclared(name: str, values: Sequence[Any], specs: Sequence[Spec]) -> str:
    kind = "layer" if isinstance(specs[0], keras.KerasTensor) else "fn"
    declared = ", ".join(_declared_as(spec) for spec in specs)
    came = ", ".join(_declared_as(value) for value in values)
    return (
        f"`extern {kind} {name}` did not return what the program declares:"
        f" declared {declared}; came {came or 'nothing'}."
        f" A first axis counts the rows of the batch."
    )


def _declared_as(value: Any) -> str:
    if isinstance(value, keras.KerasTensor):
        return f"{value.dtype}{_axes(value.shape)}"
    if not isinstance(value, tf.TensorSpec) and not tf.is_tensor(value):
        return f"a Python {type(value).__name__}"
    axes = "?" if value.shape.rank is None else _axes(value.shape)
    return f"{value.dtype.name}{axes}"


def _axes(shape: Sequence[int | None]) -> str:
    return f"[{', '.join('batch' if i is None else str(i) for i in shape)}]"
