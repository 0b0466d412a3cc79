"""Losses of numbers against numbers, by element or averaged within an example."""

from loopc.vocabulary.criteria.pairing import (
    chosen_elements,
    elements_left,
    elementwise,
    example_left,
    paired_elements,
)
from loopc.vocabulary.entry import LossEntry, LossVariant, Mismatch, Option, Options
from loopc.vocabulary.types import TensorType


def _choose(target: TensorType, output: TensorType, options: Options) -> str:
    paired_elements(target, output)
    _refuse_labels(target)
    return chosen_elements("elements", target)


def _refuse_labels(target: TensorType) -> None:
    if target.kind == "class" and target.classes != 2:
        fact = f"the target is a label, {target}"
        raise Mismatch(fact, "write `cross_entropy`, or `cast(x, f32)` for a rating")


def _choose_mean(target: TensorType, output: TensorType, options: Options) -> str:
    chosen = _choose(target, output, options)
    number = not paired_elements(target, output)
    return chosen.replace("elements", "number") if number else chosen


def pointwise(
    name: str,
    form: str,
    summary: str,
    doc: str,
    *options: Option,
    runtime: str = "",
    aliases: tuple[str, ...] = (),
) -> LossEntry:
    """Make an elementwise loss; `runtime` names the function that the form calls."""
    imports = (runtime,) if runtime else ()
    return LossEntry(
        name=name,
        summary=summary,
        doc=doc,
        options=options,
        aliases=aliases,
        family="regression",
        choose=_choose,
        result=elements_left,
        variants=elementwise("elements", form, *imports),
    )


def _averaged(name: str, alias: str, of: LossEntry, doc: str) -> LossEntry:
    """Make the loss that averages another one within each example."""
    return LossEntry(
        name=name,
        aliases=(alias,),
        summary=of.summary.replace(
            "element by element", "averaged within each example"
        ),
        doc=doc,
        options=of.options,
        family="regression",
        choose=_choose_mean,
        result=example_left,
        variants=(
            *(_reduced(v) for v in of.variants),
            *(_renamed(v) for v in of.variants),
        ),
    )


def _reduced(variant: LossVariant) -> LossVariant:
    return LossVariant(
        name=variant.name,
        python=f"tf.reduce_mean({variant.python}, axis={{axes}})",
        imports=variant.imports,
        casts=variant.casts,
        broadcasts=variant.broadcasts,
    )


def _renamed(variant: LossVariant) -> LossVariant:
    """The variant for examples that are one number: nothing is left to average."""
    return LossVariant(
        name=variant.name.replace("elements", "number"),
        python=variant.python,
        imports=variant.imports,
        casts=variant.casts,
        broadcasts=variant.broadcasts,
    )


SQUARED = pointwise(
    "squared_error", "tf.math.squared_difference({0}, {1})",
    "The squared difference, element by element.",
    "Nothing is reduced: `mean` averages elements and examples, `sum` adds an example "
    "up. Target and output must have the same axes; nothing is broadcast by accident.",
)  # fmt: skip
ABSOLUTE = pointwise(
    "absolute_error", "tf.abs({0} - {1})",
    "The absolute difference, element by element.",
    "Less moved by outliers than the square; its gradient is the sign of the error.",
)  # fmt: skip
PERCENTAGE = pointwise(
    "absolute_percentage_error", "absolute_percentage_error({0}, {1})",
    "The absolute difference in percent of the target, element by element.",
    "The target is bounded away from 0 by 1e-7, so a target of 0 gives a huge value.",
    runtime="absolute_percentage_error",
)  # fmt: skip
LOGARITHMIC = pointwise(
    "squared_logarithmic_error", "squared_logarithmic_error({0}, {1})",
    "The squared difference of log(1 + x), element by element.",
    "Compares orders of magnitude; numbers below 1e-7 count as that.",
    runtime="squared_logarithmic_error",
)  # fmt: skip

ENTRIES = (
    SQUARED, ABSOLUTE, PERCENTAGE, LOGARITHMIC,
    _averaged("mean_squared_error", "mse", SQUARED,
              "One number for each example: the mean over all its axes, as a "
              "regression usually reports. Keras averages the last axis alone."),
    _averaged("mean_absolute_error", "mae", ABSOLUTE,
              "One number for each example: the mean over all its axes."),
    _averaged("mean_absolute_percentage_error", "mape", PERCENTAGE,
              "One number for each example, in percent."),
    _averaged("mean_squared_logarithmic_error", "msle", LOGARITHMIC,
              "One number for each example: the mean over all its axes."),
    pointwise(
        "huber", "huber({0}, {1}, delta={delta})",
        "Half the squared difference where it is small, linear beyond.",
        "The two parts meet at `delta` with one slope (Huber, 1964).",
        Option(name="delta", kind="float", default=1.0, low=0.0, open_low=True,
               doc="where the linear part begins"),
        runtime="huber",
    ),
    pointwise(
        "log_cosh", "log_cosh({0}, {1})",
        "The logarithm of the hyperbolic cosine of the difference.",
        "Like half the square near 0 and like the absolute difference far away.",
        runtime="log_cosh",
    ),
    pointwise(
        "poisson", "poisson({0}, {1})",
        "Minus the log likelihood of a count under a predicted rate.",
        "The output is the rate, which has to be positive: `softplus` or `exp` it. The "
        "part that depends on the target alone is left out.",
        runtime="poisson",
    ),
    pointwise(
        "hinge", "hinge({0}, {1})",
        "max(0, 1 - sign * output) for signs -1 and 1.",
        "Targets 0 and 1 count as -1 and 1; outputs are scores of either sign.",
        runtime="hinge",
    ),
    pointwise(
        "squared_hinge", "squared_hinge({0}, {1})",
        "The square of the hinge loss.",
        "Targets 0 and 1 count as -1 and 1; outputs are scores of either sign.",
        runtime="squared_hinge",
    ),
)  # fmt: skip
