"""Every entry is complete, told apart from the others, and cheap to load."""

import re
import string
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import loopc_runtime
from loopc import vocabulary
from loopc.vocabulary import (
    entries,
    functions,
    layers,
    losses,
    meaning,
    stateful_metrics,
    suggest,
)
from loopc.vocabulary.entry import (
    REQUIRED,
    Entry,
    FunctionEntry,
    LayerEntry,
    LossEntry,
    Option,
    TransformEntry,
)
from loopc.vocabulary.index import FAMILIES

ALL = [pytest.param(kind, e, id=f"{kind}-{e.name}") for kind, e in entries()]
EVERY = pytest.mark.parametrize(("kind", "entry"), ALL)


@EVERY
def test_entries_are_documented(kind: str, entry: Entry) -> None:
    """Each has a summary of one sentence and a paragraph, and documented options."""
    assert entry.summary.endswith(".")
    assert len(entry.summary) <= 88
    assert entry.doc.endswith(".")
    assert [o.name for o in entry.options if not o.doc] == []


@EVERY
def test_names_are_words_of_the_language(kind: str, entry: Entry) -> None:
    """Names, aliases and options are lower-case identifiers, each once."""
    names = [entry.name, *entry.aliases, *(o.name for o in entry.options)]

    assert [n for n in names if not (n.isidentifier() and n == n.lower())] == []
    options = [o.name for o in entry.options]
    assert len(set(options)) == len(options)


@EVERY
def test_defaults_are_possible(kind: str, entry: Entry) -> None:
    """A default lies in the range and among the choices of its option."""
    assert [o.name for o in entry.options if not possible(o)] == []


def possible(option: Option) -> bool:
    """Say whether the default of an option could also be written."""
    default = option.default
    if default is REQUIRED:
        return True
    if default is None:
        return option.none
    if option.kind == "enum":
        return default in option.choices
    values: Any = default if isinstance(default, tuple) else (default,)
    numbers = [v for v in values if isinstance(v, int | float)]
    low = -float("inf") if option.low is None else option.low
    high = float("inf") if option.high is None else option.high
    return all(low <= number <= high for number in numbers)


def test_required_options_come_first() -> None:
    """What must be written stands before what may be left out."""
    for _, entry in entries():
        required = [option.default is REQUIRED for option in entry.options]
        assert required == sorted(required, reverse=True), entry.name


@pytest.mark.parametrize("file", [f for group in FAMILIES.values() for f in group])
def test_index_lists_what_files_hold(file: str) -> None:
    """Every name and alias of a file stands in the index, in the order of the file."""
    listed = next(group[file] for group in FAMILIES.values() if file in group)
    held = import_module(f"loopc.vocabulary.{file}").ENTRIES
    assert listed.split() == [name for e in held for name in (e.name, *e.aliases)]


def test_index_lists_every_file() -> None:
    """No file with entries is left out of the index."""
    folder = Path(vocabulary.__file__).parent
    texts = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    holders = {
        ".".join(path.relative_to(folder).with_suffix("").parts)
        for path, text in texts.items()
        if re.search(r"^ENTRIES\b", text, re.MULTILINE)
    }
    indexed = {file for group in FAMILIES.values() for file in group}
    assert holders - {"named_objects"} == indexed


# Taken apart by where they stand: a layer in models, a function in steps.
SHARED = {"flatten", "reshape"} | {
    name for name, entry in functions().items() if entry.family == "images"
}


def test_a_name_means_one_thing() -> None:
    """What is called by name is a layer, a function, a loss or a metric: one only."""
    called = {name for name, entry in functions().items() if not entry.internal}
    groups = [set(layers()), called, set(losses()), set(stateful_metrics())]

    for i, first in enumerate(groups):
        for second in groups[i + 1 :]:
            assert first & second <= SHARED


def test_meaning_depends_on_the_place_where_names_are_shared() -> None:
    """`flatten` is a layer in a model and a function in a step; `add` is the layer."""
    assert isinstance(meaning("flatten", "model"), LayerEntry)
    assert isinstance(meaning("flatten", "step"), FunctionEntry)
    assert isinstance(meaning("relu", "model"), FunctionEntry)
    assert isinstance(meaning("add", "step"), LayerEntry)
    assert isinstance(meaning("cross_entropy", "step"), LossEntry)
    assert meaning("dence", "model") is None


def placeholders(form: str) -> set[str]:
    """Return what a format string names."""
    return {name for _, name, _, _ in string.Formatter().parse(form) if name}


def test_forms_name_what_there_is() -> None:
    """A form names operands, options and what `forms.fields` gives."""
    always = {"axes", "shape", "dtype", "dtype_name", "site"}
    for entry in functions().values():
        most = 1 if entry.as_list else entry.operands[1] or 0
        allowed = always | {o.name for o in entry.options} | set(entry.derived)
        allowed |= {str(i) for i in range(most)}
        for form in filter(None, (entry.step, entry.model)):
            assert placeholders(form) <= allowed, entry.name
    for loss in losses().values():
        allowed = {"0", "1", "axes", "classes"} | {o.name for o in loss.options}
        for variant in loss.variants:
            assert placeholders(variant.python) <= allowed, loss.name


def test_runtime_has_what_forms_import() -> None:
    """Names that forms import are there for a script to import."""
    imports = [i for e in functions().values() for i in e.imports]
    imports += [i for e in losses().values() for v in e.variants for i in v.imports]
    imports += [e.python for _, e in entries() if isinstance(e, TransformEntry)]
    imports += [e.python for e in layers().values() if "." not in e.python]

    assert [name for name in imports if not hasattr(loopc_runtime, name)] == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [("dens", "dense"), ("soft_max", "softmax"), ("layernorm", "layer_norm"),
     ("Conv2D", "conv2d"), ("crossentropy", "cross_entropy"), ("qqq", None)],
)  # fmt: skip
def test_misspelled_names_are_recognized(written: str, meant: str | None) -> None:
    """The name that was probably meant is found, and none where none is close."""
    names = {**layers(), **functions(), **losses()}

    assert suggest(written, names) == meant


def test_loading_is_light_and_lazy() -> None:
    """Asking for one name loads its file, no other and nothing heavy."""
    code = (
        "import sys; from loopc.vocabulary import schedules; schedules()['cosine'];"
        "print(*(m for m in sys.modules if m.startswith('loopc.vocabulary.') or m in"
        " ('tensorflow', 'keras', 'numpy')))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert set(result.stdout.split()) == {
        "loopc.vocabulary.entry", "loopc.vocabulary.index", "loopc.vocabulary.types",
        "loopc.vocabulary.timing", "loopc.vocabulary.timing.parts",
        "loopc.vocabulary.timing.pieces",
    }  # fmt: skip
