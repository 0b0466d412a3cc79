"""The bodies of `step` and `eval`: the names of their stream, their statements."""

from loopc.semantics.bodies import unused_names
from loopc.semantics.checked import CheckedStatement, CheckedStream
from loopc.semantics.context import Body, Context
from loopc.semantics.states import verify_carried
from loopc.semantics.streams import bind_stream
from loopc.syntax import ast


def check_step(
    context: Context, node: ast.Step, stream: CheckedStream | None
) -> tuple[CheckedStatement, ...]:
    """Check the statements of the step in training mode."""
    body = Body(context, "step", training=True)
    return _check(body, node, stream)


def check_eval(
    context: Context, node: ast.Eval, stream: CheckedStream | None
) -> tuple[CheckedStatement, ...]:
    """Check the statements of an eval in inference mode."""
    body = Body(context, "eval", training=False)
    statements = _check(body, node, stream)
    verify_carried(context, statements)
    return statements


def _check(
    body: Body, node: ast.Step | ast.Eval, stream: CheckedStream | None
) -> tuple[CheckedStatement, ...]:
    body.block = node.body
    bind_stream(body, node, stream, fresh=True)
    if stream is not None:
        body.stream = stream.name
        if stream.contiguous:
            body.lanes = stream.name
    elif node.stream is not None:
        body.stream = f"{node.stream.data.text}.{node.stream.split.text}"
    statements = body.context.rules.statements(body, node.body)
    unused_names(body)
    return statements
