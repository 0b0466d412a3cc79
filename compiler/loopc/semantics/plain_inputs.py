"""Plain values among the inputs of a model: the same for each example of the others."""

from collections.abc import Sequence

from loopc.semantics.checked import CheckedExpression, Indexing, Static
from loopc.semantics.context import Body
from loopc.semantics.primitives import apply_function, tensor_type


def for_each_example(
    body: Body, values: Sequence[CheckedExpression]
) -> list[CheckedExpression]:
    """The inputs of a call, plain ones repeated along the batch of another one."""
    like = next((v for v in values if tensor_type(v).per_example), None)
    if like is None or body.inside == "model":
        return list(values)
    while isinstance(like, Indexing) and tensor_type(like.value).per_example:
        like = like.value  # of the same batch, and shorter to write
    return [
        value if _whole(value) else _repeated(body, value, like) for value in values
    ]


def _whole(value: CheckedExpression) -> bool:
    """Whether a value has its batch, or is a number that has no dtype yet."""
    return isinstance(value, Static) or tensor_type(value).per_example


def _repeated(
    body: Body, value: CheckedExpression, like: CheckedExpression
) -> CheckedExpression:
    name = "for_each_example"
    return apply_function(body, name, name, [value, like], {}, value.span)
