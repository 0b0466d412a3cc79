"""Streams of headers and of `draw`: their split, batch, modifiers and fields."""

from collections.abc import Iterator
from dataclasses import fields as fields_of
from dataclasses import replace
from typing import TypeAlias

from loopc.semantics.checked import CheckedData, CheckedStream, Static
from loopc.semantics.context import Body, Context
from loopc.semantics.data_blocks import emptied_by, field_of, split_of
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import sequences as sequence_errors
from loopc.semantics.errors import streams as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.options import as_int
from loopc.semantics.values import failed
from loopc.syntax import ast
from loopc.vocabulary import suggest
from loopc.vocabulary.types import RecordType, TensorType

Streamed: TypeAlias = ast.Step | ast.Eval | ast.Draw


def check_stream(
    context: Context, node: Streamed, block: ast.Block
) -> CheckedStream | None:
    """Check `(x, y) from data.split batch 64`; None if there is none, or once said.

    `block` is the body in which a record's fields are read.
    """
    stream = node.stream
    if stream is None:
        return None
    body = Body(context, "static")
    fits = modifiers_fit(body, node, stream)
    size = _count(body, "the batch", stream.batch_size, 1)
    parts = _count(body, "`parts`", stream.parts, 2)
    data = find_data(context, stream.data)
    lost = (stream.batch_size and size is None) or (stream.parts and parts is None)
    if data is None or lost or not fits or not _split(context, data, stream):
        return None
    if not _lanes_continue(context, data, stream):
        return None
    bindings = _bindings(context, data, node, block)
    if bindings is None:
        return None
    names = {modifier.text for modifier in stream.modifiers}
    return CheckedStream(
        span=stream.span,
        data=data.name,
        split=stream.split.text,
        batch_size=size,
        drop="drop" in names,
        contiguous="contiguous" in names,
        parts=parts,
        bindings=bindings,
        record="" if node.record is None else node.record.text,
        draw=context.draw_site(node.span) if isinstance(node, ast.Draw) else 0,
    )


def _count(
    body: Body, what: str, node: ast.Expression | None, least: int
) -> Static | None:
    return None if node is None else as_int(body, what, node, least)


def modifiers_fit(body: Body, node: Streamed, stream: ast.Stream) -> bool:
    """Whether every modifier means something here; says so where one does not."""
    written = [(m.text, m.span) for m in stream.modifiers]
    if stream.parts is not None:
        written.append(("parts", stream.parts.span))
    sound = True
    for name, span in written:
        reason = _meaningless(name, node, stream)
        if reason is not None:
            body.add(errors.modifier_without_meaning(name, span, *reason))
            sound = False
    return sound


def _meaningless(
    name: str, node: Streamed, stream: ast.Stream
) -> tuple[str, str] | None:
    """Why a modifier has no meaning in this place, and what to do instead."""
    if name == "drop" and isinstance(node, ast.Draw):
        fact = "a draw is never short: it goes on in the next epoch"
        return fact, "leave `drop` out"
    if name == "parts" and not isinstance(node, ast.Step):
        fact = "parts are the pieces of an update, and this is no header of a step"
        return fact, "take a smaller batch"
    if name in ("drop", "contiguous") and stream.batch_size is None:
        fact = "`batch all` is every row, in file order, in one batch"
        return fact, f"leave `{name}` out, or give the batch a size"
    return None


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
        context.add(value_errors.emptied_split(name, span, taken.span))
        return False
    return True


def _lanes_continue(context: Context, data: CheckedData, stream: ast.Stream) -> bool:
    """Whether the lanes of a `contiguous` stream stay in one series."""
    lanes = next((m for m in stream.modifiers if m.text == "contiguous"), None)
    if lanes is None or data.windows is None or data.windows.by is None:
        return True
    context.add(sequence_errors.lanes_cross_series(lanes.span, data.windows.span))
    return False


def _bindings(
    context: Context, data: CheckedData, node: Streamed, block: ast.Block
) -> tuple[tuple[str, str], ...] | None:
    """Names and their fields; of a record, the fields that `block` reads."""
    if node.record is not None:
        return _record_bindings(context, data, node.record, block)
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
    names = tuple((b.name.text, b.field.text) for b in node.bindings)
    return names if sound else None


def _record_bindings(
    context: Context, data: CheckedData, record: ast.Identifier, block: ast.Block
) -> tuple[tuple[str, str], ...] | None:
    read = set(fields_read(block, record.text))
    wanted = [field.name for field in data.fields if field.name in read]
    context.fields_read.update((data.name, name) for name in wanted)
    if not wanted:
        known = [field.name for field in data.fields]
        context.add(errors.unread_record(record.text, record.span, known))
        return None
    return tuple((f"{record.text}.{name}", name) for name in wanted)


def fields_read(block: ast.Block, record: str) -> Iterator[str]:
    """The attributes of a name in the text of a block."""
    stack: list[object] = [block]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            stack.extend(node)
        elif isinstance(node, ast.Node):
            stack.extend(getattr(node, item.name) for item in fields_of(node))
            if isinstance(node, ast.Attribute) and _is_name(node.value, record):
                yield node.name.text


def _is_name(node: ast.Expression, name: str) -> bool:
    return isinstance(node, ast.Name) and node.text == name


def bound_types(data: CheckedData, stream: CheckedStream) -> list[TensorType]:
    """The type of each name that a stream binds: one value for each example."""
    fields = [field_of(data, name) for _, name in stream.bindings]
    return [replace(f.type, stream=stream.name) for f in fields if f is not None]


def _bind_fields(body: Body, node: Streamed) -> None:
    """Fields that a header in error may have meant are known too, as errors."""
    data = None if node.stream is None else body.context.data.get(node.stream.data.text)
    for item in () if data is None else data.fields:
        if body.scope.find(item.name) is None:
            body.bind(item.name, failed(item.span), item.span, quiet=True)


def bind_stream(
    body: Body, node: Streamed, stream: CheckedStream | None, fresh: bool
) -> None:
    """Bind the names of a header or draw; `fresh`: none of them may be bound before."""
    if stream is None:
        written = [binding.name for binding in node.bindings]
        written += [] if node.record is None else [node.record]
        for each in written:
            body.bind(each.text, failed(each.span), each.span, quiet=True)
        _bind_fields(body, node)
        return
    types = bound_types(body.context.data[stream.data], stream)
    quiet = body.repeating
    if node.record is not None:
        body.verify_free(node.record.text, node.record.span)
        fields = [field for _, field in stream.bindings]
        record = RecordType(tuple(zip(fields, types, strict=True)))
        body.bind_local(node.record.text, record, node.record.span, quiet)
        return
    for binding, type in zip(node.bindings, types, strict=True):
        name, span = binding.name.text, binding.name.span
        body.verify_free(name, span)
        first = body.scope.names.get(name) if fresh else None
        if first is not None:
            body.add(name_errors.already_declared(name, span, first.span))
            continue
        body.bind_given(name, type, span, quiet)
