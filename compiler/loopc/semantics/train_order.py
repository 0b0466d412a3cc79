"""The loops of a program as a sequence: their names, and the seed they share."""

from collections.abc import Sequence
from dataclasses import replace

from loopc.semantics.checked import CheckedTrain
from loopc.semantics.context import Context
from loopc.semantics.errors import runs as errors
from loopc.semantics.settings import NOWHERE
from loopc.source import Span
from loopc.syntax import ast

DEFAULT_NAME = "train"


def train_name(node: ast.Train) -> str:
    """What the loop is called: its folder, and the metrics of its step."""
    return DEFAULT_NAME if node.name is None else node.name.text


def train_head(node: ast.Train) -> Span:
    """The name of the loop, or the word `train` itself."""
    if node.name is not None:
        return node.name.span
    return Span(node.span.start, node.span.start + len("train"))


def verify_train_names(context: Context, nodes: Sequence[ast.Train]) -> None:
    """Several loops are told apart by their names."""
    first: dict[str, ast.Train] = {}
    for node in nodes:
        name = train_name(node)
        earlier = first.setdefault(name, node)
        if earlier is not node:
            context.add(errors.same_loop(name, train_head(node), train_head(earlier)))


def with_one_seed(trains: tuple[CheckedTrain, ...]) -> tuple[CheckedTrain, ...]:
    """A later loop without a seed of its own has that of the first."""
    return tuple(
        replace(train, seed=trains[0].seed) if train.seed.span == NOWHERE else train
        for train in trains
    )
