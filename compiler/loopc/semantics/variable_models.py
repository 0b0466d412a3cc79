"""Weights and states outside of models, checked as models of one variable."""

from loopc.semantics.checked import CheckedModel, KeptValue, LayerSummary, OneWeight
from loopc.semantics.model_weights import number_of
from loopc.syntax import ast
from loopc.vocabulary.types import TensorType


def model_of_variable(
    node: ast.Weight | ast.State, type: TensorType, origin: OneWeight | KeptValue
) -> CheckedModel:
    """The declaration as a model without inputs; updates train a weight alone."""
    size, trains = number_of(type), isinstance(origin, OneWeight)
    trained, other = (size, 0) if trains else (0, size)
    word = "weight" if trains else "state"
    return CheckedModel(
        span=node.name.span,
        name=node.name.text,
        inputs=(),
        body=(),
        output=type,
        contains=(),
        layers=(LayerSummary("", word, type, trained, other),),
        trainable=trained,
        non_trainable=other,
        origin=origin,
    )
