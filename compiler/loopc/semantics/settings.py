"""Settings of a loop: `seed = 7`, `execution = xla`, `log = 100 steps`."""

from collections.abc import Sequence
from typing import Literal, cast

from loopc.records import dataclass
from loopc.semantics.checked import Cadence, Duration, Static
from loopc.semantics.context import Body
from loopc.semantics.durations import duration_of
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.options import as_int
from loopc.semantics.values import static
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import said_here, suggest

Execution = Literal["auto", "graph", "xla", "streamed_graph", "streamed_xla"]
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]

EXECUTIONS = ("auto", "graph", "xla", "streamed_graph", "streamed_xla")
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
KNOWN = ("seed", "execution", "precision", "devices", "log")
ALL = "all"
NOWHERE = Span(0, 0)
LOG_UNITS = frozenset({"steps", "epochs"})
MAX_SEED = 2**63 - 1


@dataclass(slots=True)
class Settings:
    """What a loop runs with; what was not set has its default."""

    seed: Static
    execution: Execution
    precision: Precision = "float32"
    log_every: Cadence | None = None
    devices: Static | None = None
    failed: bool = False


def default_log(duration: Duration | None, whole: bool) -> Cadence:
    """Log every 100 steps, and a run known to be shorter about ten times.

    `whole`: an epoch is one step, as with `batch all`.
    """
    steps = 100
    counted = ("steps", "epochs") if whole else ("steps",)
    if duration is not None and duration.unit in counted:
        steps = max(1, min(100, int(duration.amount) // 10))
    return Cadence(span=NOWHERE, duration=Duration(steps, "steps"))


def check_settings(body: Body, nodes: Sequence[ast.Setting]) -> Settings:
    settings = Settings(
        seed=static(0, NOWHERE),
        execution="auto",
    )
    first: dict[str, ast.Setting] = {}
    for node in nodes:
        name = node.name.text
        earlier = first.setdefault(name, node)
        if earlier is not node:
            what = f"setting `{name}`"
            body.add(errors.once_only(what, node.name.span, earlier.name.span))
        elif not _setting(body, settings, node):
            settings.failed = True
    return settings


def _setting(body: Body, settings: Settings, node: ast.Setting) -> bool:
    match node.name.text:
        case "seed":
            return _seed(body, settings, node)
        case "execution":
            return _execution(body, settings, node)
        case "precision":
            return _precision(body, settings, node)
        case "devices":
            return _devices(body, settings, node)
        case "log":
            return _log(body, settings, node)
    name, span = node.name.text, node.name.span
    guess = suggest(name, KNOWN)
    help = said_here(name)
    body.add(name_errors.unknown_setting(name, span, guess, KNOWN, help))
    return False


def _seed(body: Body, settings: Settings, node: ast.Setting) -> bool:
    seed = as_int(body, "`seed`", node.value, 0)
    if seed is None:
        return False
    if isinstance(seed.value, int) and seed.value > MAX_SEED:
        allowed, span = f"a number of at most {MAX_SEED}", node.value.span
        body.add(errors.out_of_range("`seed`", seed.value, allowed, span))
        return False
    settings.seed = seed
    return True


def _execution(body: Body, settings: Settings, node: ast.Setting) -> bool:
    text = _choice(body, node, EXECUTIONS)
    if text is not None:
        settings.execution = cast(Execution, text)
    return text is not None


def _precision(body: Body, settings: Settings, node: ast.Setting) -> bool:
    text = _choice(body, node, PRECISIONS)
    if text is not None:
        settings.precision = cast(Precision, text)
    return text is not None


def _choice(body: Body, node: ast.Setting, choices: tuple[str, ...]) -> str | None:
    value = node.value
    text = value.text if isinstance(value, ast.Name) else "..."
    if text in choices:
        return text
    guess, name = suggest(text, choices), node.name.text
    body.add(name_errors.unknown_choice(name, text, value.span, guess, choices))
    return None


def _devices(body: Body, settings: Settings, node: ast.Setting) -> bool:
    """`all`, or how many of them."""
    value = node.value
    if isinstance(value, ast.Name) and value.text == ALL:
        settings.devices = static(ALL, value.span)
    else:
        settings.devices = as_int(body, "`devices`", value, 1)
    return settings.devices is not None


def _log(body: Body, settings: Settings, node: ast.Setting) -> bool:
    found = duration_of(body, "`log`", node.value, LOG_UNITS)
    if found is None:
        return False
    span = node.value.span
    settings.log_every = Cadence(span=span, duration=found[0], value=found[1])
    return True
