"""Keras' noise layers with its arithmetic, drawing from the step instead of a state."""

import math
from typing import Any

import keras
import tensorflow as tf

from loopc_runtime.random import keep_mask, random_normal


class NoiseLayer(keras.layers.Layer):
    """A layer that acts in training only; `site` names its draws.

    `keras_class` is the Keras layer that does the same from a hidden state; an exported
    model contains that one.
    """

    keras_class: type[keras.layers.Layer]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.site = ""  # set by make_stateless; the layer's own path until then
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Return `inputs`, perturbed where `training`."""
        return self.perturb(inputs) if training else inputs

    def perturb(self, inputs: tf.Tensor) -> tf.Tensor:
        """Return `inputs` as seen in training: as they are, where nothing is drawn."""
        return inputs

    def draw_site(self) -> str:
        """Return the name of this layer's draws."""
        return self.site or self.path or self.name

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the input's shape."""
        return input_shape


class Dropout(NoiseLayer):
    """Zero a share `rate` of the inputs and scale the rest by 1 / (1 - rate).

    `noise_shape`: the mask's shape, None where it follows the input, as in Keras.
    """

    keras_class = keras.layers.Dropout

    def __init__(
        self,
        rate: float,
        noise_shape: tuple[int | None, ...] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.rate = rate_within(rate, self.name)
        self.noise_shape = noise_shape

    def perturb(self, inputs: tf.Tensor) -> tf.Tensor:
        """Return the inputs that the mask keeps, scaled, and zeros."""
        if self.rate == 0:
            return inputs
        if self.rate == 1:
            return tf.zeros_like(inputs)
        keep = keep_mask(self.mask_shape(inputs), self.draw_site(), self.rate)
        scale = tf.constant(1 / (1 - self.rate), inputs.dtype)
        return tf.where(keep, inputs * scale, tf.zeros((), inputs.dtype))

    def mask_shape(self, inputs: tf.Tensor) -> tuple[int | None, ...]:
        """Return the shape of the mask for these inputs."""
        sizes = tuple(inputs.shape)
        if self.noise_shape is None:
            return sizes
        pairs = zip(self.noise_shape, sizes, strict=True)
        return tuple(size if given is None else given for given, size in pairs)

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds the layer, as Keras' own says it."""
        shape = self.noise_shape
        return {**super().get_config(), "rate": self.rate, "noise_shape": shape}


class SpatialNoiseLayer(Dropout):
    """Dropout of whole channels: one draw for each example and channel."""

    def __init__(
        self, rate: float, data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(rate, **options)
        self.data_format = data_format or keras.config.image_data_format()

    def mask_shape(self, inputs: tf.Tensor) -> tuple[int | None, ...]:
        """Return ones on all axes but the batch and the channels."""
        channel = 1 if self.data_format == "channels_first" else len(inputs.shape) - 1
        kept = (0, channel)
        return tuple(n if axis in kept else 1 for axis, n in enumerate(inputs.shape))

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds the layer, as Keras' own says it."""
        config = super().get_config()
        # Keras' spatial layers take neither.
        del config["noise_shape"], config["trainable"]
        return {**config, "data_format": self.data_format}


class SpatialDropout1D(SpatialNoiseLayer):
    """Dropout of whole channels of [batch, steps, channels]."""

    keras_class = keras.layers.SpatialDropout1D

    def __init__(self, rate: float, **options: Any) -> None:
        super().__init__(rate, "channels_last", **options)

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds the layer: channels are always last here."""
        config = super().get_config()
        del config["data_format"]
        return config


class SpatialDropout2D(SpatialNoiseLayer):
    """Dropout of whole channels of images."""

    keras_class = keras.layers.SpatialDropout2D


class SpatialDropout3D(SpatialNoiseLayer):
    """Dropout of whole channels of volumes."""

    keras_class = keras.layers.SpatialDropout3D


class GaussianNoise(NoiseLayer):
    """Add normal noise of standard deviation `stddev`."""

    keras_class = keras.layers.GaussianNoise

    def __init__(self, stddev: float, **options: Any) -> None:
        super().__init__(**options)
        self.stddev = stddev

    def perturb(self, inputs: tf.Tensor) -> tf.Tensor:
        """Return inputs + stddev * noise."""
        noise = random_normal(tuple(inputs.shape), self.draw_site())
        return inputs + tf.cast(self.stddev * noise, inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds the layer, as Keras' own says it."""
        return {**super().get_config(), "stddev": self.stddev}


class GaussianDropout(NoiseLayer):
    """Multiply by normal noise of mean 1 and variance rate / (1 - rate)."""

    keras_class = keras.layers.GaussianDropout

    def __init__(self, rate: float, **options: Any) -> None:
        super().__init__(**options)
        self.rate = rate_within(rate, self.name, below_one=True)

    def perturb(self, inputs: tf.Tensor) -> tf.Tensor:
        """Return inputs * (1 + sqrt(rate / (1 - rate)) * noise)."""
        noise = random_normal(tuple(inputs.shape), self.draw_site())
        stddev = math.sqrt(self.rate / (1 - self.rate))
        return inputs * tf.cast(1.0 + stddev * noise, inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return what rebuilds the layer, as Keras' own says it."""
        return {**super().get_config(), "rate": self.rate}


class AlphaDropout(Dropout):
    """Dropout that keeps mean and variance of SELU activations (Klambauer, 2017)."""

    keras_class = keras.layers.AlphaDropout

    def perturb(self, inputs: tf.Tensor) -> tf.Tensor:
        """Return a * (inputs or the SELU floor) + b, Keras' affine correction."""
        if self.rate == 0:
            return inputs
        rate = rate_within(self.rate, self.name, below_one=True)
        floor = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946
        scale = ((1 - rate) * (1 + rate * floor**2)) ** -0.5
        kept = keep_mask(self.mask_shape(inputs), self.draw_site(), rate)
        keep = tf.cast(kept, inputs.dtype)
        return scale * (inputs * keep + floor * (1 - keep)) - scale * floor * rate


def rate_within(rate: float, name: str, below_one: bool = False) -> float:
    """Return `rate` if it is a share; ValueError names the layer otherwise."""
    if not 0 <= rate <= 1 or (below_one and rate == 1):
        raise ValueError(f"the rate of `{name}` lies between 0 and 1, not at {rate}")
    return rate
