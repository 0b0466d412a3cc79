"""Sums, means and extremes of rows that labels put together."""

from loopc.vocabulary.entry import FunctionEntry, Mismatch, Operands, Option, Options
from loopc.vocabulary.rules import as_integers, require_number, shown, value
from loopc.vocabulary.types import INTEGERS, TensorType


def _grouped(operands: Operands, options: Options) -> TensorType:
    rows, labels = operands
    require_number(rows, "the first operand")
    if labels.dtype not in INTEGERS:
        raise Mismatch(f"the labels are {labels}", "group by labels or integers")
    if len(labels.shape) != 1 or rows.shape[:1] != labels.shape:
        fact = f"{shown(rows.shape)} and {shown(labels.shape)} do not meet"
        raise Mismatch(fact, "give each row, along the first axis, one label")
    if rows.per_example != labels.per_example:
        fact = "one of the two has a value for each example, the other has not"
        raise Mismatch(fact, "`whole_batch` makes a plain value of a batch")
    return value(rows.dtype, (_count(labels, options), *rows.shape[1:]))


def _count(labels: TensorType, options: Options) -> int:
    given = options.get("count")
    if given is None and labels.classes is None:
        fact = f"how many classes {labels} has is not known"
        raise Mismatch(fact, "write it: `count: 10`")
    count = labels.classes if given is None else as_integers(given)[0]
    if (labels.classes or 0) > (count or 0):
        raise Mismatch(f"{labels} does not fit into {count}", "raise the count")
    return count or 0


def _groups(operands: Operands, options: Options) -> str:
    """Write how many groups there are, and whether each example has its own."""
    count = _count(operands[1], options)
    return f"{count}, batched=True" if operands[0].per_example else str(count)


def _segment(word: str, summary: str, doc: str) -> FunctionEntry:
    return FunctionEntry(
        name=f"segment_{word}",
        summary=summary,
        doc=doc,
        options=(
            Option(name="count", kind="int", default=None, none=True, low=1,
                   doc="how many groups; the classes of the labels, if left out"),
        ),
        family="segments",
        operands=(2, 2),
        result=_grouped,
        step=f"segment_{word}({{0}}, {{1}}, {{groups}})",
        model=None,
        imports=(f"segment_{word}",),
        derived={
            "groups": _groups,
        },
    )  # fmt: skip


ENTRIES = (
    _segment(
        "sum", "The sum of the rows of each label.",
        "Rows lie along the first axis; a label without rows has 0. Nodes of a graph "
        "sum their edges so, and `segment_sum(whole_batch(z), whole_batch(code), "
        "count: 512)` sums a batch by its codes. On a GPU the order of the sums is not "
        "fixed, as everywhere where rows are scattered.",
    ),
    _segment(
        "mean", "The mean of the rows of each label.",
        "Rows lie along the first axis; a label without rows has 0.",
    ),
    _segment(
        "max", "The largest of the rows of each label, element by element.",
        "Rows lie along the first axis; a label without rows has the smallest number "
        "of its dtype. Equal extremes share the gradient.",
    ),
)  # fmt: skip
