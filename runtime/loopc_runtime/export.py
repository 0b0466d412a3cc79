"""Exporting a model as a `.keras` file that loads without this package."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy.typing as npt

from loopc_runtime.derived import DerivedModel, Network, clone_network
from loopc_runtime.errors import RunError
from loopc_runtime.layers import NoiseLayer
from loopc_runtime.mixing import AugMix


def export_model(
    model: Network, values: Mapping[int, npt.NDArray[Any]] | None, path: Path
) -> None:
    """Write `model` to `path`, at every moment whole or not at all.

    `values` maps ids of its variables to the values to export instead of the present
    ones. Noise layers are exported as Keras' own.
    """
    if path.suffix != ".keras":
        raise RunError(f"a model is exported to a `.keras` file, not to {path.name}")
    network = model.model if isinstance(model, DerivedModel) else model
    clone = clone_network(network, _keras_twin)
    for target, source in zip(clone.weights, network.weights, strict=True):
        known = None if values is None else values.get(id(source))
        target.assign(source if known is None else known)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".tmp-{path.name}")
    clone.save(aside)
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    aside.replace(path)


def _keras_twin(layer: keras.layers.Layer) -> keras.layers.Layer:
    config = layer.get_config()
    if isinstance(layer, NoiseLayer | AugMix):
        return layer.keras_class.from_config(config)
    return layer.__class__.from_config(config)
