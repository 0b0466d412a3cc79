"""Constructions of what a program declares as a layer: its options, a name."""

from collections.abc import Sequence

from loopc.semantics.arguments import bind_slots
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import Construct
from loopc.semantics.context import Body
from loopc.semantics.static_parameters import check_static_parameters
from loopc.syntax import ast
from loopc.vocabulary.types import InstanceType


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
