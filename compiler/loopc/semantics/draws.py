"""`draw (x = image) from data.split batch 64`: a batch of a stream of its own."""

from loopc.semantics.checked import CheckedAssign, CheckedStatement, Drawn
from loopc.semantics.context import Body
from loopc.semantics.errors import streams as errors
from loopc.semantics.masks import bringing_all
from loopc.semantics.streams import bind_stream, bound_types, check_stream
from loopc.syntax import ast
from loopc.vocabulary.types import TupleType


def check_draw(body: Body, node: ast.Draw) -> CheckedStatement | None:
    """Check a draw: it binds names, as an assignment does, to the next batch."""
    if body.place not in ("step", "eval") or body.block is None:
        body.add(errors.draw_misplaced(node.span, body.place))
        bind_stream(body, node, None, fresh=False)
        return None
    stream = check_stream(body.context, node, body.block)
    bind_stream(body, node, stream, fresh=False)
    if stream is None:
        return None
    data = body.context.data[stream.data]
    stream = bringing_all(stream, data)
    types = bound_types(data, stream)
    type = types[0] if len(types) == 1 else TupleType(tuple(types))
    return CheckedAssign(
        span=node.span,
        names=tuple(name for name, _ in stream.bindings),
        value=Drawn(span=node.span, type=type, stream=stream),
    )
