"""Losses over classes and over yes-or-no outcomes."""

from loopc.vocabulary.criteria.fits import (
    choose_binary,
    choose_classes,
    choose_one_hot,
    choose_probabilities,
    choose_sparse_probabilities,
    choose_values,
    elementwise,
    one_number,
    over_classes,
)
from loopc.vocabulary.entry import LossEntry, LossVariant, Option

SMOOTHING = Option(
    name="label_smoothing",
    kind="float",
    default=0.0,
    low=0.0,
    high=1.0,
    open_high=True,
    doc="Share of the target that is spread over all classes.",
)
ALPHA = Option(name="alpha", kind="float", default=0.25, low=0.0, high=1.0)
BALANCE = Option(name="alpha", kind="float", default=None, none=True, low=0.0, high=1.0)
GAMMA = Option(name="gamma", kind="float", default=2.0, low=0.0)
Q = Option(name="q", kind="float", default=0.5, low=0.0, high=1.0, open_low=True)


def variant(name: str, function: str, *arguments: str) -> LossVariant:
    """A reading that calls a runtime function of (target, output)."""
    given = ", ".join(["{0}", "{1}", *arguments])
    return LossVariant(name=name, python=f"{function}({given})", imports=(function,))


def readings(prefix: str, function: str, *options: Option) -> tuple[LossVariant, ...]:
    """Two readings, logits and probabilities, of a function that takes `from_logits`."""
    given = [f"{o.name}={{{o.name}}}" for o in options]
    return tuple(
        variant(f"{prefix}{reading}", function, f"from_logits={logits}", *given)
        for reading, logits in (("logits", True), ("probabilities", False))
    )


ENTRIES: tuple[LossEntry, ...] = (
    LossEntry(
        name="cross_entropy",
        aliases=("sparse_categorical_crossentropy", "categorical_crossentropy"),
        summary="Minus the log of the probability given to the right class.",
        options=(SMOOTHING,),
        choose=choose_classes,
        result=over_classes,
        variants=(
            *readings("sparse_", "sparse_cross_entropy", SMOOTHING),
            *readings("one_hot_", "cross_entropy", SMOOTHING),
        ),
        doc="Reads the operands' types: `class(n)` labels or one value per class, and "
        "logits or probabilities. An output without a declared kind holds logits.",
    ),
    LossEntry(
        name="focal_cross_entropy",
        aliases=("categorical_focal_crossentropy",),
        summary="Cross entropy that gives less weight to what is already right.",
        options=(ALPHA, GAMMA, SMOOTHING),
        choose=choose_one_hot,
        result=over_classes,
        variants=readings("one_hot_", "focal_cross_entropy", ALPHA, GAMMA, SMOOTHING),
        doc="Lin and others, 2017.",
    ),
    LossEntry(
        name="generalized_cross_entropy",
        aliases=("categorical_generalized_cross_entropy",),
        summary="Between absolute error and cross entropy: robust to wrong labels.",
        options=(Q,),
        choose=choose_sparse_probabilities,
        result=over_classes,
        variants=(
            variant("sparse_probabilities", "generalized_cross_entropy", "q={q}"),
        ),
        doc="Zhang and Sabuncu, 2018: (1 - p^q) / q.",
    ),
    LossEntry(
        name="binary_cross_entropy",
        aliases=("binary_crossentropy",),
        summary="Cross entropy of yes-or-no outcomes, element by element.",
        options=(SMOOTHING,),
        choose=choose_binary,
        result=elementwise,
        variants=readings("", "binary_cross_entropy", SMOOTHING),
        doc="An output without a declared kind holds logits. Keras averages the last "
        "axis; here every element stays until it is averaged or summed.",
    ),
    LossEntry(
        name="mean_binary_cross_entropy",
        summary="Cross entropy of yes-or-no outcomes, averaged within the example.",
        options=(SMOOTHING,),
        choose=choose_binary,
        result=one_number,
        variants=readings("", "mean_binary_cross_entropy", SMOOTHING),
        doc="The mean over all axes of the example.",
    ),
    LossEntry(
        name="binary_focal_cross_entropy",
        aliases=("binary_focal_crossentropy",),
        summary="Binary cross entropy that gives less weight to what is right.",
        options=(BALANCE, GAMMA, SMOOTHING),
        choose=choose_binary,
        result=elementwise,
        variants=readings("", "binary_focal_cross_entropy", BALANCE, GAMMA, SMOOTHING),
        doc="Lin and others, 2017; `alpha` balances the two outcomes.",
    ),
    LossEntry(
        name="kl_divergence",
        aliases=("kullback_leibler_divergence",),
        summary="How far the output's probabilities are from the target's.",
        choose=choose_probabilities,
        result=over_classes,
        variants=(variant("values", "kl_divergence"),),
        doc="sum(p log(p / q)) over the last axis, both clipped at 1e-7 as in Keras.",
    ),
    LossEntry(
        name="categorical_hinge",
        summary="Margin between the right class and the best wrong one.",
        choose=choose_values,
        result=over_classes,
        variants=(variant("values", "categorical_hinge"),),
        doc="max(0, 1 - right + best wrong) over the last axis; targets are 0 and 1.",
    ),
    LossEntry(
        name="hinge",
        summary="max(0, 1 - target * output), element by element.",
        choose=choose_values,
        result=elementwise,
        variants=(variant("values", "hinge"),),
        doc="Targets are -1 and 1, or 0 and 1, which become -1 and 1.",
    ),
    LossEntry(
        name="squared_hinge",
        summary="The square of the hinge, element by element.",
        choose=choose_values,
        result=elementwise,
        variants=(variant("values", "squared_hinge"),),
        doc="Targets are -1 and 1, or 0 and 1, which become -1 and 1.",
    ),
)
