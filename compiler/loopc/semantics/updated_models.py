"""Models as values of a step: `fast = net`, `updated(fast, minimize: e, using: T)`."""

from dataclasses import replace
from typing import Literal

from loopc.semantics.arguments import bind_slots
from loopc.semantics.averages import implied_average
from loopc.semantics.call_sites import CallSite
from loopc.semantics.chains import check_chain, verify_ends_in_step
from loopc.semantics.checked import (
    CheckedChain,
    CheckedExpression,
    CheckedLink,
    CopyModel,
    Local,
    Static,
    UpdatedModel,
)
from loopc.semantics.context import Body
from loopc.semantics.errors import gradients as errors
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as shape_errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.options import as_int
from loopc.semantics.primitives import apply_function, as_tensor, tensor_type
from loopc.semantics.values import describe_type, failed, is_failed
from loopc.syntax import ast
from loopc.vocabulary import transforms
from loopc.vocabulary.types import ModelType

PLACES = frozenset({"step", "eval", "function"})
SLOTS = ["minimize", "maximize", "using", "order"]
EXAMPLE = "write `updated(net, minimize: loss, using: sgd(0.01))`"
STATELESS_ROLES = frozenset({"clip", "decay", "step"})
STATELESS = frozenset({"scale_by_sign", "centralize"})


def as_model_value(body: Body, value: CheckedExpression) -> CheckedExpression:
    """A declared model that gets a name in a step is copied as it is then."""
    if body.place not in PLACES or body.inside == "model":
        return value
    if not isinstance(value, Local) or not isinstance(value.type, ModelType):
        return value
    if value.type.value:
        return value
    type = replace(value.type, value=True)
    return CopyModel(span=value.span, type=type, model=value.name)


def check_updated(body: Body, site: CallSite) -> CheckedExpression:
    """A model after one step of gradient descent, itself left as it is."""
    if body.place not in PLACES or body.inside == "model":
        where = "a model" if body.inside == "model" else f"a {body.place}"
        help = "update it in the `step` or `eval`, or in a `fn` that these call"
        body.add(shape_errors.not_here("updated", site.name.span, where, help))
        return failed(site.span)
    values, left = site.operands(body, 1)
    slots = bind_slots(body, site.text, left, SLOTS, 0)
    up, down = slots.take("maximize"), slots.take("minimize")
    using, order = slots.take("using"), slots.take("order")
    written = down or up
    if not values or using is None or written is None or (up and down):
        if slots.sound:
            missing = "one objective" if values and using else "a model and a chain"
            problem = name_errors.missing_argument(
                "updated", missing, site.span, EXAMPLE
            )
            body.add(problem)
        return failed(site.span)
    model = _model(body, values[0])
    objective = _objective(body, written, up is not None)
    chain = _chain(body, using)
    degree = _order(body, order)
    if model is None or objective is None or chain is None or degree is None:
        return failed(site.span)
    assert isinstance(model.type, ModelType)
    return UpdatedModel(
        span=site.span,
        type=replace(model.type, value=True),
        model=model,
        declared=not model.type.value,
        objective=objective,
        chain=chain,
        order=degree,
    )


def _model(body: Body, value: CheckedExpression) -> Local | None:
    if isinstance(value, Local) and isinstance(value.type, ModelType):
        return value
    if not is_failed(value):
        found = describe_type(value.type)
        body.add(value_errors.wrong_type("this", "a model", found, value.span))
    return None


def _objective(
    body: Body, node: ast.Expression, upwards: bool
) -> CheckedExpression | None:
    """What the step goes down: one float, or what stands for its mean."""
    value = body.check(node)
    value = value if is_failed(value) else as_tensor(body, value)
    if is_failed(value):
        return None
    type = tensor_type(value)
    if not type.is_float or (type.shape and not type.per_example):
        fact = "an objective is one float"
        body.add(shape_errors.objective_type(describe_type(type), value.span, fact))
        return None
    value = implied_average(value)
    if upwards:
        value = apply_function(body, "negate", "-", [value], {}, value.span)
    return value


def _order(body: Body, node: ast.Expression | None) -> Literal[1, 2] | None:
    if node is None:
        return 2
    given = as_int(body, "`order`", node, 1)
    if given is None:
        return None
    if given.value == 1:
        return 1
    if given.value == 2:
        return 2
    body.add(value_errors.wrong_type("`order`", "1 or 2", str(given.value), node.span))
    return None


def _chain(body: Body, node: ast.Expression) -> CheckedChain | None:
    """A chain that keeps nothing from one step to the next."""
    chain = check_chain(body.context, node)
    if chain is None or not verify_ends_in_step(body.context, chain):
        return None
    for link in chain.links:
        kept = _keeps(link)
        if kept:
            body.add(errors.chain_with_state(link.name, kept, link.span))
            return None
        if link.only is not None:
            body.add(errors.selects_in_model_value(link.name, link.only.span))
            return None
    return chain


def _keeps(link: CheckedLink) -> str:
    """What a transform remembers, for people; "" where it remembers nothing."""
    if any(not isinstance(value, Static) for value in link.options.values()):
        return "a schedule reads a counter"
    role = transforms()[link.name].role
    if link.name == "sgd":
        momentum = link.options.get("momentum")
        plain = not isinstance(momentum, Static) or not momentum.value
        return "" if plain else "momentum is kept from step to step"
    if role in STATELESS_ROLES or link.name in STATELESS:
        return ""
    return "it keeps a state from step to step"
