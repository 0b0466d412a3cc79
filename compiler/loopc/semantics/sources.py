"""Sources of splits: `npz`, `csv`, `idx`, `arrays` and `characters`."""

from collections.abc import Mapping

from loopc.semantics.arguments import Slots, bind_slots
from loopc.semantics.checked import CheckedSource, SourceFormat, Static, StaticValue
from loopc.semantics.context import Body
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import values as errors
from loopc.semantics.extern_data import extern_source
from loopc.semantics.options import as_int
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import suggest

SOURCES = ("npz", "csv", "idx", "arrays", "characters")
LATER = ("images", "tfrecord", "parquet")
INSTEAD = "save the columns with `numpy.savez`, or read them in Python: `extern data`"


def check_source(body: Body, node: ast.SourceSplit) -> CheckedSource | None:
    """Check what fills a split; None where it was complained about."""
    call = node.source
    if not isinstance(call, ast.Call) or not isinstance(call.callee, ast.Name):
        path = call.value if isinstance(call, ast.String) else "data.npz"
        help = f'write `npz("{path}")`, or another of its kind'
        body.add(errors.missing_part("a split has no source", call.span, help))
        return None
    name = call.callee.text
    declared = body.context.declarations.find(name)
    if isinstance(declared, ast.Extern) and declared.kind == "data":
        body.context.declarations.use(name)
        return extern_source(body, node, call, declared)
    if name in LATER:
        what = f"the source `{name}`"
        body.add(name_errors.not_implemented(what, call.span, INSTEAD))
        return None
    if name == "idx":
        return _idx(body, node, call)
    if name == "characters":
        return _characters(body, node, call)
    if name in SOURCES:
        return _single(body, node, call, name)
    own = [n for n, d in body.context.declarations.by_name.items() if _gives_data(d)]
    guess = suggest(name, [*SOURCES, *own])
    help = "carve it: `valid = 10% of train`" if "split" in name else ""
    span = call.callee.span
    body.add(name_errors.unknown_source(name, span, guess, SOURCES, help))
    return None


def _gives_data(declaration: ast.Declaration) -> bool:
    return isinstance(declaration, ast.Extern) and declaration.kind == "data"


def _single(
    body: Body, node: ast.SourceSplit, call: ast.Call, name: str
) -> CheckedSource | None:
    names = ["file", "separator"] if name == "csv" else ["file"]
    if name == "arrays":
        names = ["name"]
    slots = bind_slots(body, name, call.arguments, names, 1)
    file = _text(body, name, names[0], slots, call.span)
    separator = _separator(body, slots)
    if file is None or not slots.sound or separator is None:
        return None
    options = {"separator": separator} if name == "csv" else {}
    return _source(node, name, {"": file}, options)


def _source(
    node: ast.SourceSplit,
    format: str,
    files: Mapping[str, str],
    options: Mapping[str, StaticValue],
    alphabet: Static | None = None,
) -> CheckedSource:
    formats: dict[str, SourceFormat] = {
        "npz": "npz",
        "csv": "csv",
        "idx": "idx",
        "arrays": "arrays",
        "characters": "characters",
    }
    return CheckedSource(
        span=node.span,
        split=node.name.text,
        format=formats[format],
        files=files,
        options=options,
        alphabet=alphabet,
    )


def _characters(
    body: Body, node: ast.SourceSplit, call: ast.Call
) -> CheckedSource | None:
    slots = bind_slots(body, "characters", call.arguments, ["file", "alphabet"], 1)
    file = _text(body, "characters", "file", slots, call.span)
    size = slots.take("alphabet")
    if file is None or not slots.sound:
        return None
    if size is None:
        help = 'write `characters("text.txt", alphabet: 65)`'
        body.add(
            name_errors.missing_argument("characters", "alphabet", call.span, help)
        )
        return None
    alphabet = as_int(body, "`alphabet`", size, 2)
    if alphabet is None:
        return None
    return _source(node, "characters", {"": file}, {}, alphabet)


def _text(body: Body, callee: str, name: str, slots: Slots, span: Span) -> str | None:
    node = slots.take(name)
    if node is None:
        if slots.sound:
            what = "the name of a file" if name == "file" else "a name"
            help = f'write `{callee}("...")`'
            body.add(name_errors.missing_argument(callee, what, span, help))
        return None
    return text_of(body, f"the argument of `{callee}`", node)


def text_of(body: Body, what: str, node: ast.Expression) -> str | None:
    """A string that stands in the text itself, and is not empty."""
    if isinstance(node, ast.String) and node.value:
        return node.value
    found = "an empty one" if isinstance(node, ast.String) else "something else"
    help = f'quote it: `"{node.text}"`' if isinstance(node, ast.Name) else ""
    body.add(errors.wrong_type(what, "a string", found, node.span, help))
    return None


def _separator(body: Body, slots: Slots) -> str | None:
    node = slots.take("separator")
    if node is None:
        return ","
    text = text_of(body, "`separator`", node)
    if text is not None and len(text) != 1:
        allowed = "one character"
        body.add(errors.out_of_range("`separator`", repr(text), allowed, node.span))
        return None
    return text


def _idx(body: Body, node: ast.SourceSplit, call: ast.Call) -> CheckedSource | None:
    files: dict[str, str] = {}
    sound = True
    for argument in call.arguments:
        if argument.name is None:
            help = 'name the column: `idx(image: "...", label: "...")`'
            problem = name_errors.missing_argument(
                "idx", "the name of a column", argument.span, help
            )
            body.add(problem)
            return None
        text = text_of(body, "a file of `idx`", argument.value)
        first = files.get(argument.name.text)
        if first is not None:
            name, span = argument.name.text, argument.span
            body.add(name_errors.repeated_argument("idx", name, span, call.span))
        sound = sound and text is not None and first is None
        files[argument.name.text] = text or ""
    if not files:
        help = 'write `idx(image: "...", label: "...")`'
        body.add(name_errors.missing_argument("idx", "a column", call.span, help))
        return None
    return _source(node, "idx", files, {}) if sound else None
