"""How far predicted regions overlap the true ones."""

from loopc.vocabulary.entry import Option, StatefulMetricEntry
from loopc.vocabulary.measures.fits import Verify, overlapping, region

_CLASSES = Option(
    name="num_classes", kind="int", low=2, doc="how many classes there are"
)
_IGNORE = Option(
    name="ignore_class", kind="int", default=None, none=True,
    doc="a label whose places do not count",
)  # fmt: skip
_IDS = Option(name="target_class_ids", kind="ints", low=0, doc="the classes that count")


def _sparse(which: str, default: bool) -> Option:
    word = "target" if which == "true" else "output"
    doc = f"the {word} holds labels, not a number for each class"
    return Option(name=f"sparse_y_{which}", kind="bool", default=default, doc=doc)


def _metric(
    name: str, python: str, summary: str, *options: Option, verify: Verify = overlapping
) -> StatefulMetricEntry:
    return StatefulMetricEntry(
        name=name,
        summary=summary,
        doc=(
            "The places both call a class over those either does, from one confusion "
            "matrix of the whole window."
        ),
        options=options,
        family="overlap",
        python=f"keras.metrics.{python}",
        verify=verify,
        additive=True,
    )


ENTRIES = (
    _metric("iou", "IoU", "The mean overlap of chosen classes, of labels.",
            _CLASSES, _IDS, _IGNORE, _sparse("true", True), _sparse("pred", True)),
    _metric("mean_iou", "MeanIoU", "The mean overlap of all classes, of labels.",
            _CLASSES, _IGNORE, _sparse("true", True), _sparse("pred", True)),
    _metric("one_hot_iou", "OneHotIoU",
            "The mean overlap of chosen classes, of vectors.",
            _CLASSES, _IDS, _IGNORE, _sparse("pred", False)),
    _metric("one_hot_mean_iou", "OneHotMeanIoU",
            "The mean overlap of all classes, of vectors.",
            _CLASSES, _IGNORE, _sparse("pred", False)),
    _metric(
        "binary_iou", "BinaryIoU", "The mean overlap of false and true places.",
        Option(name="target_class_ids", kind="ints", default=(0, 1), low=0, high=1,
               doc="which of the two count"),
        Option(name="threshold", kind="float", default=0.5, doc="what counts as true"),
        verify=region,
    ),
)  # fmt: skip
