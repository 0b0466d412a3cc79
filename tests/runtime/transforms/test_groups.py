"""Groups of variables: who takes which, and what becomes of the others."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime import (
    Optimizer,
    biases,
    embeddings,
    kernels,
    masked,
    norms,
    otherwise,
    partition,
    scale,
    set_to_zero,
    trace,
    weights_of,
)


def make_model(name: str) -> keras.Model:
    """Return a small model with a weight of every role."""
    token = keras.Input((), dtype="int32")
    x = keras.layers.Embedding(3, 4, name="table")(token)
    x = keras.layers.LayerNormalization(name="normalized")(x)
    return keras.Model(token, keras.layers.Dense(2, name="top")(x), name=name)


def paths(model: keras.Model, marks: list[bool]) -> list[str]:
    """Return the paths of the marked variables."""
    pairs = zip(model.trainable_variables, marks, strict=True)
    return [variable.path for variable, marked in pairs if marked]


def test_roles_go_by_what_a_variable_is_called() -> None:
    """Every weight of a model has the role that its layer gives it."""
    model = make_model("net")
    variables = model.trainable_variables

    assert paths(model, biases(variables)) == ["top/bias"]
    assert paths(model, norms(variables)) == ["normalized/gamma", "normalized/beta"]
    assert paths(model, embeddings(variables)) == ["table/embeddings"]
    assert paths(model, kernels(variables)) == ["table/embeddings", "top/kernel"]


def test_weights_of_goes_by_identity_and_by_path() -> None:
    """Equal paths of another model are not meant."""
    one, other = make_model("one"), make_model("other")
    variables = one.trainable_variables + other.trainable_variables

    marks = weights_of(other, paths=["top/*"])(variables)

    chosen = [v for v, marked in zip(variables, marks, strict=True) if marked]
    assert [id(v) for v in chosen] == [id(v) for v in other.trainable_variables[-2:]]


def test_the_first_group_takes_a_variable() -> None:
    """Each variable steps once, by the first group that marks it."""
    model = make_model("net")
    variables = model.trainable_variables
    before = [variable.numpy() for variable in variables]
    optimizer = Optimizer(
        partition(
            (biases, scale(-1.0)),
            (weights_of(model, paths=["top/*"]), scale(-2.0)),
            (otherwise, set_to_zero()),
        ),
        variables,
    )

    optimizer.apply_gradients([(tf.ones(v.shape), v) for v in variables])

    moved = {
        v.path: float(np.mean(v.numpy() - old))
        for v, old in zip(variables, before, strict=True)
    }
    assert moved == pytest.approx(
        {
            "table/embeddings": 0.0,
            "normalized/gamma": 0.0,
            "normalized/beta": 0.0,
            "top/kernel": -2.0,
            "top/bias": -1.0,
        }
    )


def test_a_variable_without_a_group_is_an_error() -> None:
    """Nothing is left out silently."""
    with pytest.raises(ValueError, match="No group takes"):
        Optimizer(partition((biases, scale(-1.0))), make_model("net").weights)


def test_a_mask_keeps_state_for_its_variables_alone() -> None:
    """What is not marked passes through, and costs no memory."""
    variables = make_model("net").trainable_variables

    optimizer = Optimizer(masked(trace(0.9), biases), variables)

    assert [v.shape.as_list() for v in optimizer.variables[1:]] == [[2]]
