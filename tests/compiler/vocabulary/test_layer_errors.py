"""Inputs and options that a layer cannot take are refused, with the reason."""

from typing import Any

import keras
import pytest
from tests.compiler.vocabulary.layer_cases import LayerCase, many, one, wrapped
from tests.compiler.vocabulary.test_layer_shapes import applied, ruled

from loopc.vocabulary import layers
from loopc.vocabulary.entry import Mismatch
from loopc.vocabulary.types import TensorType

LABELS = LayerCase("dense", ((4,),), {"units": 3}, integers=True)

# Keras refuses these too, when the layer is made or called.
REFUSED_BY_KERAS: list[tuple[LayerCase, str]] = [
    (one("dense", (), units=3), "without a last axis"),
    (one("conv2d", (9, 8), filters=2, kernel_size=3), "needs 3 axes"),
    (one("conv1d", (9, 8, 3), filters=2, kernel_size=3), "needs 2 axes"),
    (one("conv2d", (4, 4, 3), filters=2, kernel_size=5),
     "does not fit into an axis of 4"),
    (one("conv2d", (9, 9, 3), filters=2, kernel_size=3, groups=2),
     "3 channels are not"),
    (one("conv2d", (9, 9, 4), filters=3, kernel_size=3, groups=2), "3 filters are not"),
    (one("conv2d", (9, 9, 4), filters=3, kernel_size=3, strides=2, dilation_rate=2),
     "strides [2, 2] with dilation"),
    (one("conv2d", (9, 9, 4), filters=3, kernel_size=(3, 3, 3)),
     "3 numbers for 2 axes"),
    (one("max_pooling2d", (4, 4, 3), pool_size=5), "does not fit into an axis of 4"),
    (one("global_average_pooling2d", (4, 3)), "needs 3 axes"),
    (one("layer_normalization", (4, 8), axis=-4), "axis -4"),
    (one("group_normalization", (4, 8), groups=3), "do not divide into 3 groups"),
    (one("group_normalization", (4, 8), groups=16), "do not divide into 16 groups"),
    (many("group_query_attention", (6, 8), (6, 8), head_dim=2, num_query_heads=4,
          num_key_value_heads=3), "do not divide into 3 groups"),
    (many("group_query_attention", (6, 8), (6, 7), head_dim=2, num_query_heads=4,
          num_key_value_heads=2), "queries of 8 numbers read values of 7"),
    (one("lstm", (5,), units=3), "needs 2 axes"),
    (one("reshape", (3, 4), target_shape=(5, 2)), "has 12 elements"),
    (one("reshape", (3, 4), target_shape=(-1, 5)), "has 12 elements"),
    (one("permute", (3, 4), dims=(2, 2)), "[2, 2] of an example with 2 axes"),
    (one("repeat_vector", (3, 4), n=2), "needs a vector"),
    (one("cropping1d", (3, 4), cropping=2), "leaves nothing"),
    (many("add", (3, 4), (3, 5)), "axes of 4 and 5 do not meet"),
    (many("concatenate", (3, 4), (2, 4)), "differ beside axis 1"),
    (many("dot", (3, 4), (3, 5), axes=-1), "axes of 4 and 5"),
    (one("einsum_dense", (5, 7), equation="abc,cd-abd", output_shape=(5, 3)),
     "is not `ab,bc->ac`"),
    (one("einsum_dense", (5, 7), equation="abcd,de->abce", output_shape=(5, 2, 3)),
     "names 3 axes beside the batch"),
    (one("gru_cell", (6, 5), units=3), "it is one step of a recurrence"),
    (one("rnn", (6, 5)), "it runs cells"),
    (wrapped("rnn", one("lstm", (6, 5), units=3)), "`lstm` is no cell"),
    (wrapped("bidirectional", one("dense", (6, 5), units=3)),
     "does not run along steps"),
]  # fmt: skip

# Keras takes these and computes something that is hardly meant.
REFUSED_HERE: list[tuple[LayerCase, str]] = [
    (LABELS, "the input is a label"),
    (one("embedding", (4,), input_dim=5, output_dim=2), "not labels"),
    (LayerCase("embedding", ((4,),), {"input_dim": 3, "output_dim": 2}, integers=True),
     "has 5 classes, the table 3 entries"),
    (one("batch_normalization", (4, 8), axis=1), "counts from the last axis"),
    (one("random_crop", (4, 4, 3), height=8, width=8), "a crop of 8 from"),
    (one("normalization", (4,)), "`mean` is not known"),
    (one("random_flip", (4, 4)), "an image has 3 axes"),
    (LayerCase("category_encoding", ((4,),), {"num_tokens": 3}, integers=True),
     "against 3 tokens"),
    (one("conv2d_transpose", (4, 4, 3), filters=2, kernel_size=3, strides=2,
         output_padding=2), "an output padding of 2 with a stride of 2"),
]  # fmt: skip


def names(pair: Any) -> str:
    """Name a case in the list of tests."""
    return str(pair[0])


@pytest.mark.parametrize("pair", [*REFUSED_BY_KERAS, *REFUSED_HERE], ids=names)
def test_what_does_not_fit_is_refused(pair: tuple[LayerCase, str]) -> None:
    """The rule says what is wrong in one line, and what to change."""
    case, fact = pair

    with pytest.raises(Mismatch) as caught:
        ruled(case)

    assert fact in caught.value.fact
    assert caught.value.help


@pytest.mark.parametrize("pair", REFUSED_BY_KERAS, ids=names)
def test_keras_refuses_it_too(pair: tuple[LayerCase, str]) -> None:
    """The rules are not stricter than Keras without a reason."""
    with pytest.raises((ValueError, IndexError, TypeError)):
        applied(pair[0])


def test_softmax_twice_is_refused() -> None:
    """Probabilities do not go through another softmax."""
    chances = TensorType("f32", (5,), "probabilities", stream="x")

    with pytest.raises(Mismatch, match="already holds probabilities"):
        layers()["activation"].shape((chances,), {"activation": "softmax"})
    with pytest.raises(Mismatch, match="already holds probabilities"):
        layers()["softmax_layer"].shape((chances,), {"axis": -1})


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_last_activation_gives_probabilities(activation: str) -> None:
    """`dense(5, softmax)` gives probabilities: no loss takes them for logits."""
    options = {"units": 5, "activation": activation}
    features = TensorType("f32", (7,), stream="x")

    assert layers()["dense"].shape((features,), options).kind == "probabilities"


def test_an_axis_that_varies_is_kept_where_it_can_be() -> None:
    """Layers that act on each step alone keep a `dim`; others say what they need."""
    tokens = TensorType("f32", ("time", 7), stream="x")
    embedded = TensorType("i32", ("time",), "class", 5, "x")

    dense = layers()["dense"].shape((tokens,), {"units": 3})
    lookup = layers()["embedding"].shape((embedded,), {"input_dim": 5, "output_dim": 2})

    assert dense.shape == ("time", 3)
    assert lookup.shape == ("time", 2)
    with pytest.raises(Mismatch, match="which varies"):
        layers()["flatten"].shape((tokens,), {})


def test_a_table_can_be_read() -> None:
    """A named embedding lets one read its table, as trained weights of that shape."""
    entry = layers()["embedding"]
    codes = TensorType("i32", (), "class", 5, "x")
    layer = keras.layers.Embedding(5, 3)
    layer.build(None)

    table = entry.attributes["embeddings"]((codes,), {"input_dim": 5, "output_dim": 3})

    assert table.shape == tuple(layer.embeddings.shape)
    assert not table.per_example
