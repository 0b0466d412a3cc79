"""Option names and defaults of entries are those of the Keras classes they become."""

import inspect
from typing import Any

import keras
import pytest

import loopc_runtime as runtime_layers
from loopc.vocabulary import layers, objects, stateful_metrics
from loopc.vocabulary.entry import REQUIRED, LayerEntry, ObjectEntry, Option

# What the compiler fixes, or offers in another place of the language.
FIXED = {
    "self", "kwargs", "name", "dtype", "seed", "data_format",  # said elsewhere
    "activity_regularizer",  # a term of the objective: `regularization(model)`
    "stateful",  # hidden state between batches: `state` in the language
    "lora_rank", "lora_alpha", "quantization_config", "gptq_unpacked_column_size",
    "layer", "weights", "backward_layer",  # the wrapped layer is written inside
    "reverse_dtype", "sparse",
}  # fmt: skip
LEFT_OUT = {
    "batch_normalization": {
        # Statistics across replicas, and batch renormalization.
        "synchronized", "renorm", "renorm_clipping", "renorm_momentum",
    },
    # Its cells are operands, not an option; their states are nested lists.
    "rnn": {"cell", "return_state", "zero_output_for_mask"},
    "discretization": {"num_bins", "epsilon"},  # bins learned from data
    "auc": {"thresholds", "label_weights"},  # lists
    "iou": {"axis"}, "mean_iou": {"axis"},
    "one_hot_iou": {"axis"}, "one_hot_mean_iou": {"axis"},
    "top_k_accuracy": {"from_sorted_ids"},
}  # fmt: skip
# Of every layer of Keras, and offered where it is a choice that people make.
INHERITED = {"stft_spectrogram": {"trainable"}}
# Required here, where Keras would find the value in data or fail later.
STRICTER = {
    ("discretization", "bin_boundaries"),
    ("category_encoding", "num_tokens"),
    ("constant", "value"),
}


def keras_class(python: str) -> Any:
    """Return what the dotted name stands for; runtime layers stand for Keras' own."""
    if not python.startswith("keras."):
        return getattr(runtime_layers, python).keras_class
    value: Any = keras
    for part in python.split(".")[1:]:
        value = getattr(value, part)
    return value


def unique(mapping: Any) -> list[Any]:
    """Return the entries of a mapping once each."""
    return [entry for name, entry in mapping.items() if name == entry.name]


def parameters(entry: Any) -> dict[str, inspect.Parameter]:
    """Return the parameters of the Python object that an entry offers."""
    found = keras_class(entry.python)
    signature = inspect.signature(found.__init__ if inspect.isclass(found) else found)
    ignored = FIXED | LEFT_OUT.get(entry.name, set())
    return {
        name: parameter
        for name, parameter in signature.parameters.items()
        if name not in ignored
        and parameter.kind is not inspect.Parameter.VAR_POSITIONAL
    }


def expected_default(option: Option) -> Any:
    """Return the default as Keras would state it."""
    return inspect.Parameter.empty if option.default is REQUIRED else option.default


def agreed(entry: Any, option: Option, parameter: inspect.Parameter) -> bool:
    """Say whether a default is Keras' own, or required for a stated reason."""
    if (entry.name, option.name) in STRICTER:
        return option.default is REQUIRED
    default = parameter.default
    if isinstance(default, str) and option.kind == "initializer":
        default = default.lower()
    return bool(expected_default(option) == default)


# Whole networks are made in one way.
LAYERS = [entry for entry in unique(layers()) if not entry.always]


@pytest.mark.parametrize("entry", LAYERS, ids=lambda entry: entry.name)
def test_layer_options_are_those_of_keras(entry: LayerEntry) -> None:
    """Each layer has Keras' parameters, those that are required in its order."""
    found = parameters(entry)
    if not entry.python.startswith("keras."):
        found.pop("noise_shape", None)

    names = [option.name for option in entry.options]

    inherited = INHERITED.get(entry.name, set())
    assert set(names) == set(found) | inherited
    required = [n for n, p in found.items() if p.default is inspect.Parameter.empty]
    assert names[: len(required)] == required
    own = [o for o in entry.options if o.name not in inherited]
    wrong = [o.name for o in own if not agreed(entry, o, found[o.name])]
    assert wrong == []


@pytest.mark.parametrize(
    "entry", unique(stateful_metrics()), ids=lambda entry: entry.name
)
def test_metric_options_are_those_of_keras(entry: Any) -> None:
    """Each metric with state has Keras' parameters and defaults."""
    found = parameters(entry)

    assert {option.name for option in entry.options} == set(found)
    wrong = [o.name for o in entry.options if not agreed(entry, o, found[o.name])]
    assert wrong == []


NAMED = [
    entry
    for kind in ("initializer", "regularizer", "constraint")
    for entry in unique(objects(kind))
]


@pytest.mark.parametrize("entry", NAMED, ids=lambda entry: entry.name)
def test_named_objects_are_those_of_keras(entry: ObjectEntry) -> None:
    """Initializers, regularizers and constraints have Keras' parameters."""
    found = parameters(entry)
    for fixed in ("input_axes", "output_axes", "args"):
        found.pop(fixed, None)

    assert [option.name for option in entry.options] == list(found)
    wrong = [o.name for o in entry.options if not agreed(entry, o, found[o.name])]
    assert wrong == []


@pytest.mark.parametrize(
    "kind", ["activation", "initializer", "regularizer", "constraint"]
)
def test_keras_knows_the_bare_words(kind: str) -> None:
    """A name given without parameters is one that Keras itself resolves."""
    getter = getattr(keras, f"{kind}s").get
    words = [
        entry.name
        for entry in unique(objects(kind))
        if all(option.default is not REQUIRED for option in entry.options)
    ]

    assert words
    assert all(callable(getter(word)) for word in words)
