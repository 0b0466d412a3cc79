"""The bodies of `step` and `eval`: their stream, its names, their statements."""

from dataclasses import replace

from loopc.semantics.bodies import unused_names
from loopc.semantics.checked import CheckedData, CheckedStatement, CheckedStream, Static
from loopc.semantics.context import Body, Context
from loopc.semantics.data_blocks import emptied_by, field_of, split_of
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.options import as_int
from loopc.semantics.values import failed
from loopc.syntax import ast
from loopc.vocabulary import suggest


def check_stream(context: Context, node: ast.Step | ast.Eval) -> CheckedStream | None:
    """Check the header of a step or eval; None if there is none, or once said."""
    stream = node.stream
    if stream is None:
        return None
    body = Body(context, "static")
    if node.record is not None:
        what = "binding a whole record"
        body.add(name_errors.not_implemented(what, node.record.span))
        return None
    if not _modifiers(body, stream):
        return None
    size = _batch_size(body, stream)
    data = find_data(context, stream.data)
    if data is None or (stream.batch_size is not None and size is None):
        return None
    if not _split(context, data, stream) or not _fields(context, data, node):
        return None
    return CheckedStream(
        span=stream.span,
        data=data.name,
        split=stream.split.text,
        batch_size=size,
        drop=any(m.text == "drop" for m in stream.modifiers),
        bindings=tuple((b.name.text, b.field.text) for b in node.bindings),
    )


def _modifiers(body: Body, stream: ast.Stream) -> bool:
    for modifier in stream.modifiers:
        if modifier.text != "drop":
            what = f"`{modifier.text}` of a stream"
            body.add(name_errors.not_implemented(what, modifier.span))
            return False
    if stream.parts is not None:
        body.add(name_errors.not_implemented("`parts`", stream.parts.span))
        return False
    return True


def _batch_size(body: Body, stream: ast.Stream) -> Static | None:
    if stream.batch_size is None:
        return None
    return as_int(body, "the batch", stream.batch_size, 1)


def find_data(context: Context, name: ast.Identifier) -> CheckedData | None:
    """The checked data of a name; None, once said, if there is none."""
    declaration = context.declarations.use(name.text)
    if isinstance(declaration, ast.Data):
        return context.data.get(name.text)
    known = context.declarations.of_kind(ast.Data)
    guess = suggest(name.text, known)
    problem = name_errors.unknown_data(name.text, name.span, guess, known)
    context.add_unknown(name.text, problem)
    return None


def _split(context: Context, data: CheckedData, stream: ast.Stream) -> bool:
    name, span = stream.split.text, stream.split.span
    if split_of(data, name) is None:
        known = [split.split for split in data.splits]
        guess = suggest(name, known)
        problem = name_errors.unknown_split(data.name, name, span, guess, known)
        context.add_unknown(name, problem)
        return False
    taken = emptied_by(data, name)
    if taken is not None:
        context.add(errors.emptied_split(name, span, taken.span))
        return False
    return True


def _fields(context: Context, data: CheckedData, node: ast.Step | ast.Eval) -> bool:
    sound = True
    known = [field.name for field in data.fields]
    for binding in node.bindings:
        name, span = binding.field.text, binding.field.span
        if field_of(data, name) is not None:
            context.fields_read.add((data.name, name))
            continue
        guess = suggest(name, known)
        problem = name_errors.unknown_field(data.name, name, span, guess, known)
        context.add_unknown(name, problem)
        sound = False
    return sound


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
    return _check(body, node, stream)


def _check(
    body: Body, node: ast.Step | ast.Eval, stream: CheckedStream | None
) -> tuple[CheckedStatement, ...]:
    _bind(body, node, stream)
    if stream is not None:
        body.stream = stream.name
    elif node.stream is not None:
        body.stream = f"{node.stream.data.text}.{node.stream.split.text}"
    statements = body.context.rules.statements(body, node.body)
    unused_names(body)
    return statements


def _bind(body: Body, node: ast.Step | ast.Eval, stream: CheckedStream | None) -> None:
    data = None if stream is None else body.context.data.get(stream.data)
    if node.record is not None:
        body.bind(node.record.text, failed(node.record.span), node.record.span, True)
    for binding in node.bindings:
        name, span = binding.name.text, binding.name.span
        body.verify_free(name, span)
        first = body.scope.names.get(name)
        if first is not None:
            body.add(name_errors.already_declared(name, span, first.span))
            continue
        field = None if data is None else field_of(data, binding.field.text)
        if field is None or stream is None:
            body.bind(name, failed(span), span, quiet=True)
        else:
            type = replace(field.type, stream=stream.name)
            body.bind_local(name, type, span)
