"""Counts of right and wrong truth values, and what is computed from them."""

from loopc.vocabulary.entry import Option, StatefulMetricEntry
from loopc.vocabulary.measures.fits import Verify, one_hot_scores, truths

_THRESHOLDS = Option(
    name="thresholds", kind="float", default=None, none=True,
    doc="outputs above it count as true; 0.5 if left out",
)  # fmt: skip
_TOP_K = Option(
    name="top_k", kind="int", default=None, none=True, low=1,
    doc="only the k largest outputs count as true",
)  # fmt: skip
_CLASS = Option(
    name="class_id", kind="int", default=None, none=True, low=0,
    doc="the one class that counts",
)  # fmt: skip
_STEPS = Option(
    name="num_thresholds", kind="int", default=200, low=2,
    doc="how finely the curve is drawn",
)  # fmt: skip


def _metric(
    name: str,
    python: str,
    summary: str,
    doc: str,
    *options: Option,
    verify: Verify = truths,
    aliases: tuple[str, ...] = (),
    less: bool = False,
) -> StatefulMetricEntry:
    return StatefulMetricEntry(
        name=name,
        aliases=aliases,
        summary=summary,
        doc=doc,
        options=options,
        family="confusion",
        python=f"keras.metrics.{python}",
        verify=verify,
        additive=True,
        better="min" if less else "max",
    )


def _at(name: str, python: str, summary: str, option: str) -> StatefulMetricEntry:
    bound = Option(
        name=option, kind="float", low=0.0, high=1.0, doc=f"the {option} to reach"
    )
    doc = "Read off a curve of `num_thresholds` points."
    return _metric(name, python, summary, doc, bound, _STEPS, _CLASS)


def _average() -> Option:
    return Option(
        name="average", kind="enum", default=None, none=True,
        choices=("micro", "macro", "weighted"),
        doc="how the scores of the classes become one number",
    )  # fmt: skip


_THRESHOLD = Option(
    name="threshold", kind="float", default=None, none=True,
    doc="outputs above it count as true; the largest alone if left out",
)  # fmt: skip
_COUNTED = "Outputs are compared with 0.5 unless `thresholds` says otherwise."

ENTRIES = (
    _metric(
        "auc", "AUC", "The area under the ROC curve, or under precision over recall.",
        "The probability that a true example scores above a false one. The curve is "
        "drawn from a grid of thresholds, so the value is exact only up to their "
        "number.",
        _STEPS,
        Option(name="curve", kind="enum", default="ROC", 
               choices=("ROC", "PR", "PRGAIN"),
               doc="which curve"),
        Option(name="summation_method", kind="enum", default="interpolation",
               choices=("interpolation", "minoring", "majoring"),
               doc="how the area between two points is taken"),
        Option(name="multi_label", kind="bool", default=False,
               doc="average the areas of the columns"),
        Option(name="num_labels", kind="int", default=None, none=True, low=1,
               doc="how many columns there are"),
        Option(name="from_logits", kind="bool", default=False,
               doc="put the output through a sigmoid first"),
    ),
    _metric("precision", "Precision", "The share of the outputs called true that are.",
            _COUNTED, _THRESHOLDS, _TOP_K, _CLASS),
    _metric("recall", "Recall", "The share of the true examples called true.",
            _COUNTED, _THRESHOLDS, _TOP_K, _CLASS),
    _at("precision_at_recall", "PrecisionAtRecall",
        "The best precision whose recall is high enough.", "recall"),
    _at("recall_at_precision", "RecallAtPrecision",
        "The best recall whose precision is high enough.", "precision"),
    _at("sensitivity_at_specificity", "SensitivityAtSpecificity",
        "The best sensitivity whose specificity is high enough.", "specificity"),
    _at("specificity_at_sensitivity", "SpecificityAtSensitivity",
        "The best specificity whose sensitivity is high enough.", "sensitivity"),
    _metric("true_positives", "TruePositives",
            "How many true examples are called true.",
            _COUNTED, _THRESHOLDS),
    _metric("true_negatives", "TrueNegatives",
            "How many false examples are called false.", _COUNTED, _THRESHOLDS),
    _metric("false_positives", "FalsePositives",
            "How many false examples are called true.", _COUNTED, _THRESHOLDS,
            less=True),
    _metric("false_negatives", "FalseNegatives",
            "How many true examples are called false.", _COUNTED, _THRESHOLDS,
            less=True),
    _metric(
        "f1_score", "F1Score", "The harmonic mean of precision and recall.",
        "Of each class against the others, then averaged. Without a threshold the "
        "largest output is the class.", _average(), _THRESHOLD, verify=one_hot_scores,
    ),
    _metric(
        "fbeta_score", "FBetaScore",
        "A mean of precision and recall in which recall weighs beta times as much.",
        "Of each class against the others, then averaged.", _average(),
        Option(name="beta", kind="float", default=1.0, low=0.0, open_low=True,
               doc="the weight of recall"),
        _THRESHOLD, verify=one_hot_scores, aliases=("f_beta_score",),
    ),
)  # fmt: skip
