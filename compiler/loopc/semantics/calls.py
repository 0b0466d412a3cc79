"""Calls and pipelines: what the callee is decides who checks the call."""

from loopc.semantics import (
    extern_layers,
    extern_metrics,
    externs,
    layers,
    models,
    templates,
    user_functions,
)
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import CheckedExpression, Construct, Local
from loopc.semantics.context import Body
from loopc.semantics.declarations import Named, describe
from loopc.semantics.errors import names as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.names import unknown_callee
from loopc.semantics.schedule_values import is_piece, schedule_value
from loopc.semantics.special_calls import SPECIAL
from loopc.semantics.static_functions import STATIC_NAMES
from loopc.semantics.stored_functions import (
    call_function,
    call_loss,
    call_metric,
    call_static,
)
from loopc.semantics.values import describe_type, failed, is_failed
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import functions, losses, stateful_metrics
from loopc.vocabulary import layers as layer_entries
from loopc.vocabulary.types import InstanceType, ModelType

FORMS = frozenset(SPECIAL) | STATIC_NAMES  # called, and no entries of the vocabulary
DERIVING = {
    "averaged": "averaged(net)",
    "ema": "ema(net, 0.99)",
    "snapshot": "snapshot(net, every: 500 updates)",
    "frozen": 'frozen(load("net.keras"))',
    "load": 'frozen(load("net.keras"))',
}


def check_call(body: Body, node: ast.Call) -> CheckedExpression:
    """`f(a, b)`, and `layer(options)(x)`."""
    callee = _bare(node.callee)
    if isinstance(callee, ast.Name):
        if is_piece(body, callee.text) and not _callable(body, callee.text):
            return schedule_value(body, node)
        return call(body, CallSite(callee, node.arguments, node.span))
    return _call_value(body, callee, None, node.arguments, node.span)


def _bare(node: ast.Expression) -> ast.Expression:
    while isinstance(node, ast.Parenthesized):
        node = node.value
    return node


def _callable(body: Body, name: str) -> bool:
    return name in functions() or name in losses() or name in layer_entries()


def check_pipe(body: Body, node: ast.Pipe) -> CheckedExpression:
    """`x |> f |> g(a)`, from the left, without recursing along the pipeline."""
    stages: list[ast.Pipe] = [node]
    while isinstance(stages[-1].left, ast.Pipe):
        stages.append(stages[-1].left)
    merged = _merge(body, stages[-1])
    if merged is not None:
        stages.pop()
    value = body.check(stages[-1].left) if merged is None else merged
    for stage in reversed(stages):
        value = _stage(body, value, stage.right, stage.left.span.to(stage.right.span))
    return value


def _merge(body: Body, node: ast.Pipe) -> CheckedExpression | None:
    """`[a, b] |> concatenate`: the list is what the call takes first; else None."""
    items, stage = node.left, _bare(node.right)
    arguments = stage.arguments if isinstance(stage, ast.Call) else ()
    name = stage.callee if isinstance(stage, ast.Call) else stage
    if not isinstance(items, ast.ListLiteral) or not isinstance(name, ast.Name):
        return None
    function, layer = functions().get(name.text), layer_entries().get(name.text)
    takes = (function and function.as_list) or (layer and layer.as_list)
    if not takes or body.context.declarations.find(name.text) is not None:
        return None
    first = ast.Argument(span=items.span, name=None, value=items)
    return call(body, CallSite(name, (first, *arguments), node.span))


def _stage(
    body: Body, value: CheckedExpression, stage: ast.Expression, span: Span
) -> CheckedExpression:
    if is_failed(value):
        _look_up(body, stage)
        return failed(span)
    match _bare(stage):
        case ast.Name() as name:
            return call(body, CallSite(name, (), span, value))
        case ast.Call(callee=ast.Name() as name, arguments=arguments):
            return call(body, CallSite(name, arguments, span, value))
        case ast.Call(callee=callee, arguments=arguments):
            return _call_value(body, callee, value, arguments, span)
        case other:
            return _call_value(body, other, value, (), span)


def _look_up(body: Body, stage: ast.Expression) -> None:
    """Behind an error, see only whether there is such a callee."""
    bare = _bare(stage)
    name = bare.callee if isinstance(bare, ast.Call) else bare
    if not isinstance(name, ast.Name):
        return
    binding = body.scope.find(name.text)
    if binding is not None:
        binding.used = True
        return
    declared = body.context.declarations.use(name.text) is not None
    if not declared and not _in_vocabulary(name.text):
        unknown_callee(body, name.text, name.span, FORMS)


def _call_value(
    body: Body,
    callee: ast.Expression,
    piped: CheckedExpression | None,
    arguments: tuple[ast.Argument, ...],
    span: Span,
) -> CheckedExpression:
    function = body.check(callee)
    if is_failed(function):
        return failed(span)
    site = CallSite(ast.Name(span=callee.span, text="this"), arguments, span, piped)
    if isinstance(function, Construct):
        return layers.apply_instance(body, function, site)
    if isinstance(function, Local):
        return call_local(body, function, site)
    found = describe_type(function.type)
    body.add(errors.not_callable("this", found, callee.span))
    return failed(span)


def call(body: Body, site: CallSite) -> CheckedExpression:
    """Call a name: a local callable, a declaration, then the vocabulary."""
    binding = body.scope.find(site.text)
    if binding is not None and _is_callable(binding.value):
        binding.used = True
        if isinstance(binding.value, Local):
            return call_local(body, binding.value, site)
        return failed(site.span)
    declaration = body.context.declarations.find(site.text)
    if declaration is not None:
        called = _call_declared(body, declaration, site)
        if called is not None:
            return called
    return _call_vocabulary(body, site)


def _is_callable(value: CheckedExpression) -> bool:
    """Whether a local is called rather than what else has its name."""
    return isinstance(value.type, InstanceType | ModelType) or is_failed(value)


def call_local(body: Body, value: Local, site: CallSite) -> CheckedExpression:
    if isinstance(value.type, ModelType):
        return models.call_model(body, value.name, value.type, site)
    if isinstance(value.type, InstanceType):
        return layers.apply_named(body, value, site)
    found = describe_type(value.type)
    body.add(errors.not_callable(value.name, found, site.name.span))
    return failed(site.span)


def _call_declared(
    body: Body, declaration: Named, site: CallSite
) -> CheckedExpression | None:
    body.context.declarations.use(site.text)
    match declaration:
        case ast.Model():
            return models.call_model(body, site.text, ModelType(site.text), site)
        case ast.Layer():
            return templates.call_template(body, declaration, site)
        case ast.Function():
            return user_functions.call_user_function(body, declaration, site)
        case ast.Extern(kind="layer"):
            return extern_layers.call_extern_layer(body, declaration, site)
        case ast.Extern(kind="metric"):
            return extern_metrics.call_extern_metric(body, declaration, site)
        case ast.Extern():
            return externs.call_extern(body, declaration, site)
        case ast.Dim():
            return failed(site.span)
        case _ if _in_vocabulary(site.text):
            return None
        case _:
            what = describe(declaration)
            body.add(errors.not_callable(site.text, what, site.name.span))
            return failed(site.span)


def _in_vocabulary(name: str) -> bool:
    known = (functions(), losses(), layer_entries(), stateful_metrics())
    return name in FORMS or any(name in k for k in known)


def _call_vocabulary(body: Body, site: CallSite) -> CheckedExpression:
    name = site.text
    if name in SPECIAL and not (name == "mean" and site.has_named("axis")):
        return SPECIAL[name](body, site)
    if name in DERIVING and name not in functions():
        help = f"declare it: `model average = {DERIVING[name]}`"
        body.add(value_errors.misplaced(f"`{name}(...)`", site.name.span, help))
        return failed(site.span)
    if _prefers_layer(body, site):
        return layers.call_layer(body, layer_entries()[name], site)
    return _call_other(body, site)


def _prefers_layer(body: Body, site: CallSite) -> bool:
    """Layers come first in a pipeline of a model, functions everywhere else."""
    if site.text not in layer_entries():
        return False
    function = functions().get(site.text)
    called = function is not None and not function.internal
    both = called or site.text in losses()
    return not both or (body.builds and site.piped is not None)


def _call_other(body: Body, site: CallSite) -> CheckedExpression:
    name = site.text
    entry = functions().get(name)
    if name == "mean":
        return call_function(body, functions()["mean_axes"], site)
    if entry is not None and entry.operands[1] == 0 and name in STATIC_NAMES:
        return call_static(body, site)
    if entry is not None and not entry.internal:
        return call_function(body, entry, site)
    if name in losses():
        return call_loss(body, losses()[name], site)
    if name in stateful_metrics():
        return call_metric(body, stateful_metrics()[name], site)
    if name in STATIC_NAMES and not name.startswith("logical_"):
        return call_static(body, site)
    if is_piece(body, name) and not body.builds:
        help = "give it its own line: `schedule rate = ...`"
        body.add(errors.not_a_value(name, "a schedule", site.name.span, help))
        return failed(site.span)
    unknown = body.scope.find(name)
    if unknown is not None:
        found = describe_type(unknown.value.type)
        body.add(errors.not_callable(name, found, site.name.span))
    else:
        unknown_callee(body, name, site.name.span, FORMS)
    return failed(site.span)
