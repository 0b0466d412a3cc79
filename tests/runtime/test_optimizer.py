"""The optimizer's shell: state, names, order of variables, errors, sparse gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime import (
    GradientTransform,
    Optimizer,
    adam,
    chain,
    clip_by_global_norm,
    kernels,
    linear,
    scale_by_adam,
    sgd,
)


def make_model() -> keras.Model:
    """Return a model of two named layers."""
    image = keras.Input((3,))
    hidden = keras.layers.Dense(4, name="hidden")(image)
    return keras.Model(image, keras.layers.Dense(2, name="top")(hidden), name="net")


def test_state_variables_have_stable_names_and_order() -> None:
    """The counter comes first; every slot is named by place, field and variable."""
    variables = make_model().trainable_variables[:2]
    transform = chain(clip_by_global_norm(1.0), adam(linear(1e-2, 0.0, 5)))

    optimizer = Optimizer(transform, variables, name="net")

    assert [each.name.removesuffix(":0") for each in optimizer.variables] == [
        "net/updates",
        "net/1/0/count",
        "net/1/0/mu/hidden/kernel",
        "net/1/0/mu/hidden/bias",
        "net/1/0/nu/hidden/kernel",
        "net/1/0/nu/hidden/bias",
        "net/1/1",
    ]
    assert [each.dtype for each in optimizer.variables[:3]] == [
        tf.int64,
        tf.int64,
        tf.float32,
    ]


def test_cutting_the_loop_changes_no_bit() -> None:
    """Ten steps in calls of 1, 2 and 7 under XLA equal ten steps in one call."""

    def train(cuts: list[int]) -> list[np.ndarray]:
        keras.utils.set_random_seed(3)
        model = make_model()
        variables = model.trainable_variables
        optimizer = Optimizer(adam(linear(0.1, 0.0, 10)), variables)
        inputs = tf.constant(np.random.default_rng(0).normal(size=(8, 3)), tf.float32)

        @tf.function(jit_compile=True)
        def advance(count: tf.Tensor) -> None:
            def body(step: tf.Tensor) -> list[tf.Tensor]:
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean(tf.square(model(inputs) - 1.0))
                gradients = tape.gradient(loss, variables)
                optimizer.apply_gradients(zip(gradients, variables, strict=True))
                return [step + 1]

            tf.while_loop(lambda step: step < count, body, [0])

        for cut in cuts:
            advance(tf.constant(cut))
        return [each.numpy() for each in [*variables, *optimizer.variables]]

    for one, other in zip(train([1, 2, 7]), train([10]), strict=True):
        np.testing.assert_array_equal(one, other)


def test_mixed_dtypes_are_kept() -> None:
    """Variables and slots of bfloat16, float32 and float64 keep their dtype."""
    dtypes = (tf.bfloat16, tf.float32, tf.float64)
    variables = [tf.Variable(tf.ones([2], dtype), name=dtype.name) for dtype in dtypes]
    transform = chain(clip_by_global_norm(1.0), adam(linear(0.5, 0.1, 5)))
    optimizer = Optimizer(transform, variables)

    optimizer.apply_gradients([(tf.ones([2]), variable) for variable in variables])

    slots = [each.dtype for each in optimizer.variables if each.shape == [2]]
    assert slots == [*dtypes, *dtypes]
    for variable in variables:
        np.testing.assert_allclose(tf.cast(variable, tf.float32), 0.5, atol=5e-3)


def test_first_update_in_half_precision_is_finite() -> None:
    """Adam's bias correction does not round to a division by zero in bfloat16."""
    transform = scale_by_adam()
    variables = [tf.Variable(tf.ones([3], tf.bfloat16))]

    updates, _ = transform.update(
        [tf.ones([3], tf.bfloat16)], transform.init(variables), variables
    )

    np.testing.assert_allclose(tf.cast(updates[0], tf.float32), 1.0, rtol=2e-2)


def test_sparse_gradients_count_rows_that_repeat() -> None:
    """An embedding's sparse gradient acts as the dense one; repeated rows add up."""
    table = tf.Variable(tf.zeros([5, 2]), name="embeddings")
    optimizer = Optimizer(sgd(1.0), [table])

    @tf.function(jit_compile=True)
    def step() -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.gather(table, [1, 3, 1]))
        gradient = tape.gradient(loss, table)
        assert isinstance(gradient, tf.IndexedSlices)
        optimizer.apply_gradients([(gradient, table)])

    step()

    assert table.numpy()[:, 0].tolist() == [0.0, -2.0, 0.0, -1.0, 0.0]


def test_constraints_hold_after_every_step() -> None:
    """A Keras constraint is applied to its variable after the update."""
    variable = keras.Variable([1.0, -1.0], name="kernel")
    variable.constraint = keras.constraints.NonNeg()
    optimizer = Optimizer(sgd(0.5), [variable])

    optimizer.apply_gradients([(tf.constant([1.0, 1.0]), variable)])

    assert variable.numpy().tolist() == [0.5, 0.0]


def test_another_order_is_an_error_that_names_the_variables() -> None:
    """Variables must be those given at construction, in that order."""
    variables = make_model().trainable_variables
    optimizer = Optimizer(sgd(), variables, name="net")
    pairs = [(tf.zeros(each.shape), each) for each in variables]

    with pytest.raises(ValueError, match=r"`hidden/kernel` at position 0 .*`top/bias`"):
        optimizer.apply_gradients(pairs[::-1])
    with pytest.raises(ValueError, match="trains 4 variables but was given 3"):
        optimizer.apply_gradients(pairs[:3])


def test_a_missing_gradient_is_an_error_that_names_the_variable() -> None:
    """None is never skipped: the objective does not depend on that variable."""
    variable = tf.Variable(1.0, name="slope")
    optimizer = Optimizer(sgd(), [variable])

    with pytest.raises(ValueError, match="no gradient for `slope`"):
        optimizer.apply_gradients([(None, variable)])


def test_a_gradient_of_another_shape_is_an_error() -> None:
    """A gradient never broadcasts into its variable."""
    variable = tf.Variable([1.0, 2.0], name="slope")
    optimizer = Optimizer(sgd(), [variable])

    with pytest.raises(ValueError, match="gradient of shape"):
        optimizer.apply_gradients([(tf.constant(1.0), variable)])


def test_variables_are_listed_once_and_not_none() -> None:
    """An empty list and a repeated variable are refused at construction."""
    variable = tf.Variable(1.0, name="slope")

    with pytest.raises(ValueError, match="`slope` twice"):
        Optimizer(sgd(), [variable, variable])
    with pytest.raises(ValueError, match="no variables"):
        Optimizer(sgd(), [])


def test_kernels_are_matrices_named_so() -> None:
    """Kernels and embeddings of rank 2 and more decay; biases and norms do not."""
    tokens = keras.Input((5,), dtype="int32")
    x = keras.layers.Embedding(7, 4)(tokens)
    x = keras.layers.LSTM(4, return_sequences=True)(x)
    x = keras.layers.LayerNormalization()(x)
    model = keras.Model(tokens, keras.layers.Dense(2)(x))

    marked = {
        each.path.split("/", 1)[1]: decays
        for each, decays in zip(
            model.trainable_variables, kernels(model.trainable_variables), strict=True
        )
    }

    assert marked == {
        "embeddings": True,
        "lstm_cell/kernel": True,
        "lstm_cell/recurrent_kernel": True,
        "lstm_cell/bias": False,
        "gamma": False,
        "beta": False,
        "kernel": True,
        "bias": False,
    }


def test_a_foreign_transform_may_be_chained() -> None:
    """Any pair of functions with the contract is a transform, with its own state."""

    def update(gradients, state, variables=None, **extra):
        return [each * tf.cast(state["seen"], each.dtype) for each in gradients], {
            "seen": state["seen"] + 1
        }

    counting = GradientTransform(lambda variables: {"seen": tf.ones([])}, update)
    variable = tf.Variable(0.0, name="slope")
    optimizer = Optimizer(chain(counting, sgd(1.0)), [variable])

    for _ in range(3):
        optimizer.apply_gradients([(tf.constant(1.0), variable)])

    assert variable.numpy() == -6.0
    assert optimizer.variables[1].name.removesuffix(":0") == "optimizer/0/seen"
