"""The program as a whole: what is declared and never used, chains that never step."""

from collections.abc import Iterator, Sequence

from loopc.semantics.chain_order import verify_accumulation
from loopc.semantics.chains import verify_ends_in_step
from loopc.semantics.checked import CheckedTrain, CheckedUpdate
from loopc.semantics.context import Context
from loopc.semantics.declarations import describe
from loopc.semantics.errors import advice
from loopc.semantics.errors import states as state_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.flat_chains import verify_flat
from loopc.semantics.groups import verify_groups
from loopc.semantics.penalties import verify_penalties
from loopc.semantics.probes import verify_probes
from loopc.semantics.repeated_passes import verify_passes
from loopc.semantics.walk import walk
from loopc.source import Span
from loopc.syntax import ast


def verify_whole(context: Context, trains: Sequence[CheckedTrain]) -> None:
    """Check what only shows once every body was read."""
    for update in _updates(trains):
        verify_ends_in_step(context, update.chain)
        verify_groups(context, update)
        verify_flat(context, update.chain)
        verify_accumulation(context, update.chain)
    verify_probes(context, trains)
    for train in trains:
        verify_passes(context, train)
        if not any(_updates([train])) and not context.diagnostics.has_errors():
            title = "the step updates nothing"
            help = "write `update net to minimize loss using adam(1e-3)`"
            context.add(errors.missing_part(title, _head(train), help))
    if not context.diagnostics.has_errors():
        _advise(context, trains)


def _head(train: CheckedTrain) -> Span:
    return Span(train.span.start, train.span.start + len("train"))


def _updates(trains: Sequence[CheckedTrain]) -> Iterator[CheckedUpdate]:
    for node in walk(tuple(train.body for train in trains)):
        if isinstance(node, CheckedUpdate):
            yield node


def _advise(context: Context, trains: Sequence[CheckedTrain]) -> None:
    for each in context.advice:
        context.add(each)
    verify_penalties(context, trains)
    for name, declaration in context.declarations.by_name.items():
        span = declaration.name.span
        if isinstance(declaration, ast.Model):
            if name not in context.models_called:
                context.add(advice.model_never_called(name, span))
        elif isinstance(declaration, ast.State) and name not in context.states_set:
            context.add(state_errors.never_set(name, span))
        elif name not in context.declarations.used:
            kind = describe(declaration).split(" ", 1)[1]
            context.add(advice.declaration_never_used(kind, name, span))
    _unread_fields(context)


def _unread_fields(context: Context) -> None:
    for data in context.data.values():
        for field in data.fields:
            if (data.name, field.name) not in context.fields_read:
                problem = advice.field_never_read(data.name, field.name, field.span)
                context.add(problem)
