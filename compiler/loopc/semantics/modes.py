"""`net(x, mode: training)`: the mode of one call."""

from typing import Literal

from loopc.semantics.call_sites import CallSite
from loopc.semantics.context import Body
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.syntax import ast
from loopc.vocabulary import suggest

Mode = Literal["", "training", "inference"]

MODES = ("training", "inference")


def is_mode(argument: ast.Argument) -> bool:
    return argument.name is not None and argument.name.text == "mode"


def check_mode(body: Body, site: CallSite, *, derived: bool) -> Mode | None:
    """The mode that a call asks for, or "" for that of the place; None, once said,
    where it is none. Derived models run in inference mode unless they are asked.
    """
    given = next((a for a in site.arguments if is_mode(a)), None)
    if given is None:
        return "inference" if derived else ""
    text = given.value.text if isinstance(given.value, ast.Name) else "..."
    span = given.value.span
    if body.inside == "model":
        help = "a model runs in the mode of the call that it is part of"
        body.add(errors.misplaced("`mode`", given.span, help))
        return None
    match text:
        case "training" | "inference":
            return text
    guess = suggest(text, MODES)
    body.add(name_errors.unknown_choice("mode", text, span, guess, MODES))
    return None
