"""Losses between values of the same axes."""

from collections.abc import Callable
from typing import TypeAlias

from loopc.vocabulary.criteria.fits import (
    choose_values,
    elementwise,
    one_number,
    over_classes,
)
from loopc.vocabulary.entry import LossEntry, LossVariant, Option, Options
from loopc.vocabulary.types import TensorType

Result: TypeAlias = Callable[[TensorType, TensorType, Options], TensorType]


def error(
    name: str,
    summary: str,
    doc: str,
    *options: Option,
    aliases: tuple[str, ...] = (),
    result: Result = elementwise,
) -> LossEntry:
    """An entry whose runtime function has the same name."""
    given = ", ".join(["{0}", "{1}", *(f"{o.name}={{{o.name}}}" for o in options)])
    return LossEntry(
        name=name,
        aliases=aliases,
        summary=summary,
        options=options,
        choose=choose_values,
        result=result,
        variants=(
            LossVariant(name="values", python=f"{name}({given})", imports=(name,)),
        ),
        casts="float",
        doc=doc,
    )


EVERY_ELEMENT = "Every element stays until it is averaged or summed."
WITHIN = "The mean over all axes of the example."

ENTRIES: tuple[LossEntry, ...] = (
    error("squared_error", "(target - output)^2, element by element.", EVERY_ELEMENT),
    error(
        "mean_squared_error",
        "The squared error, averaged within the example.",
        WITHIN,
        aliases=("mse",),
        result=one_number,
    ),
    error("absolute_error", "|target - output|, element by element.", EVERY_ELEMENT),
    error(
        "mean_absolute_error",
        "The absolute error, averaged within the example.",
        WITHIN,
        aliases=("mae",),
        result=one_number,
    ),
    error(
        "absolute_percentage_error",
        "100 |target - output| / |target|, element by element.",
        "The divisor is at least 1e-7, as in Keras.",
    ),
    error(
        "mean_absolute_percentage_error",
        "The absolute percentage error, averaged within the example.",
        "The divisor is at least 1e-7, as in Keras.",
        aliases=("mape",),
        result=one_number,
    ),
    error(
        "squared_logarithmic_error",
        "(log(1 + target) - log(1 + output))^2, element by element.",
        "Negative values count as 1e-7, as in Keras.",
    ),
    error(
        "mean_squared_logarithmic_error",
        "The squared logarithmic error, averaged within the example.",
        "Negative values count as 1e-7, as in Keras.",
        aliases=("msle",),
        result=one_number,
    ),
    error(
        "huber",
        "Squared near 0, linear beyond `delta`, element by element.",
        "0.5 e^2 up to delta, delta |e| - 0.5 delta^2 beyond (Huber, 1964).",
        Option(name="delta", kind="float", default=1.0, low=0.0, open_low=True),
    ),
    error(
        "log_cosh",
        "log(cosh(output - target)), element by element.",
        "Squared near 0 and linear far away.",
    ),
    error(
        "poisson",
        "output - target log(output), element by element.",
        "The negative log likelihood of a Poisson rate, up to a constant.",
    ),
    error(
        "cosine_loss",
        "Minus the cosine similarity over the last axis.",
        "What Keras calls the loss CosineSimilarity.",
        result=over_classes,
    ),
    error(
        "dice",
        "One minus twice the overlap over the sum, for each example.",
        "Over all axes of the example; the output holds probabilities.",
        result=one_number,
    ),
    error(
        "tversky",
        "Dice with weights for false positives and false negatives.",
        "Over all axes of the example; the output holds probabilities.",
        Option(name="alpha", kind="float", default=0.5, low=0.0),
        Option(name="beta", kind="float", default=0.5, low=0.0),
        result=one_number,
    ),
)
