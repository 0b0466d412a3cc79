"""`state h: f32[64] = zeros`, its value, and `set h = ...` in a step."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from loopc.semantics.checked import (
    CheckedEvery,
    CheckedExpression,
    CheckedModel,
    CheckedSet,
    CheckedStatement,
    ConstantTable,
    KeptValue,
    ObjectValue,
    StateValue,
    Static,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.errors import states as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.every_blocks import check_cadence
from loopc.semantics.initial_values import check_initial
from loopc.semantics.primitives import as_tensor, tensor_type
from loopc.semantics.type_expressions import check_tensor_type
from loopc.semantics.values import failed, is_failed, static
from loopc.semantics.variable_models import model_of_variable
from loopc.semantics.walk import walk
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary.types import INTEGERS, TensorType

PLACES = ("step", "eval", "function")
PLAIN = {"zeros": 0.0, "ones": 1.0}  # initializers that are one number


def check_state_named(context: Context, node: ast.State) -> CheckedModel | None:
    """Check a state once, as a model of one variable that nothing trains."""
    name = node.name.text
    if name not in context.models:
        context.models[name] = _check(Body(context, "static"), node)
    return context.models[name]


def _check(body: Body, node: ast.State) -> CheckedModel | None:
    name, span = node.name.text, node.name.span
    lanes = _has_lanes(body, node.type)
    kept = replace(node.type, axes=(node.type.axes or ())[1:]) if lanes else node.type
    type = check_tensor_type(body, kept)
    if type is None:
        return None
    what = f"the initial value of `{name}`"
    initial = check_initial(body, what, node.initial, type, span)
    reset = None
    if node.reset_every is not None:
        reset = check_cadence(body, node.reset_every)
        if reset is None:
            return None
    if initial is None:
        return None
    if reset is not None and _plain(initial, node.initial.span) is None:
        what, expected = f"what `{name}` is reset to", "a number, zeros or ones"
        found, where = "an initializer that draws", node.initial.span
        body.add(value_errors.wrong_type(what, expected, found, where))
        return None
    kept_value = KeptValue(span=node.span, initial=initial, reset=reset, lanes=lanes)
    return model_of_variable(node, type, kept_value)


def _has_lanes(body: Body, type: ast.TypeExpression) -> bool:
    """Whether the first axis is written `batch`, as messages write it."""
    first = (type.axes or (None,))[0]
    named = isinstance(first, ast.Name) and first.text == "batch"
    return named and body.context.declarations.find("batch") is None


def _type_here(body: Body, state: CheckedModel, span: Span) -> TensorType | None:
    """The state's type in this step: of each example where it has lanes."""
    type = state.output
    assert isinstance(type, TensorType)
    if not has_lanes(state):
        return type
    if body.lanes is None:
        body.add(errors.no_lanes(state.name, span, state.span))
        return None
    return replace(type, stream=body.lanes)


def _plain(initial: CheckedExpression, span: Span) -> CheckedExpression | None:
    """An initial value as an expression of a step; None where it is drawn."""
    if isinstance(initial, ConstantTable) or not isinstance(initial, Static):
        return initial
    if not isinstance(initial.value, ObjectValue):
        return initial
    number = PLAIN.get(initial.value.name)
    return None if number is None else static(number, span)


def read_state(body: Body, node: ast.State, span: Span) -> CheckedExpression:
    """The value of a state as it is at this moment; a constant for gradients."""
    state = check_state_named(body.context, node)
    body.context.models_called.add(node.name.text)
    if state is None:
        return failed(span)
    if body.inside == "model" or body.place not in PLACES:
        help = "read it in a step, and hand its value to the model"
        body.add(value_errors.misplaced(f"`{node.name.text}`", span, help))
        return failed(span)
    type = _type_here(body, state, span)
    if type is None:
        return failed(span)
    return StateValue(span=span, type=type, name=node.name.text)


def check_set(body: Body, node: ast.SetState) -> CheckedStatement | None:
    """`set h = value`: written at once, in program order."""
    value = body.check(node.value)
    if body.place not in ("step", "eval"):
        _misplaced(body, node, f"a {body.place}", "states change in the `step`")
        return None
    state = _target(body, node.target)
    if state is None or is_failed(value):
        return None
    if body.place == "eval" and not has_lanes(state):
        help = "an eval sets its own lanes alone, of a state with the axis `batch`"
        _misplaced(body, node, "an eval", help)
        return None
    value = as_tensor(body, value)
    type = _type_here(body, state, node.target.span)
    if is_failed(value) or type is None or not _fits(body, state, type, value):
        return None
    body.context.states_set.add(state.name)
    return CheckedSet(span=node.span, state=state.name, type=type, value=value)


def _misplaced(body: Body, node: ast.SetState, where: str, help: str) -> None:
    problem = value_errors.misplaced_statement("`set`", where, node.span, help)
    body.add(problem)


def has_lanes(state: CheckedModel) -> bool:
    """Whether a state has a value for each lane of a stream."""
    return isinstance(state.origin, KeptValue) and state.origin.lanes


def verify_carried(context: Context, body: Sequence[CheckedStatement]) -> None:
    """Warn of lanes that an eval reads and never sets: they stay what they begin as."""
    nodes = list(walk(tuple(body)))
    written = {n.state for n in nodes if isinstance(n, CheckedSet)}
    for node in nodes:
        if not isinstance(node, StateValue) or node.name in written:
            continue
        state = context.models.get(node.name)
        if state is not None and has_lanes(state):
            context.advice.append(errors.lanes_not_carried(node.name, node.span))
            written.add(node.name)


def _target(body: Body, name: ast.Identifier) -> CheckedModel | None:
    declarations = body.context.declarations
    found = declarations.use(name.text)
    if isinstance(found, ast.State):
        return check_state_named(body.context, found)
    known = declarations.of_kind(ast.State)
    problem = errors.unknown_state(name.text, name.span, known)
    body.context.add_unknown(name.text, problem)
    return None


def _fits(
    body: Body, state: CheckedModel, declared: TensorType, value: CheckedExpression
) -> bool:
    """Whether a value has the state's axes (a number fills them) and its dtype."""
    found = tensor_type(value)
    if found.per_example and found.stream != declared.stream:
        body.add(errors.per_example_set(state.name, str(found), value.span))
        return False
    number = found.shape == () and not found.per_example
    shape = found.shape == declared.shape and found.stream == declared.stream
    if (shape or number) and (found.weak or _dtype_fits(found, declared)):
        return True
    shown = str(replace(found, weak=False))
    body.add(errors.set_type(state.name, str(declared), shown, value.span, state.span))
    return False


def _dtype_fits(found: TensorType, declared: TensorType) -> bool:
    if declared.is_float:
        return found.dtype != "bool"
    if declared.dtype in INTEGERS:
        return found.dtype in INTEGERS
    return found.dtype == declared.dtype


def resets(
    context: Context, body: Sequence[CheckedStatement]
) -> Iterator[CheckedStatement]:
    """What happens at the end of a step: states that begin anew at times."""
    nodes = list(walk(tuple(body)))
    read = (n.name for n in nodes if isinstance(n, StateValue))
    written = (n.state for n in nodes if isinstance(n, CheckedSet))
    for name in dict.fromkeys((*written, *read)):
        state = context.models.get(name)
        origin = None if state is None else state.origin
        if state is None or not isinstance(origin, KeptValue) or origin.reset is None:
            continue
        span = origin.span
        value = _plain(origin.initial, span)
        assert value is not None
        first = CheckedSet(span=span, state=name, type=state.output, value=value)
        yield CheckedEvery(
            span=span, name=f"reset_{name}", cadence=origin.reset, body=(first,)
        )
