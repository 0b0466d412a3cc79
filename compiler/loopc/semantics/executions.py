"""What a loop asks of its execution against what its layers need."""

from loopc.semantics.checked import CallModel, CheckedTrain
from loopc.semantics.context import Context
from loopc.semantics.errors import schedules as errors
from loopc.semantics.walk import walk
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import layers


def verify_execution(context: Context, train: CheckedTrain) -> None:
    """Refuse XLA for a model with a layer that it cannot compile."""
    if train.execution not in ("xla", "streamed_xla"):
        return
    called = {n.model for n in walk(train.body) if isinstance(n, CallModel)}
    for model in context.models.values():
        if model is None or model.name not in called:
            continue
        for summary in model.layers:
            entry = layers().get(summary.layer)
            if entry is not None and entry.graph_only:
                span = _setting(context, train)
                context.add(errors.needs_graph(summary.layer, model.name, span))
                return


def _setting(context: Context, train: CheckedTrain) -> Span:
    """Where the loop says `execution = xla`."""
    for node in context.program.declarations:
        if isinstance(node, ast.Train) and node.span == train.span:
            for item in node.items:
                if isinstance(item, ast.Setting) and item.name.text == "execution":
                    return item.span
    return train.span
