"""The signature of an `extern` as its declaration has it, for plans."""

from collections.abc import Sequence

from loopc.syntax import ast


def signature_text(node: ast.Extern) -> str:
    """`embed(units: int = 3)(x: f32[8]) -> f32[units]`: without its target."""
    lists = [] if node.static is None else [_parameters(node.static)]
    if node.static is not None or node.parameters:
        lists.append(_parameters(node.parameters))
    results = ", ".join(map(_type, node.results))
    if len(node.results) > 1:
        results = f"({results})"
    return f"{node.name.text}{''.join(lists)}" + (f" -> {results}" if results else "")


def _parameters(nodes: Sequence[ast.Parameter]) -> str:
    return f"({', '.join(map(_parameter, nodes))})"


def _parameter(node: ast.Parameter) -> str:
    type = "" if node.type is None else f": {_type(node.type)}"
    default = "" if node.default is None else f" = {_expression(node.default)}"
    return f"{node.name.text}{type}{default}"


def _type(node: ast.TypeExpression) -> str:
    arguments = ", ".join(map(_expression, node.arguments))
    axes = ", ".join(map(_expression, node.axes or ()))
    return (
        node.base.text
        + (f"({arguments})" if arguments else "")
        + (f"[{axes}]" if axes else "")
    )


def _expression(node: ast.Expression) -> str:
    match node:
        case ast.Name() | ast.Number():
            return node.text
        case ast.Boolean():
            return "true" if node.value else "false"
        case ast.Binary():
            return f"{_expression(node.left)} {node.operator} {_expression(node.right)}"
        case ast.Unary():
            return f"{node.operator}{_expression(node.operand)}"
        case ast.Parenthesized():
            return f"({_expression(node.value)})"
        case _:
            return "..."
