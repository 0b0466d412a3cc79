"""Losses that compare the examples of a batch with each other."""

from loopc.vocabulary.criteria.pairing import (
    chosen_elements,
    elements_left,
    elementwise,
    embedded,
    number_left,
    paired_classes,
    paired_elements,
)
from loopc.vocabulary.entry import LossEntry, LossVariant, Mismatch, Option, Options
from loopc.vocabulary.types import TensorType

MARGIN = Option(
    name="margin", kind="float", default=1.0, low=0.0,
    doc="how far apart examples of two labels should be",
)  # fmt: skip
WHOLE = "The value of an example depends on the rest of its batch."


def _temperature(default: float) -> Option:
    return Option(
        name="temperature", kind="float", default=default, low=0.0, open_low=True,
        doc="what similarities are divided by",
    )  # fmt: skip


def _vectors(target: TensorType, output: TensorType, options: Options) -> str:
    shape = paired_elements(target, output)
    if len(shape) != 1 or not target.per_example:
        fact = f"needs two vectors for each example, found {target} and {output}"
        raise Mismatch(fact, "give both one axis")
    return "batch"


def _ordered(target: TensorType, output: TensorType, options: Options) -> str:
    if paired_classes(target, output) != "sparse" or len(output.shape) != 1:
        fact = f"needs a label and one vector, found {target} and {output}"
        raise Mismatch(fact, "give it `class(n)` and n probabilities")
    if output.kind == "logits":
        raise Mismatch("the output holds logits", "write `softmax(...)`")
    return "batch"


def _regions(target: TensorType, output: TensorType, options: Options) -> str:
    pairing = paired_classes(target, output)
    if output.kind == "logits":
        raise Mismatch("the output holds logits", "write `softmax(...)`")
    return pairing


def _distances(target: TensorType, output: TensorType, options: Options) -> str:
    paired_elements(target, output)
    return chosen_elements("elements", target)


def _of_batch(
    name: str, summary: str, doc: str, *options: Option, aliases: tuple[str, ...] = ()
) -> LossEntry:
    """Make a loss of labels and embeddings that looks at the whole batch."""
    given = "".join(f", {o.name}={{{o.name}}}" for o in options)
    return LossEntry(
        name=name,
        aliases=aliases,
        summary=summary,
        doc=f"{doc} {WHOLE}",
        family="batch",
        options=options,
        choose=embedded,
        result=number_left,
        coupled=True,
        variants=(
            LossVariant(
                name="batch", python=f"{name}({{0}}, {{1}}{given})", imports=(name,)
            ),
        ),
    )


ENTRIES = (
    LossEntry(
        name="contrastive",
        summary="Draws pairs of one kind together and holds others a margin apart.",
        doc=(
            "Of a truth value (1: of one kind) and a distance: d^2, or max(0, margin - "
            "d)^2 (Hadsell and others, 2006)."
        ),
        family="structured",
        options=(MARGIN,),
        choose=_distances,
        result=elements_left,
        output="distance",
        variants=elementwise(
            "elements", "contrastive({0}, {1}, margin={margin})", "contrastive"
        ),
    ),
    _of_batch(
        "ntxent", "The cross entropy of pairs of one label among all others.",
        "The normalized temperature-scaled cross entropy (Chen and others, 2020), over "
        "cosines; optax's ntxent.",
        _temperature(0.07),
    ),
    _of_batch(
        "triplet_semi_hard", "Triplets with a negative just farther than the partner.",
        "For each pair of one label the nearest farther example of another label "
        "(Schroff and others, 2015), by Euclidean distance.",
        MARGIN,
    ),
    _of_batch(
        "triplet_hard", "Triplets of the farthest partner and the nearest other.",
        "Hermans and others (2017), by Euclidean distance.", MARGIN,
    ),
    _of_batch(
        "lifted_structure", "Pairs of one label against all others of both.",
        "Song and others (2016), with the smooth maximum, by Euclidean distance.",
        MARGIN,
    ),
    LossEntry(
        name="npairs",
        aliases=("info_nce",),
        summary="The cross entropy of finding one's own partner in the batch.",
        doc=(
            "Scores are the inner products of each anchor with all partners (Sohn, "
            f"2016); `l2_normalize` both for InfoNCE. {WHOLE}"
        ),
        family="batch",
        options=(_temperature(1.0),),
        choose=_vectors,
        result=number_left,
        target="anchor",
        output="positive",
        coupled=True,
        variants=(
            LossVariant(name="batch",
                        python="npairs({0}, {1}, temperature={temperature})",
                        imports=("npairs",)),
        ),
    ),
    LossEntry(
        name="weighted_kappa",
        summary="The logarithm of 1 minus the weighted kappa of ordered classes.",
        doc=(
            "Kappa compares disagreement, weighted by the distance of classes or its "
            f"square, with that of chance (de la Torre and others, 2018). {WHOLE}"
        ),
        family="batch",
        options=(
            Option(name="quadratic", kind="bool", default=True,
                   doc="weight by the square of the distance"),
        ),
        choose=_ordered,
        result=number_left,
        coupled=True,
        variants=(
            LossVariant(name="batch",
                        python="weighted_kappa({0}, {1}, quadratic={quadratic})",
                        imports=("weighted_kappa",)),
        ),
    ),
    LossEntry(
        name="generalized_dice",
        summary="1 minus the overlap of regions, classes weighted by their rarity.",
        doc=(
            "Sudre and others (2017), optax's multiclass_generalized_dice_loss, of "
            f"probabilities. Rarity is counted in the batch. {WHOLE}"
        ),
        family="batch",
        options=(
            Option(name="smooth", kind="float", default=1.0, low=0.0,
                   doc="what is added to overlaps and sizes"),
        ),
        choose=_regions,
        result=number_left,
        coupled=True,
        variants=(
            LossVariant(
                name="sparse",
                python="generalized_dice(tf.one_hot({0}, {classes}), {1}, "
                "smooth={smooth})",
                imports=("generalized_dice",),
            ),
            LossVariant(name="one_hot",
                        python="generalized_dice({0}, {1}, smooth={smooth})",
                        imports=("generalized_dice",)),
        ),
    ),
)  # fmt: skip
