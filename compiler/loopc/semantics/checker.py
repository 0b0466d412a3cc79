"""`check`: from the syntax tree to the checked program, all findings in one go."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from loopc.diagnostics.model import Diagnostics
from loopc.semantics.chains import check_transform_named
from loopc.semantics.checked import (
    CheckedFunction,
    CheckedProgram,
    CheckedTrain,
)
from loopc.semantics.completeness import verify_whole
from loopc.semantics.constants import check_const_named, check_param_named
from loopc.semantics.context import Context, Rules
from loopc.semantics.data_blocks import check_data
from loopc.semantics.declarations import collect_declarations
from loopc.semantics.dims import check_dim_named
from loopc.semantics.errors import names as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.executions import verify_execution
from loopc.semantics.expressions import check_expression
from loopc.semantics.extern_declarations import check_extern_named
from loopc.semantics.flow_check import settle_updates
from loopc.semantics.free_weights import check_weight_named
from loopc.semantics.left_out import left_out_of
from loopc.semantics.libraries import check_library, is_library
from loopc.semantics.masks import masks_kept, verify_padding, with_masks
from loopc.semantics.models import check_model_named
from loopc.semantics.precision import verify_precision
from loopc.semantics.remarks import remarks_of
from loopc.semantics.report_means import verify_report_means
from loopc.semantics.schedule_values import check_schedule_named
from loopc.semantics.stage_effects import verify_stages
from loopc.semantics.starts import verify_starts
from loopc.semantics.statements import check_statements
from loopc.semantics.states import check_state_named
from loopc.semantics.templates import whole_templates
from loopc.semantics.train import check_train
from loopc.semantics.train_order import verify_train_names, with_one_seed
from loopc.semantics.update_clocks import verify_update_clocks
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import suggest

Made = TypeVar("Made")


def check(
    program: ast.Program,
    diagnostics: Diagnostics,
    overrides: Mapping[str, ast.Expression] | None = None,
    length: int | None = None,
    *,
    allow_extern: bool = True,
    allow_library: bool = False,
) -> CheckedProgram | None:
    """Check a program; None if it has errors, which are all in `diagnostics`.

    `overrides` replace the defaults of params by name (`--set peak=3e-4`); their
    spans may count on behind the program's text, and findings point there. `length` is
    that of the program's own text, where it has declarations from other files. An
    `extern` is an error unless `allow_extern`, a file that trains nothing unless
    `allow_library`.
    """
    partial = diagnostics.has_errors()
    declarations = collect_declarations(program, diagnostics)
    rules = Rules(check_expression, check_statements)
    context = Context(program, diagnostics, declarations, rules, overrides or {})
    context.partial, context.length = partial, length
    context.allow_extern = allow_extern
    context.left_out = left_out_of(program)
    _verify_overrides(context)
    _check_declarations(context)
    if allow_library and is_library(program):
        check_library(context)
        return None if diagnostics.has_errors() else _assemble(context, ())
    trains = _check_trains(context)
    verify_whole(context, trains)
    if diagnostics.has_errors():
        return None
    return _assemble(context, trains)


def _verify_overrides(context: Context) -> None:
    params = context.declarations.of_kind(ast.Param)
    for name, value in context.overrides.items():
        if name not in params and name not in context.left_out.names:
            guess = suggest(name, params)
            context.add(errors.unknown_override(name, value.span, guess, params))


def _check_declarations(context: Context) -> None:
    for declaration in context.program.declarations:
        if isinstance(declaration, ast.Train | ast.Import):
            continue
        if context.declarations.find(declaration.name.text) is declaration:
            _check_declaration(context, declaration)


def _check_declaration(context: Context, node: ast.Declaration) -> None:
    match node:
        case ast.Param():
            check_param_named(context, node)
        case ast.Dim():
            check_dim_named(context, node)
        case ast.Const():
            check_const_named(context, node)
        case ast.Data():
            data = check_data(context, node)
            if data is not None:
                context.data[node.name.text] = data
        case ast.Model():
            check_model_named(context, node)
        case ast.Weight():
            check_weight_named(context, node)
        case ast.State():
            check_state_named(context, node)
        case ast.Schedule():
            check_schedule_named(context, node)
        case ast.Extern():
            check_extern_named(context, node)
        case ast.Transform() if node.parameters is None:
            check_transform_named(context, node)


def _check_trains(context: Context) -> tuple[CheckedTrain, ...]:
    nodes = [d for d in context.program.declarations if isinstance(d, ast.Train)]
    if not nodes:
        title = "the program trains nothing"
        help = "write `train for 10 epochs { ... }`"
        if is_library(context.program):
            help += ", or import this file where something is trained"
        context.add(value_errors.missing_part(title, Span(0, 0), help))
        return ()
    verify_train_names(context, nodes)
    found = [check_train(context, node) for node in nodes]
    trains = with_one_seed(tuple(train for train in found if train is not None))
    for train in trains:
        verify_padding(context, train)
        verify_execution(context, train)
        verify_update_clocks(context, train)
        verify_report_means(context, train)
    verify_starts(context, nodes, trains)
    verify_precision(context, nodes, trains)
    if context.left_out.statements or len(trains) < len(nodes):
        return trains  # what is not there may be what a gradient goes through
    settled = settle_updates(context, trains)
    verify_stages(context, settled)
    return settled


def _assemble(context: Context, trains: tuple[CheckedTrain, ...]) -> CheckedProgram:
    trains = tuple(map(with_masks, trains))
    order = context.declarations.by_name
    written = [name for name in context.schedules if name not in order]
    return CheckedProgram(
        title=_title(context.program),
        remarks=remarks_of(context.program),
        params=_in_order(order, context.params),
        consts=_in_order(order, context.consts),
        data=tuple(masks_kept(d, trains) for d in _in_order(order, context.data)),
        models=_in_order(order, context.models),
        templates=whole_templates(context),
        functions=tuple(_functions(context)),
        # Those written in expressions come last, in the order they were met.
        schedules=_in_order([*order, *written], context.schedules),
        chains=_in_order(order, context.chains),
        trains=trains,
        externs=_in_order(order, context.externs),
    )


def _in_order(
    order: Iterable[str], made: Mapping[str, Made | None]
) -> tuple[Made, ...]:
    found = (made.get(name) for name in order)
    return tuple(item for item in found if item is not None)


def _functions(context: Context) -> Iterator[CheckedFunction]:
    """Every signature, those that others call first."""
    seen: set[str] = set()
    for function in context.functions.values():
        if function is not None and function.name not in seen:
            seen.add(function.name)
            yield function


def _title(program: ast.Program) -> str:
    first = min(program.comments, key=lambda c: c.span.start, default=None)
    starts = [d.span.start for d in program.declarations]
    if first is None or any(start < first.span.start for start in starts):
        return ""
    return first.text.lstrip("#").strip()
