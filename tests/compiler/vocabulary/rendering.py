"""Runs the Python forms of functions and losses as a generated script would."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

import loopc_runtime
from loopc.vocabulary import forms
from loopc.vocabulary.entry import (
    FunctionEntry,
    LossEntry,
    LossVariant,
    Options,
    Required,
)
from loopc.vocabulary.types import TensorType

DTYPES = {
    "float32": "f32", "float64": "f64", "int32": "i32", "int64": "i64", "bool": "bool",
}  # fmt: skip

Place = Literal["step", "model"]


def tensor_type(array: np.ndarray, per_example: bool, **more: Any) -> TensorType:
    """Describe an array as a value of the language; `more` adds kind and classes."""
    shape = array.shape[1:] if per_example else array.shape
    dtype: Any = DTYPES[str(array.dtype)]
    return TensorType(
        dtype, shape, stream="data.train" if per_example else None, **more
    )


def with_defaults(entry: FunctionEntry | LossEntry, options: Options) -> dict[str, Any]:
    """Return the options with all defaults filled in, as the checker does."""
    defaults = {
        o.name: o.default for o in entry.options if not isinstance(o.default, Required)
    }
    return {**defaults, **options}


def prepared(
    values: Sequence[Any],
    types: tuple[TensorType, ...],
    entry: FunctionEntry | LossVariant,
    place: Place,
) -> list[Any]:
    """Cast operands and lift their ranks as the entry asks."""
    dtype = forms.operand_dtype(entry, types)
    missing = forms.missing_axes(types) if entry.broadcasts else (0,) * len(types)
    result = []
    for value, kind, axes in zip(values, types, missing, strict=True):
        if kind.weak:
            result.append(value)
            continue
        if dtype is not None and kind.dtype != dtype:
            cast: Any = tf.cast if place == "step" else keras.ops.cast
            value = cast(value, forms.PYTHON_DTYPES[dtype])
        result.append(value[(slice(None), *(None,) * axes)] if axes else value)
    return result


def evaluated(text: str, values: Sequence[Any], runtime: Mapping[str, Any]) -> Any:
    """Evaluate a form whose operands are called a, b, c."""
    names = dict(zip("abcdefgh", values, strict=False))
    scope = {"tf": tf, "keras": keras, **runtime, **names}
    return eval(text, scope)


def run_function(
    entry: FunctionEntry,
    values: Sequence[Any],
    types: tuple[TensorType, ...],
    options: Options,
    place: Place,
) -> Any:
    """Return what the form gives for these operands, in a step or on Keras tensors."""
    options = with_defaults(entry, options)
    entry = forms.resolve(entry, types, options)
    form = entry.step if place == "step" else entry.model
    assert form is not None
    given = prepared(values, types, entry, place)
    names = ["a", "b", "c", "d"][: len(given)]
    printed = {name: repr(value) for name, value in options.items()}
    fields = printed | forms.fields(entry, types, options)
    texts = [", ".join(names)] if entry.as_list else names
    runtime = {name: getattr(loopc_runtime, name) for name in entry.imports}
    return evaluated(form.format(*texts, **fields), given, runtime)


def run_loss(
    entry: LossEntry,
    values: Sequence[Any],
    types: tuple[TensorType, TensorType],
    options: Options,
    runtime: Mapping[str, Any],
) -> tuple[str, Any]:
    """Return the variant a loss chooses and what its form gives."""
    options = with_defaults(entry, options)
    name = entry.choose(*types, options)
    variant = next(v for v in entry.variants if v.name == name)
    given = prepared(values, types, variant, "step")
    printed = {name: repr(value) for name, value in options.items()}
    fields = printed | forms.fields(entry, types, options)
    text = variant.python.format("a", "b", **fields)
    names = {name: runtime[name] for name in variant.imports}
    return name, evaluated(text, given, names)
