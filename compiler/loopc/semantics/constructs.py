"""Constructions of what a program declares as a layer: its options, a name."""

from collections.abc import Callable, Sequence

from loopc.semantics.arguments import bind_slots
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import CheckedExpression, Construct
from loopc.semantics.context import Body
from loopc.semantics.errors import shapes as errors
from loopc.semantics.primitives import as_tensor
from loopc.semantics.static_parameters import check_static_parameters
from loopc.semantics.values import failed, is_failed
from loopc.syntax import ast
from loopc.vocabulary.types import InstanceType


def call_declared(
    body: Body,
    name: str,
    site: CallSite,
    construct: Callable[[], Construct | None],
    apply: Callable[[Construct, list[CheckedExpression]], CheckedExpression],
) -> CheckedExpression:
    """Construct a declared layer, and apply it at once where a tensor is piped in."""
    if not body.builds:
        where = "a fn" if body.place == "function" else f"a {body.place}"
        body.add(errors.constructed_in_step(name, site.span, where))
        return failed(site.span)
    made = construct()
    if made is None:
        return failed(site.span)
    if site.piped is None:
        return made
    piped = as_tensor(body, site.piped)
    return failed(site.span) if is_failed(piped) else apply(made, [piped])


def declared_construct(
    body: Body,
    name: str,
    static: Sequence[ast.Parameter],
    site: CallSite,
    kind: type[Construct] = Construct,
) -> Construct | None:
    """Construct a declared layer from its options; None once these are refused."""
    hint = body.hint_for(site.span)
    slots = bind_slots(body, name, site.arguments, [p.name.text for p in static])
    written = frozenset(slots.given)
    options = check_static_parameters(body, name, static, slots, site.span)
    if options is None:
        return None
    return kind(
        span=site.span,
        type=InstanceType(name),
        layer=name,
        options=options,
        explicit=written,
        instance=body.instances.name(hint or name, site.span),
        template=True,
    )
