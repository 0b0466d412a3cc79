"""`start`: the weights that a loop begins with, of an earlier one or of a file."""

from collections.abc import Iterator, Sequence

from loopc.semantics.checked import (
    CallFunction,
    CallModel,
    CheckedExpression,
    CheckedStart,
    CheckedTrain,
)
from loopc.semantics.context import Body, Context
from loopc.semantics.derived_models import is_good_path, loaded_file
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import runs as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.train_order import train_name
from loopc.semantics.walk import walk
from loopc.syntax import ast
from loopc.vocabulary import suggest
from loopc.vocabulary.types import ModelType


def check_starts(body: Body, nodes: Sequence[ast.Start]) -> Iterator[CheckedStart]:
    """`start encoder from best(pretrain)`, each model once."""
    first: dict[str, ast.Start] = {}
    for node in nodes:
        name = node.model.text
        earlier = first.setdefault(name, node)
        if earlier is not node:
            what = f"`start {name}`"
            body.add(value_errors.once_only(what, node.span, earlier.span))
        elif _is_model(body, node.model):
            start = _start(body, node)
            if start is not None:
                yield start


def _is_model(body: Body, name: ast.Identifier) -> bool:
    declarations = body.context.declarations
    if isinstance(declarations.use(name.text), ast.Model):
        return True
    known = declarations.of_kind(ast.Model)
    guess = suggest(name.text, known)
    problem = name_errors.unknown_model(name.text, name.span, guess, known)
    body.context.add_unknown(name.text, problem)
    return False


def _start(body: Body, node: ast.Start) -> CheckedStart | None:
    """From the best or last weights of a loop, or from a file."""
    name, span = node.model.text, node.origin.span
    path = loaded_file(node.origin)
    if path is not None:
        if not is_good_path(body, path):
            return None
        return CheckedStart(span=span, model=name, file=path.value)
    match node.origin:
        case ast.Call(
            callee=ast.Name(text="best" | "last" as which),
            arguments=(ast.Argument(name=None, value=ast.Name() as loop),),
        ):
            best = which == "best"
            return CheckedStart(span=span, model=name, loop=loop.text, best=best)
    body.add(errors.start_origin(node.origin.span))
    return None


def verify_starts(
    context: Context, nodes: Sequence[ast.Train], trains: Sequence[CheckedTrain]
) -> None:
    """Check every `start` against the loops before its own."""
    places = {train.span: index for index, train in enumerate(trains)}
    for position, node in enumerate(nodes):
        index = places.get(node.span)
        if index is None:
            continue
        written = [train_name(other) for other in nodes[:position]]
        for start in trains[index].starts:
            _verify(context, start, trains[: index + 1], written)


def _verify(
    context: Context,
    start: CheckedStart,
    trains: Sequence[CheckedTrain],
    written: Sequence[str],
) -> None:
    if start.file:
        if start.model not in models_of(context, trains[-1]):
            problem = errors.not_started(start.model, trains[-1].name, start.span)
            context.add(problem)
        return
    if start.loop not in written:
        guess = suggest(start.loop, written)
        context.add(errors.unknown_loop(start.loop, start.span, guess, written))
        return
    for train in trains:
        if train.name == start.loop and start.best and not train.keeps:
            title = f"nothing says what is best in `{train.name}`"
            help = f"write `keep 1 best {train.name}.loss` there, or `last(...)` here"
            context.add(value_errors.missing_part(title, start.span, help))
        concerned = train.name == start.loop or train is trains[-1]
        if concerned and start.model not in models_of(context, train):
            context.add(errors.not_started(start.model, train.name, start.span))


def models_of(context: Context, train: CheckedTrain) -> frozenset[str]:
    """The models that a loop calls, directly or not, and those inside them."""
    found: set[str] = set()
    seen: set[str] = set()
    functions = {f.name: f for f in context.functions.values() if f is not None}
    waiting: list[object] = [train.body, tuple(e.body for e in train.evals)]
    while waiting:
        for node in walk(waiting.pop()):
            if isinstance(node, CallModel):
                found.add(node.model)
            elif isinstance(node, CheckedExpression):
                if isinstance(node.type, ModelType):
                    found.add(node.type.model)
                if isinstance(node, CallFunction) and node.function not in seen:
                    seen.add(node.function)
                    function = functions.get(node.function)
                    waiting.append(() if function is None else function.body)
    models = (context.models.get(name) for name in found)
    inner = (model.contains for model in models if model is not None)
    return frozenset(found).union(*inner)
