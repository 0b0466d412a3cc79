"""`extern data`: Python that gives the columns of a split."""

from loopc.semantics.arguments import bind_slots
from loopc.semantics.checked import CheckedSource
from loopc.semantics.context import Body
from loopc.semantics.extern_declarations import check_extern_named
from loopc.semantics.static_parameters import check_static_parameters
from loopc.syntax import ast


def extern_source(
    body: Body, node: ast.SourceSplit, call: ast.Call, declared: ast.Extern
) -> CheckedSource | None:
    """`train = shapes(5_000, seed: 1)`: options that are known before the run."""
    extern = check_extern_named(body.context, declared)
    if extern is None:
        return None
    name = declared.name.text
    slots = bind_slots(
        body, name, call.arguments, [p.name.text for p in declared.parameters]
    )
    options = check_static_parameters(body, name, declared.parameters, slots, call.span)
    if options is None:
        return None
    return CheckedSource(
        span=node.span,
        split=node.name.text,
        format="extern",
        files={"": ""},
        options={},
        extern=name,
        arguments=options,
    )
