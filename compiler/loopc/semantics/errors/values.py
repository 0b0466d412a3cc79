"""E3xx: values, types and units that are not what stands there is for."""

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, replace
from loopc.source import Span


def not_static(what: str, found: str, span: Span) -> Diagnostic:
    labels = [Label(span, f"this is {found}")]
    title = f"{what} is not known before the run"
    help = "use a number, a `param`, a `const` or an expression over them"
    return error("E301", "not-static", title, labels, help)


def wrong_type(
    what: str, expected: str, found: str, span: Span, help: str = ""
) -> Diagnostic:
    labels = [Label(span, f"expected {expected}, found {found}")]
    title = f"{what} is not {_article(expected)}"
    help = help or f"write {_article(expected)}"
    return error("E302", "wrong-type", title, labels, help)


def _article(noun: str) -> str:
    if noun.startswith(("a ", "an ", "one ", "true", "the ")):
        return noun
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def out_of_range(
    what: str, value: object, allowed: str, span: Span, declared: Span | None = None
) -> Diagnostic:
    labels = [Label(span, f"this is {value}")]
    labels += [Label(declared, "its range")] if declared else []
    title = f"{what} is out of range"
    return error("E303", "out-of-range", title, labels, f"write {allowed}")


def wrong_unit(what: str, found: str, allowed: str, span: Span) -> Diagnostic:
    labels = [Label(span, f"found {found}")]
    title = f"{what} is counted in {allowed}"
    return error("E304", "wrong-unit", title, labels, f"write it in {allowed}")


def unknown_unit(name: str, span: Span) -> Diagnostic:
    title = f"`{name}` is not a unit"
    help = "units: steps, epochs, updates, seconds, minutes, hours, days"
    return error("E304", "wrong-unit", title, span, help)


def arithmetic(fact: str, span: Span) -> Diagnostic:
    title = "this value has no result"
    labels = [Label(span, fact)]
    help = "change the numbers it is computed from"
    return error("E305", "arithmetic", title, labels, help)


def bad_range(span: Span) -> Diagnostic:
    title = "the range is empty"
    labels = [Label(span, "its low end is above its high end")]
    return error("E303", "out-of-range", title, labels, "write `low .. high`")


def no_step_size(span: Span, last: str) -> Diagnostic:
    title = "the chain never scales by a step size"
    labels = [Label(span, f"ends in `{last}`")]
    help = "end it in an optimizer such as `adam(1e-3)`, or in `sgd(0.1)`"
    return error("E307", "no-step-size", title, labels, help)


def needs_direction(metric: str, span: Span, keyword: str) -> Diagnostic:
    title = f"is more `{metric}` better, or less?"
    labels = [Label(span, "neither is known for this value")]
    help = f"write `{keyword} max` or `{keyword} min` before the metric"
    return error("E308", "needs-direction", title, labels, help)


def dtype_mismatch(title: str, fact: str, span: Span, help: str) -> Diagnostic:
    return error("E309", "dtype-mismatch", title, [Label(span, fact)], help)


def list_as_tensor(span: Span) -> Diagnostic:
    title = "a list does not stand among tensors"
    help = "give it a name: `const weights = [...]`, and use the name"
    return error("E310", "list-as-tensor", title, [Label(span, "this is a list")], help)


def carve_amount(fact: str, span: Span, help: str) -> Diagnostic:
    title = "the split takes more than there is"
    return error("E311", "carve-amount", title, [Label(span, fact)], help)


def not_a_chain(found: str, span: Span) -> Diagnostic:
    title = "this is not a gradient transform"
    help = "chain transforms with `|>`: `clip_by_global_norm(1.0) |> adam(1e-3)`"
    labels = [Label(span, f"found {found}")]
    return error("E312", "not-a-transform", title, labels, help)


def too_much(what: str, limit: int, span: Span) -> Diagnostic:
    title = f"more than {limit:_} {what} to unroll"
    help = "repeat less; how often the step runs belongs to `train ... for`"
    return error("E313", "too-much-to-unroll", title, span, help)


def misplaced(what: str, span: Span, help: str) -> Diagnostic:
    return error("E314", "misplaced", f"{what} does not stand here", span, help)


def misplaced_statement(what: str, where: str, span: Span, help: str) -> Diagnostic:
    return error("E315", "statement-not-in-body", f"no {what} in {where}", span, help)


def missing_return(what: str, span: Span) -> Diagnostic:
    title = f"{what} returns nothing"
    help = "end its body in `return value`"
    return error("E316", "missing-return", title, span, help)


def after_return(span: Span, returned: Span) -> Diagnostic:
    title = "nothing stands after `return`"
    labels = [Label(span, "never reached"), Label(returned, "returns here")]
    return error("E316", "missing-return", title, labels, "move it above the `return`")


def emptied_split(name: str, span: Span, taken: Span) -> Diagnostic:
    title = f"split `{name}` has nothing left"
    labels = [Label(span, "read here"), Label(taken, "all that was left went here")]
    return error("E317", "emptied-split", title, labels, "read the split made of it")


def once_only(what: str, span: Span, first: Span) -> Diagnostic:
    title = f"there is more than one {what}"
    labels = [Label(span, "a second one"), Label(first, "the first one")]
    return error("E318", "once-only", title, labels, "leave one of the two")


def missing_part(title: str, span: Span, help: str) -> Diagnostic:
    return error("E319", "missing-part", title, span, help)


def missing_name(what: str, span: Span, name: str) -> Diagnostic:
    title = f"{what} needs a name"
    fix = replace(f"name it `{name}`", Span(span.start, span.start), f"{name} = ")
    help = f"write `{name} = ...`"
    return error("E320", "missing-name", title, span, help, fix=fix)


def bad_path(span: Span, fact: str) -> Diagnostic:
    title = "the file lies outside the run's folder"
    help = "write a relative path without `..`"
    return error("E321", "outside-path", title, [Label(span, fact)], help)
