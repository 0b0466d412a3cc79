"""`augment train { image = image |> random_flip }`: examples changed while training."""

from collections.abc import Sequence
from dataclasses import replace

from loopc.semantics.bodies import unused_names
from loopc.semantics.checked import CallModel, CheckedAugment, CheckedField, Local
from loopc.semantics.context import Body, Context
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as shape_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.primitives import tensor_type
from loopc.semantics.repeats import assigned_names
from loopc.semantics.values import is_failed
from loopc.semantics.walk import walk
from loopc.syntax import ast
from loopc.vocabulary import suggest
from loopc.vocabulary.types import TensorType

ALLOWED = (ast.Assign, ast.Repeat)


def check_augment(
    context: Context,
    node: ast.Augment,
    data: str,
    fields: Sequence[CheckedField],
    splits: Sequence[str],
) -> CheckedAugment | None:
    """Check the changes of one split's examples; None where they do not fit."""
    if node.split.text not in splits:
        name, guess = node.split.text, suggest(node.split.text, splits)
        problem = name_errors.unknown_split(data, name, node.split.span, guess, splits)
        context.add_unknown(name, problem)
        return None
    body = Body(context, "augment", training=True)
    body.stream = f"{data}.{node.split.text}"
    for field in fields:
        type = replace(field.type, stream=body.stream)
        body.bind_local(field.name, type, field.span, quiet=True)
    if not _statements_fit(body, node.body):
        return None
    statements = context.rules.statements(body, node.body)
    changed = [f for f in fields if f.name in assigned_names(node.body)]
    unused_names(_without(body, {f.name for f in changed}))
    sound = all([_keeps_type(body, field) for field in changed])
    if not changed:
        title = f"`augment {node.split.text}` changes no field"
        help = f"bind one anew: `{fields[0].name} = ...`" if fields else ""
        context.add(errors.missing_part(title, node.split.span, help))
    if not changed or not sound or not _without_models(body, statements):
        return None
    read = {n.name for n in walk(statements) if isinstance(n, Local)}
    return CheckedAugment(
        span=node.span,
        split=node.split.text,
        body=statements,
        reads=tuple(f.name for f in fields if f.name in read),
        changes=tuple(f.name for f in changed),
    )


def _statements_fit(body: Body, block: ast.Block) -> bool:
    for statement in block.statements:
        if not isinstance(statement, ALLOWED):
            what = f"`{type(statement).__name__.lower()}`"
            help = "bind fields of the example anew: `image = image |> random_flip`"
            span = statement.span
            problem = errors.misplaced_statement(what, "an `augment`", span, help)
            body.add(problem)
            return False
    return True


def _without(body: Body, fields: set[str]) -> Body:
    """The body with the last binding of each changed field counted as read."""
    for name in fields:
        body.scope.names[name].used = True
    return body


def _keeps_type(body: Body, field: CheckedField) -> bool:
    value = body.scope.names[field.name].value
    if is_failed(value):
        return False
    found = value.type if isinstance(value.type, TensorType) else tensor_type(value)
    if (found.dtype, found.shape) == (field.type.dtype, field.type.shape):
        return True
    what, span = f"`augment` of `{field.name}`", body.scope.names[field.name].span
    declared, given = (str(replace(t, stream=None)) for t in (field.type, found))
    help = "an augmented field keeps its type: crop or resize to it"
    problem = shape_errors.result_type(what, declared, given, span, field.span, help)
    body.add(problem)
    return False


def _without_models(body: Body, statements: object) -> bool:
    for node in walk(statements):
        if isinstance(node, CallModel):
            help = "call it in the step, on the augmented example"
            problem = shape_errors.not_here(node.model, node.span, "`augment`", help)
            body.add(problem)
            return False
    return True
