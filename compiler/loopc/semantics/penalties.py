"""`regularization(net)`: what regularizers of a model's layers add to an objective."""

from collections.abc import Iterator, Sequence

from loopc.semantics.arguments import bind_slots
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import (
    CheckedExpression,
    CheckedStatement,
    CheckedTrain,
    Construct,
    Local,
    WeightPenalty,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.errors import advice
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.models import check_model_named
from loopc.semantics.values import describe_type, failed, is_failed
from loopc.semantics.walk import walk
from loopc.syntax import ast
from loopc.vocabulary import layers
from loopc.vocabulary.types import ModelType, TensorType


def check_regularization(body: Body, site: CallSite) -> CheckedExpression:
    """The sum of all penalties of a model, one plain number."""
    slots = bind_slots(body, site.text, site.arguments, ["model"])
    node = slots.take("model")
    if node is None or not slots.sound:
        if slots.sound:
            help = f"write `{site.text}(net)`"
            problem = name_errors.missing_argument(
                site.text, "a model", site.span, help
            )
            body.add(problem)
        return failed(site.span)
    if body.inside == "model":
        help = "add it to the objective in the step"
        body.add(errors.misplaced(f"`{site.text}`", site.span, help))
        return failed(site.span)
    value = body.check(node)
    if is_failed(value):
        return value
    if not isinstance(value, Local) or not isinstance(value.type, ModelType):
        what, found = f"the argument of `{site.text}`", describe_type(value.type)
        body.add(errors.wrong_type(what, "a model", found, node.span))
        return failed(site.span)
    declaration = body.context.declarations.use(value.type.model)
    if isinstance(declaration, ast.Model):
        body.context.models_called.add(value.type.model)
        if check_model_named(body.context, declaration) is None:
            return failed(site.span)
    return WeightPenalty(
        span=site.span,
        type=TensorType("f32"),
        model=value.name,
        inputs=(),
        training=None,
    )


def verify_penalties(context: Context, trains: Sequence[CheckedTrain]) -> None:
    """Advise where a penalty is declared and never added, or added and not there."""
    functions = tuple(f for f in context.functions.values() if f is not None)
    roots = (*(train.body for train in trains), *(f.body for f in functions))
    added = [n for n in walk(roots) if isinstance(n, WeightPenalty)]
    covered: set[str] = set()
    for node in added:
        models = _with_contained(context, node.model)
        covered |= models
        known = node.model in context.declarations.by_name
        if known and not any(True for m in models for _ in _penalized(context, m)):
            context.add(advice.nothing_to_penalize(node.model, node.span))
    anywhere = any(n.model not in context.declarations.by_name for n in added)
    for name in context.models_called:
        if name in covered or anywhere:
            continue
        for construct, option in _penalized(context, name):
            span = construct.options[option].span
            context.add(advice.penalty_never_added(option, name, span))
            break


def _with_contained(context: Context, name: str) -> set[str]:
    model = context.models.get(name)
    return {name} if model is None else {name, *model.contains}


def _penalized(context: Context, name: str) -> Iterator[tuple[Construct, str]]:
    """Layers of a model that were given a regularizer, in templates too."""
    model = context.models.get(name)
    if model is None:
        return
    for node in _constructed(context, model.body):
        for option in layers()[node.layer].options:
            given = node.options.get(option.name)
            if option.kind == "regularizer" and given and given.value is not None:
                yield node, option.name


def _constructed(
    context: Context, body: Sequence[CheckedStatement]
) -> Iterator[Construct]:
    """Layers of the vocabulary that a body constructs, those of templates too."""
    bodies: dict[str, Sequence[CheckedStatement]] = {
        t.declaration.name: t.declaration.body
        for t in context.templates.values()
        if t is not None
    }
    waiting, seen = [body], set[str]()
    while waiting:
        for node in walk(tuple(waiting.pop())):
            if not isinstance(node, Construct):
                continue
            if not node.template:
                yield node
            elif node.layer in bodies and node.layer not in seen:
                seen.add(node.layer)
                waiting.append(bodies[node.layer])
