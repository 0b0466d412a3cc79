"""What Python of the user's gave, held against what the program says it gives."""

from typing import Any

import tensorflow as tf

from loopc_runtime.errors import RunError


def as_declared(name: str, value: Any, *specs: tf.TensorSpec) -> Any:
    """Return what `extern name` gave, a tensor for each of `specs`.

    It is looked at when the step is traced, and costs a step nothing. Where a length is
    not known then, the running step asserts it. Raises RunError where a dtype, a shape
    or the number of tensors differs.
    """
    values = tuple(value) if isinstance(value, tuple | list) else (value,)
    if len(values) != len(specs) or not all(map(_is_declared, values, specs)):
        raise RunError(_undeclared(name, values, specs))
    given = tuple(map(_with_known_rows, values, specs))
    return given[0] if len(given) == 1 else given


def _is_declared(value: Any, spec: tf.TensorSpec) -> bool:
    return tf.is_tensor(value) and bool(spec.is_compatible_with(value))


def _with_known_rows(value: tf.Tensor, spec: tf.TensorSpec) -> tf.Tensor:
    if value.shape.is_fully_defined():
        return value
    return tf.ensure_shape(value, spec.shape)


def _undeclared(
    name: str, values: tuple[Any, ...], specs: tuple[tf.TensorSpec, ...]
) -> str:
    declared = ", ".join(_declared_as(spec) for spec in specs)
    came = ", ".join(_declared_as(value) for value in values)
    return (
        f"`extern {name}` did not return what the program declares:"
        f" declared {declared}; came {came or 'nothing'}."
        f" A first axis counts the rows of the batch."
    )


def _declared_as(value: Any) -> str:
    if not isinstance(value, tf.TensorSpec) and not tf.is_tensor(value):
        return f"a Python {type(value).__name__}"
    axes = "?" if value.shape.rank is None else str(list(value.shape))
    return f"{value.dtype.name}{axes}"
