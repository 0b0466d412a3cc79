"""Tensors that a layer takes by name: masks, and the states it starts from."""

from collections.abc import Mapping

from loopc.semantics.checked import CheckedExpression, TupleValue
from loopc.semantics.context import Body
from loopc.semantics.errors import shapes as errors
from loopc.semantics.primitives import as_tensor, tensor_type
from loopc.semantics.values import failed, is_failed
from loopc.syntax import ast
from loopc.vocabulary.entry import LayerEntry, Operands, Options
from loopc.vocabulary.types import TensorType, TupleType


def check_tensors(body: Body, node: ast.Expression) -> CheckedExpression:
    """One tensor, or a list of them: `initial_state: [h, c]`."""
    if not isinstance(node, ast.ListLiteral):
        return as_tensor(body, body.check(node))
    items = tuple(as_tensor(body, body.check(item)) for item in node.items)
    if any(map(is_failed, items)):
        return failed(node.span)
    types = tuple(tensor_type(item) for item in items)
    return TupleValue(span=node.span, type=TupleType(types), items=items)


def keywords_fit(
    body: Body,
    entry: LayerEntry,
    options: Options,
    inputs: Operands,
    keywords: Mapping[str, CheckedExpression],
) -> bool:
    """Whether masks are true or false, and states those of the layer."""
    sound = True
    for name, value in keywords.items():
        found = value.type
        if name.endswith("mask"):
            dtype = found.dtype if isinstance(found, TensorType) else ""
            if dtype != "bool":
                fact = f"`{name}` is {found}, not true or false"
                help = "write `mask(tokens)`, or compare: `x > 0`"
                body.add(errors.layer_input(entry.name, fact, help, value.span))
                sound = False
    state = keywords.get("initial_state")
    if state is None or entry.family != "recurrent":
        return sound
    return _states_fit(body, entry, options, inputs, state) and sound


def _states_fit(
    body: Body,
    entry: LayerEntry,
    options: Options,
    inputs: Operands,
    state: CheckedExpression,
) -> bool:
    with_states = entry.shape(inputs, {**options, "return_state": True})
    assert isinstance(with_states, TupleType)
    wanted = [t for t in with_states.items[1:] if isinstance(t, TensorType)]
    found = state.type.items if isinstance(state.type, TupleType) else (state.type,)
    shapes = [t.shape if isinstance(t, TensorType) else None for t in found]
    if shapes == [t.shape for t in wanted]:
        return True
    expected = ", ".join(map(str, wanted))
    fact = f"it starts from {expected}, and this is {state.type}"
    several = "a list of states" if len(wanted) > 1 else "one state"
    body.add(errors.layer_input(entry.name, fact, f"give it {several}", state.span))
    return False
