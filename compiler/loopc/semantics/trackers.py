"""`keep`, `stop` and `export`: what watches the reported metrics."""

from collections.abc import Mapping, Sequence
from typing import Literal

from loopc.records import dataclass
from loopc.semantics.checked import (
    Average,
    Cadence,
    CallFunction,
    CheckedAssign,
    CheckedEval,
    CheckedExport,
    CheckedExpression,
    CheckedGoal,
    CheckedKeep,
    CheckedReport,
    CheckedReturn,
    CheckedStatement,
    CheckedStop,
    ExternMetric,
    Local,
    Primitive,
    StatefulMetric,
    Total,
)
from loopc.semantics.context import MAX_DEPTH, Body, Context
from loopc.semantics.durations import duration_of
from loopc.semantics.errors import advice
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.models import check_model_named
from loopc.semantics.options import as_int, as_static
from loopc.semantics.run_clock import RunClock, verify_cadence
from loopc.semantics.values import describe_type, is_number
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import losses, stateful_metrics, suggest

Mode = Literal["max", "min"]
TURNED = str.maketrans("<>", "><")
PATIENCE_UNITS = frozenset({"steps", "epochs"})


@dataclass(frozen=True, slots=True)
class Reports:
    """What one body reports: the step's, under the name of the loop, or an eval's."""

    name: str
    body: Sequence[CheckedStatement]
    span: Span
    written: frozenset[str]
    at_end: bool = False

    @property
    def values(self) -> dict[str, CheckedExpression]:
        """What it reports, by name."""
        return {
            item.name: item.value
            for statement in self.body
            if isinstance(statement, CheckedReport)
            for item in statement.items
        }


@dataclass(frozen=True, slots=True)
class Watched:
    """What a loop reports; `written` has the names its evals report, sound or not."""

    loop: str
    step: Sequence[CheckedStatement]
    node: ast.Step
    evals: Sequence[CheckedEval]
    written: Mapping[str, frozenset[str]]

    def find(self, name: str) -> Reports | None:
        if name == self.loop:
            written = written_reports(self.node)
            return Reports(name, self.step, self.node.span, written)
        for item in self.evals:
            if item.name == name:
                at_end = item.every is None
                return Reports(name, item.body, item.span, self.written[name], at_end)
        return None


def written_reports(node: ast.Eval | ast.Step) -> frozenset[str]:
    """The names that a step or eval reports, as they stand in the text."""
    names: set[str] = set()
    for statement in node.body.statements:
        for item in statement.items if isinstance(statement, ast.Report) else ():
            if item.name is not None:
                names.add(item.name.text)
            elif isinstance(item.value, ast.Name):
                names.add(item.value.text)
    return frozenset(names)


def check_keep(body: Body, node: ast.Keep, watched: Watched) -> CheckedKeep | None:
    """`keep 1 best valid.accuracy`."""
    count = as_int(body, "the number of checkpoints", node.count, 1)
    mode = better_way(body, node.mode, node.metric, watched, "best")
    if count is None or mode is None or not isinstance(count.value, int):
        return None
    return CheckedKeep(
        span=node.span,
        count=count.value,
        mode=mode,
        eval=node.metric.split.text,
        metric=node.metric.metric.text,
        of_step=node.metric.split.text == watched.loop,
    )


def check_stop(
    body: Body, node: ast.Stop, watched: Watched, clock: RunClock | None
) -> CheckedStop | None:
    """`stop when valid.accuracy stalls for 3 epochs`."""
    mode = better_way(body, node.mode, node.metric, watched, "when")
    what = "the patience"
    patience = duration_of(body, what, node.patience, PATIENCE_UNITS)
    if mode is None or patience is None:
        return None
    span = node.patience.span
    cadence = Cadence(span=span, duration=patience[0], value=patience[1])
    if clock is not None:
        verify_cadence(body.context, clock, cadence)
    return CheckedStop(
        span=node.span,
        mode=mode,
        eval=node.metric.split.text,
        metric=node.metric.metric.text,
        of_step=node.metric.split.text == watched.loop,
        patience=cadence,
    )


def check_goal(body: Body, node: ast.StopAt, watched: Watched) -> CheckedGoal | None:
    """`stop when valid.accuracy >= 0.99`."""
    found = find_metric(body, node.metric, watched)
    what = f"the value at which `{node.metric.metric.text}` ends the run"
    bound = as_static(body, what, node.bound)
    if bound is not None and not is_number(bound):
        shown = describe_type(bound.type)
        body.add(errors.wrong_type(what, "a number", shown, bound.span))
        return None
    if found is None or bound is None:
        return None
    reports, value = found
    better_is_more = better(body.context, reports.body, value)
    if better_is_more == ("max" if node.operator in ("<", "<=") else "min"):
        path = f"{reports.name}.{node.metric.metric.text}"
        turned = node.operator.translate(TURNED)
        body.context.advice.append(advice.stops_when_bad(path, turned, node.span))
    return CheckedGoal(
        span=node.span,
        eval=reports.name,
        metric=node.metric.metric.text,
        operator=node.operator,
        bound=bound,
        of_step=reports.name == watched.loop,
    )


def better_way(
    body: Body,
    written: Mode | None,
    path: ast.MetricPath,
    watched: Watched,
    keyword: str,
) -> Mode | None:
    """Find the metric, and which way of it is better; None, once said."""
    found = find_metric(body, path, watched)
    if found is None:
        return None
    reports, value = found
    mode = written or better(body.context, reports.body, value)
    if mode is None:
        body.add(errors.needs_direction(path.metric.text, path.span, keyword))
    return mode


def find_metric(
    body: Body, path: ast.MetricPath, watched: Watched
) -> tuple[Reports, CheckedExpression] | None:
    """Find who reports a metric during the run, and its value; None, once said."""
    found = watched.find(path.split.text)
    if found is None:
        _unknown_eval(body, path, watched)
        return None
    if found.at_end:
        title = f"`{found.name}` runs only at the end"
        help = "watch an eval that runs `every 1 epoch`"
        body.add(errors.missing_part(title, path.split.span, help))
        return None
    values = found.values
    name = path.metric.text
    left_out = body.context.left_out.within(found.span)
    if name not in values and (name in found.written or left_out):
        return None
    if name not in values:
        guess = suggest(name, values)
        problem = name_errors.unknown_metric(
            found.name, name, path.metric.span, guess, values
        )
        body.add(problem)
        return None
    return found, values[name]


def _unknown_eval(body: Body, path: ast.MetricPath, watched: Watched) -> None:
    known = [watched.loop, *watched.written]
    name, span = path.split.text, path.split.span
    if name in watched.written:
        return
    guess = suggest(name, known)
    problem = name_errors.unknown_eval(name, span, guess, known)
    body.context.add_unknown(name, problem)


def better(
    context: Context, statements: Sequence[CheckedStatement], value: CheckedExpression
) -> Mode | None:
    """Whether more or less of a value is better, where its metric says so."""
    for _ in range(MAX_DEPTH):
        match value:
            case Average() | Total():
                value = value.value
            case Local():
                assigned = _assigned(statements, value.name)
                if assigned is None:
                    return None
                value = assigned
            case CallFunction():
                statements = _body(context, value.function)
                returned = statements[-1] if statements else None
                if not isinstance(returned, CheckedReturn):
                    return None
                value = returned.value
            case ExternMetric():
                return None
            case StatefulMetric():
                return stateful_metrics()[value.name].better
            case Primitive() if value.name in losses():
                return losses()[value.name].better
            case _:
                return None
    return None


def _assigned(
    statements: Sequence[CheckedStatement], name: str
) -> CheckedExpression | None:
    for statement in reversed(statements):
        if isinstance(statement, CheckedAssign) and statement.names == (name,):
            return statement.value
    return None


def _body(context: Context, name: str) -> Sequence[CheckedStatement]:
    functions = (f for f in context.functions.values() if f is not None)
    return next((f.body for f in functions if f.name == name), ())


def check_export(body: Body, node: ast.Export, kept: bool) -> CheckedExport | None:
    """`export best classifier to "classifier.keras"`."""
    name = node.model
    declarations = body.context.declarations
    declaration = declarations.use(name.text)
    if not isinstance(declaration, ast.Model):
        known = declarations.of_kind(ast.Model)
        guess = suggest(name.text, known)
        problem = name_errors.unknown_model(name.text, name.span, guess, known)
        body.context.add_unknown(name.text, problem)
        return None
    model = check_model_named(body.context, declaration)
    if model is None:
        return None
    if model.origin is not None:  # an average may be kept for its export alone
        body.context.models_called.add(name.text)
    if not _path(body, node.path):
        return None
    if node.best and not kept:
        title = "nothing says what `best` is"
        help = "write `keep 1 best valid.accuracy`, or leave out `best`"
        body.add(errors.missing_part(title, node.span, help))
        return None
    return CheckedExport(
        span=node.span, best=node.best, model=name.text, path=node.path.value
    )


def _path(body: Body, node: ast.String) -> bool:
    parts = node.value.replace("\\", "/").split("/")
    if not node.value.endswith(".keras"):
        what, expected = "the file", "a name that ends in `.keras`"
        body.add(errors.wrong_type(what, expected, f"`{node.value}`", node.span))
        return False
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        body.add(errors.bad_path(node.span, "written below the run's folder"))
        return False
    return True
