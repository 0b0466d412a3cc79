"""Noise layers and draws: Keras' arithmetic, a function of the step, equal bits."""

from collections.abc import Callable
from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf

from loopc_runtime.errors import RunError
from loopc_runtime.export import export_model
from loopc_runtime.layers import (
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    NoiseLayer,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)
from loopc_runtime.random import (
    keep_mask,
    make_stateless,
    random_normal,
    random_uniform,
    random_uniform_int,
)
from loopc_runtime.scope import step_scope

LAYERS: list[tuple[Callable[[], NoiseLayer], tuple[int, ...]]] = [
    (lambda: Dropout(0.3, name="noise"), (40, 50)),
    (lambda: Dropout(0.3, noise_shape=(None, 1, 7), name="noise"), (40, 6, 7)),
    (lambda: SpatialDropout1D(0.3, name="noise"), (40, 6, 7)),
    (lambda: SpatialDropout2D(0.3, name="noise"), (40, 3, 4, 7)),
    (lambda: SpatialDropout3D(0.3, name="noise"), (40, 3, 2, 2, 7)),
    (lambda: GaussianNoise(0.3, name="noise"), (40, 50)),
    (lambda: GaussianDropout(0.3, name="noise"), (40, 50)),
    (lambda: AlphaDropout(0.3, name="noise"), (40, 50)),
]
EXACT = (Dropout, AlphaDropout)  # these draw bits; normal numbers go through a cosine


def drawn(
    function: Callable[[], tf.Tensor], step: int = 3, seed: int = 7
) -> np.ndarray:
    """Return what `function` draws at a step."""
    with step_scope(seed, tf.constant(step, tf.int64)):
        return function().numpy()


@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_eager_graph_and_xla_draw_the_same(make: Callable, shape: tuple) -> None:
    """Masks are equal in all three, bit for bit; normal noise to the last digits."""
    layer, inputs = make(), tf.ones(shape)

    def call(step: tf.Tensor) -> tf.Tensor:
        with step_scope(7, step):
            return layer(inputs, training=True)

    step = tf.constant(3, tf.int64)
    eager = call(step).numpy()
    graph = tf.function(call)(step).numpy()
    xla = tf.function(call, jit_compile=True)(step).numpy()
    if isinstance(layer, EXACT) and not isinstance(layer, AlphaDropout):
        np.testing.assert_array_equal(eager, graph)
        np.testing.assert_array_equal(eager, xla)
    else:
        np.testing.assert_allclose(eager, graph, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(eager, xla, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_moments_are_those_of_the_keras_layer(make: Callable, shape: tuple) -> None:
    """Mean and deviation over many steps agree with Keras' own layer."""
    layer = make()
    twin = layer.keras_class.from_config(layer.get_config())
    inputs = tf.random.stateless_normal(shape, (1, 2)) + 0.5

    ours = np.stack([drawn(lambda: layer(inputs, training=True), k) for k in range(40)])
    theirs = np.stack([twin(inputs, training=True).numpy() for _ in range(40)])

    assert ours.mean() == pytest.approx(theirs.mean(), abs=0.03)
    assert ours.std() == pytest.approx(theirs.std(), abs=0.03)


@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_inference_changes_nothing(make: Callable, shape: tuple) -> None:
    """Outside training the inputs pass, and no step is needed."""
    inputs = tf.random.stateless_normal(shape, (1, 2))

    np.testing.assert_array_equal(make()(inputs, training=False), inputs)


def test_dropout_zeroes_and_scales() -> None:
    """What is kept is exactly x * (1 / (1 - rate)), the rest exactly 0."""
    inputs = tf.random.stateless_normal((64, 50), (1, 2))
    layer = Dropout(0.25)

    found = drawn(lambda: layer(inputs, training=True))

    kept = found != 0
    scaled = inputs.numpy() * np.float32(1 / 0.75)
    np.testing.assert_array_equal(found[kept], scaled[kept])
    assert kept.mean() == pytest.approx(0.75, abs=0.02)


@pytest.mark.parametrize(
    ("make", "shape", "axes"),
    [
        (lambda: SpatialDropout1D(0.5), (8, 6, 7), (1,)),
        (lambda: SpatialDropout2D(0.5), (8, 3, 4, 7), (1, 2)),
        (lambda: SpatialDropout2D(0.5, "channels_first"), (8, 7, 3, 4), (2, 3)),
        (lambda: SpatialDropout3D(0.5), (8, 3, 2, 2, 7), (1, 2, 3)),
    ],
)
def test_spatial_dropout_drops_whole_channels(
    make: Callable, shape: tuple, axes: tuple
) -> None:
    """Along the spatial axes an example keeps or loses a channel as one."""
    layer = make()

    found = drawn(lambda: layer(tf.ones(shape), training=True))

    np.testing.assert_array_equal(found.min(axis=axes), found.max(axis=axes))
    assert 0 < (found == 0).mean() < 1


def test_draws_depend_on_seed_site_call_and_step_alone() -> None:
    """Change one of the four and the draw changes; change none and it does not."""

    def draw(seed: int, site: str, step: int) -> bytes:
        return drawn(lambda: random_uniform((100,), site), step, seed).tobytes()

    def second_call() -> tf.Tensor:
        random_uniform((100,), "a")
        return random_uniform((100,), "a")

    different = {
        draw(7, "a", 3),
        draw(8, "a", 3),
        draw(7, "b", 3),
        draw(7, "a", 4),
        drawn(second_call).tobytes(),
    }
    assert len(different) == 5
    assert draw(7, "a", 3) in different


def test_distributions() -> None:
    """Uniform, integer, normal and mask draws have the moments they promise."""
    count = 200_000
    uniform = drawn(lambda: random_uniform((count,), "u", low=-1.0, high=3.0))
    integers = drawn(lambda: random_uniform_int((count,), "i", 5, 12))
    normal = drawn(lambda: random_normal((count,), "n"))
    shifted = drawn(lambda: random_normal((count,), "n", mean=2.0, stddev=0.5))
    mask = drawn(lambda: keep_mask((count,), "m", 0.1))

    assert uniform.min() >= -1
    assert uniform.max() < 3
    assert uniform.mean() == pytest.approx(1, abs=0.01)
    assert uniform.var() == pytest.approx(16 / 12, rel=0.01)
    shares = np.bincount(integers, minlength=12)[5:] / count
    np.testing.assert_allclose(shares, 1 / 7, atol=0.004)
    assert normal.mean() == pytest.approx(0, abs=0.01)
    assert normal.std() == pytest.approx(1, abs=0.01)
    assert (normal**4).mean() == pytest.approx(3, abs=0.1)
    assert np.corrcoef(normal[: count // 2], normal[count // 2 :])[0, 1] == (
        pytest.approx(0, abs=0.01)
    )
    np.testing.assert_allclose(shifted, 2 + 0.5 * normal, rtol=1e-6)
    assert mask.mean() == pytest.approx(0.9, abs=0.005)


def test_odd_and_scalar_shapes() -> None:
    """Normal numbers come in pairs; any shape is served."""
    for shape in [(), (1,), (3, 5), (0, 4)]:
        assert drawn(lambda s=shape: random_normal(s, "n")).shape == shape


def test_drawing_outside_a_step_says_so() -> None:
    """There is no hidden generator to fall back to."""
    with pytest.raises(RunError, match="the random draw `d` stands outside a step"):
        random_normal((2,), "d")


def test_keras_generators_become_functions_of_the_step() -> None:
    """A Keras layer with a seed generator repeats its draw in a repeated step."""
    inputs = keras.Input((50,))
    outputs = keras.layers.Dropout(0.5, name="first")(inputs)
    model = keras.Model(inputs, keras.layers.Dropout(0.5, name="second")(outputs))
    make_stateless(model, "net")
    ones = tf.ones((40, 50))

    first, again = (drawn(lambda: model(ones, training=True), 1) for _ in range(2))
    other = drawn(lambda: model(ones, training=True), 2)

    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (first == 0).mean() == pytest.approx(0.75, abs=0.05)
    masks = [
        drawn(partial(layer, ones, training=True), 1)
        for layer in model.layers
        if isinstance(layer, keras.layers.Dropout)
    ]
    assert (masks[0] != masks[1]).any()


def test_models_that_share_layer_names_draw_apart() -> None:
    """Two models with equal layers have masks of their own."""

    def make(name: str) -> keras.Model:
        inputs = keras.Input((50,))
        model = keras.Model(inputs, Dropout(0.5, name="drop")(inputs))
        make_stateless(model, name)
        return model

    ones = tf.ones((4, 50))
    masks = [drawn(partial(make(n), ones, training=True)) for n in ("a", "b")]

    assert (masks[0] != masks[1]).any()


def test_an_exported_model_is_keras_alone(tmp_path) -> None:
    """Noise layers, nested ones too, become Keras' own; predictions stay equal."""
    keras.utils.set_random_seed(1)
    inner_input = keras.Input((6, 8))
    inner = keras.Model(
        inner_input, SpatialDropout1D(0.2, name="s")(inner_input), name="inner"
    )
    inputs = keras.Input((6, 8))
    x = inner(keras.layers.Dense(8, name="d")(inputs))
    for layer in (
        Dropout(0.1, noise_shape=(None, 1, 8), name="a"),
        GaussianNoise(0.1, name="b"),
        GaussianDropout(0.1, name="c"),
        AlphaDropout(0.1, name="e"),
        keras.layers.BatchNormalization(name="n"),
    ):
        x = layer(x)
    model = keras.Model(inputs, x, name="net")
    make_stateless(model, "net")

    export_model(model, None, tmp_path / "sub" / "net.keras")

    loaded = keras.models.load_model(tmp_path / "sub" / "net.keras")
    kinds = {type(layer).__module__.split(".")[0] for layer in loaded._flatten_layers()}
    assert kinds == {"keras"}
    sample = np.random.default_rng(0).normal(size=(3, 6, 8)).astype(np.float32)
    np.testing.assert_array_equal(loaded(sample), model(sample))


@pytest.mark.parametrize("rate", [0.0, 1e-5, 0.01, 0.1, 0.5, 0.999, 1 - 2**-20])
@pytest.mark.parametrize("count", [1, 7, 400_001])
def test_masks_drop_the_share_they_are_told(rate: float, count: int) -> None:
    """Whatever the rate and the number, odd too, masks drop that share of elements.

    Five standard deviations of the binomial distribution are allowed.
    """
    mask = drawn(lambda: keep_mask((count,), "m", rate))

    assert mask.shape == (count,)
    deviation = np.sqrt(rate * (1 - rate) / count)
    assert np.mean(~mask) == pytest.approx(rate, abs=5 * deviation + 1 / count)
