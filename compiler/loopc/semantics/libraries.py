"""Files without a `train`, which others import: what of their bodies can be checked."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import get_args

from loopc.semantics.calls import DERIVING, FORMS
from loopc.semantics.checked import CheckedExpression, Local
from loopc.semantics.context import Body, Context
from loopc.semantics.names import unknown_callee
from loopc.semantics.static_parameters import EXPECTED
from loopc.semantics.type_expressions import TENSORS, check_tensor_type
from loopc.semantics.user_functions import check_signature
from loopc.syntax import ast
from loopc.vocabulary import (
    ObjectKind,
    functions,
    layers,
    losses,
    objects,
    schedules,
    stateful_metrics,
    transforms,
)
from loopc.vocabulary.types import MODEL_STREAM

OTHERS = (*EXPECTED, "one_of", "model")  # types of parameters that are no tensors


def is_library(program: ast.Program) -> bool:
    """Whether a file declares something and trains nothing."""
    kinds = {type(declaration) for declaration in program.declarations}
    return ast.Train not in kinds and bool(kinds - {ast.Import})


def check_library(context: Context) -> None:
    """Check the bodies that no call brings types for: all of them, in a library.

    A `fn` whose parameters all say their types is checked as if a step called it; of
    the others, what they call has to have been declared.
    """
    for node in context.program.declarations:
        if isinstance(node, ast.Function) and _is_typed(node.parameters):
            _check_typed(context, node)
        elif isinstance(node, ast.Function):
            _check_names(context, node.body, node.parameters)
        elif isinstance(node, ast.Layer):
            _check_names(context, node.body, (*node.static, *node.tensors))


def _is_typed(parameters: Sequence[ast.Parameter]) -> bool:
    types = [p.type.base.text for p in parameters if p.type is not None]
    return len(types) == len(parameters) > 0 and all(t in TENSORS for t in types)


def _check_typed(context: Context, node: ast.Function) -> None:
    body = Body(context, "step", training=True, stream=MODEL_STREAM)
    arguments = [_example(body, parameter) for parameter in node.parameters]
    known = [argument for argument in arguments if argument is not None]
    if len(known) == len(arguments):
        check_signature(body, node, known, MODEL_STREAM, node.name.span)


def _example(body: Body, parameter: ast.Parameter) -> CheckedExpression | None:
    """A value of each example, as the parameter declares it."""
    declared = None
    if parameter.type is not None:
        declared = check_tensor_type(body, parameter.type)
    if declared is None:
        return None
    kind = replace(declared, stream=MODEL_STREAM)
    return Local(span=parameter.span, type=kind, name=parameter.name.text)


def _check_names(
    context: Context, body: ast.Node, parameters: Sequence[ast.Parameter]
) -> None:
    """Whether everything that a body calls is declared, bound in it, or known."""
    nodes = list(_below(body))
    bound = {parameter.name.text for parameter in parameters}
    for node in nodes:
        if isinstance(node, ast.Assign | ast.Repeat):
            bound |= {target.text for target in node.targets}
    place = Body(context, "function")
    for parameter in parameters:
        if parameter.type is not None and parameter.type.base.text not in OTHERS:
            check_tensor_type(place, parameter.type)
    for callee in _callees(nodes):
        declared = context.declarations.find(callee.text) is not None
        if not (declared or callee.text in bound or _in_vocabulary(callee.text)):
            unknown_callee(place, callee.text, callee.span, FORMS)


def _in_vocabulary(name: str) -> bool:
    made = (objects(kind) for kind in get_args(ObjectKind))
    known = (functions(), layers(), losses(), stateful_metrics(), transforms())
    words = (*known, schedules(), FORMS, DERIVING, *made)
    return any(name in each for each in words)


def _callees(nodes: Sequence[ast.Node]) -> Iterator[ast.Name]:
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.callee, ast.Name):
            yield node.callee
        elif isinstance(node, ast.Pipe) and isinstance(node.right, ast.Name):
            yield node.right


def _below(root: ast.Node) -> Iterator[ast.Node]:
    """Every node of a body, in the order written."""
    stack: list[object] = [root]
    while stack:
        top = stack.pop()
        if isinstance(top, tuple):
            stack.extend(reversed(top))
        elif isinstance(top, ast.Node) and is_dataclass(top):
            yield top
            stack.extend(getattr(top, each.name) for each in reversed(fields(top)))
