"""AugMix with its choices drawn in the step; Keras draws them when it is traced."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from loopc_runtime.random import random_uniform_int
from loopc_runtime.scope import draw_key


class AugMix(keras.layers.AugMix):
    """Keras' AugMix (Hendrycks and others, 2020); each step draws anew what is done.

    Operations are drawn for the batch, their strengths for each image. `site` names the
    draws; an exported model contains Keras' own layer. It needs a graph: XLA has no
    operation that moves pixels.
    """

    keras_class = keras.layers.AugMix

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.site = ""  # set by make_stateless; the layer's own path until then

    def call(self, images: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Return the images mixed with changed versions of them, where `training`."""
        if not training:
            return tf.cast(images, self.compute_dtype)
        site = self.site or self.path or self.name
        images = tf.cast(images, self.compute_dtype)
        weights = gamma_draws([self.num_chains], self.alpha, f"{site}/chains")
        weights = weights / tf.reduce_sum(weights)
        pair = gamma_draws([2], self.alpha, f"{site}/share")
        share = pair[0] / tf.reduce_sum(pair)
        mixed = tf.add_n(
            [weights[n] * self.chained(images, site) for n in range(self.num_chains)]
        )
        low, high = self.value_range
        whole = share * images + (1.0 - share) * mixed
        return tf.clip_by_value(whole, low, high)

    def chained(self, images: tf.Tensor, site: str) -> tf.Tensor:
        """Return the images after `chain_depth` changes, some of them none."""
        names = [*self._augment_layers, None]
        for _ in range(self.chain_depth):
            chosen = random_uniform_int((), f"{site}/chosen", 0, len(names))
            images = tf.switch_case(
                chosen, [self.changed(name, images) for name in names]
            )
        return images

    def changed(self, name: str | None, images: tf.Tensor) -> Callable[[], tf.Tensor]:
        """Return what makes one of the changes; None is no change."""
        if name is None:
            return lambda: tf.identity(images)
        layer = getattr(self, name)
        return lambda: tf.ensure_shape(layer(images, training=True), images.shape)


def gamma_draws(shape: list[int], alpha: float, site: str) -> tf.Tensor:
    """Return Gamma(alpha, 1) numbers: over their sum they are a Dirichlet draw."""
    key = draw_key(site)
    return tf.random.stateless_gamma(shape, seed=key, alpha=alpha)
