"""Shapes and weights that the rules of layers give are those of Keras."""

from dataclasses import replace
from typing import Any

import keras
import pytest
from tests.compiler.vocabulary.layer_cases import CASES, LayerCase

import loopc_runtime as runtime_layers
from loopc.vocabulary import layer_shape, layer_weights, layers
from loopc.vocabulary.entry import Inner, LayerEntry, Options, Required
from loopc.vocabulary.types import TensorType, TupleType, ValueType


def filled(entry: LayerEntry, options: Options) -> dict[str, Any]:
    """Return the options with all defaults filled in, as the checker does."""
    defaults = {
        o.name: o.default for o in entry.options if not isinstance(o.default, Required)
    }
    return {**defaults, **options}


def constructed(case: LayerCase) -> Any:
    """Return the Keras layer of a case."""
    entry = layers()[case.name]
    library, area, *_ = [*entry.python.split("."), ""]
    module = getattr(keras, area) if library == "keras" else runtime_layers
    arguments = [constructed(case.inner)] if case.inner else []
    if case.beside:
        arguments = [[*arguments, *map(constructed, case.beside)]]
    make = getattr(module, entry.python.split(".")[-1])
    if entry.always:
        return make(include_top=False, weights=None, pooling="avg", **case.options)
    return make(*arguments, **case.options)


def held(case: LayerCase) -> Inner:
    """Return a layer as a wrapper is given it."""
    entry = layers()[case.name]
    return Inner(entry, filled(entry, case.options))


def ruled(case: LayerCase) -> tuple[ValueType, tuple[int, int]]:
    """Return the output and the weights that the rules give."""
    entry = layers()[case.name]
    options = {**filled(entry, case.options), **case.keywords}
    inner = None
    if case.inner is not None:
        inner = replace(
            held(case.inner), beside=tuple(held(each) for each in case.beside)
        )
    types = case.types()
    return (
        layer_shape(entry, types, options, inner),
        layer_weights(entry, types, options, inner),
    )


def applied(case: LayerCase) -> tuple[Any, Any]:
    """Return the Keras layer and what it gives for symbolic inputs."""
    layer = constructed(case)
    dtype = "int32" if case.integers else "float32"
    inputs = [keras.Input(shape, dtype=dtype) for shape in case.inputs]
    given = [inputs] if layers()[case.name].as_list else inputs
    return layer, layer(*given, **case.keywords)


def shapes_of(output: ValueType) -> list[tuple[Any, ...]]:
    """Return the shapes of one value or several."""
    items = output.items if isinstance(output, TupleType) else (output,)
    assert all(isinstance(item, TensorType) for item in items)
    return [item.shape for item in items if isinstance(item, TensorType)]


def count(weights: Any) -> int:
    """Return how many numbers a list of weights holds, seeds left out."""
    numbers = [w for w in weights if "seed" not in w.path]
    return sum(int(w.shape.num_elements()) for w in map(_shaped, numbers))


def _shaped(weight: Any) -> Any:
    return weight.value if hasattr(weight, "value") else weight


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rules_agree_with_keras(case: LayerCase) -> None:
    """Output shapes and counts of weights are what Keras gives for the same layer."""
    output, weights = ruled(case)

    layer, result = applied(case)

    results = result if isinstance(result, list | tuple) else [result]
    assert shapes_of(output) == [tuple(r.shape[1:]) for r in results]
    assert weights == (
        count(layer.trainable_weights), count(layer.non_trainable_weights)
    )  # fmt: skip


def test_every_layer_is_compared() -> None:
    """Each entry has a case."""
    cells = [
        cell for case in CASES if case.inner for cell in (case.inner, *case.beside)
    ]
    reached = {layers()[case.name].name for case in [*CASES, *cells]}

    assert {entry.name for entry in layers().values()} - reached == set()
