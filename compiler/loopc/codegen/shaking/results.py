"""What functions return where that is one value, whatever they are called with."""

import ast
from collections.abc import Iterable, Iterator

from loopc.codegen.shaking.contexts import Context
from loopc.codegen.shaking.pieces import Block
from loopc.codegen.shaking.values import Known, Values, agreed, is_pure


def known_results(
    contexts: Iterable[Context], values: Values
) -> dict[str, tuple[Context, Known]]:
    """Return, by the key of a function that does nothing else, what it returns."""
    found = {}
    for context in contexts:
        known = result(context, values) if is_simple(context.function) else None
        if known is not None:
            found[context.key] = context, known
    return found


def is_simple(function: ast.FunctionDef) -> bool:
    """Say whether a function is called as it is written."""
    decorators = {ast.unparse(d) for d in function.decorator_list}
    return decorators <= {"property"} and not function.name.startswith("__")


def result(context: Context, values: Values) -> Known | None:
    """Return what a function returns; None where that is open or it does more."""
    body = context.function.body
    if not body or not all(is_quiet(s) for s in body):
        return None
    returned: list[Known | None] = []
    ends = returns(body, context, values, returned)
    return agreed([*returned, *([] if ends else [Known(None)])])


def is_quiet(statement: ast.stmt) -> bool:
    """Say whether a statement does nothing but choose and name values."""
    match statement:
        case ast.Expr(value=ast.Constant()) | ast.Pass() | ast.Return(value=None):
            return True
        case ast.Return(value=value):
            return True if value is None else is_pure(value)
        case ast.Assign(targets=[ast.Name()], value=value):
            return is_pure(value)
        case ast.AnnAssign(target=ast.Name(), value=value):
            return value is None or is_pure(value)
        case ast.If(test=test, body=body, orelse=orelse):
            return is_pure(test) and all(map(is_quiet, (*body, *orelse)))
    return False


def returns(
    block: Block, context: Context, values: Values, found: list[Known | None]
) -> bool:
    """Add what a block may return to `found`; say whether it always returns."""
    for statement in block:
        if isinstance(statement, ast.Return):
            found.append(returned_value(statement, context, values))
            return True
        if isinstance(statement, ast.If):
            truth = values.truth(statement.test, context)
            branches = list(taken(statement, truth))
            ends = [returns(b, context, values, found) for b in branches]
            if all(ends):
                return True
    return False


def taken(statement: ast.If, truth: bool | None) -> Iterator[Block]:
    if truth is not False:
        yield statement.body
    if truth is not True:
        yield statement.orelse


def returned_value(
    statement: ast.Return, context: Context, values: Values
) -> Known | None:
    if statement.value is None:
        return Known(None)
    name = statement.value.id if isinstance(statement.value, ast.Name) else ""
    if name in context.assigned and len(context.shape.loads(name)) == 1:
        return values.of(context.assigned[name], context)
    return values.of(statement.value, context)
