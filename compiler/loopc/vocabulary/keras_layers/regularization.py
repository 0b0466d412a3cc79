"""Noise in training: dropout and its relatives, drawn from the step by the runtime."""

from dataclasses import replace

from loopc.vocabulary.entry import LayerEntry, Operands, Option, Options
from loopc.vocabulary.keras_layers.options import float_input, no_weights
from loopc.vocabulary.types import TensorType

RATE = Option(
    name="rate", kind="float", low=0.0, high=1.0, doc="the share of elements dropped"
)
RATE_BELOW_ONE = Option(
    name="rate", kind="float", low=0.0, high=1.0, open_high=True,
    doc="the share of elements dropped",
)  # fmt: skip
STATELESS = (
    "Its draws are a function of seed, step and place in the model, so that a run can "
    "be repeated and resumed exactly. It does nothing in evaluation."
)


def _noise(
    name: str, python: str, summary: str, option: Option, rank: int | None = None
) -> LayerEntry:
    def shape(inputs: Operands, options: Options) -> TensorType:
        return TensorType("f32", float_input(inputs, rank).shape)

    return LayerEntry(
        name=name,
        summary=summary,
        doc=STATELESS,
        family="regularization",
        python=python,
        options=(option,),
        shape=shape,
        weights=no_weights,
        random=True,
    )


def _spatial(rank: int) -> LayerEntry:
    return _noise(
        f"spatial_dropout{rank}d", f"SpatialDropout{rank}D",
        "Drops whole channels at random, and scales the rest up.",
        replace(RATE, doc="the share of channels dropped"), rank + 1,
    )  # fmt: skip


ENTRIES = (
    _noise("dropout", "Dropout", "Drops elements at random, and scales the rest up.",
           RATE),
    *(_spatial(rank) for rank in (1, 2, 3)),
    _noise("gaussian_noise", "GaussianNoise", "Adds normal noise.",
           Option(name="stddev", kind="float", low=0.0, doc="its standard deviation")),
    _noise("gaussian_dropout", "GaussianDropout",
           "Multiplies by normal noise of mean 1.",
           RATE_BELOW_ONE),
    _noise("alpha_dropout", "AlphaDropout",
           "Dropout that keeps the mean and variance behind `selu`.", RATE_BELOW_ONE),
)  # fmt: skip
