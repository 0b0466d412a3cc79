"""No text of a program becomes code: hostile names, strings and comments everywhere.

A hostile program either has errors, or its script has the shape of its harmless twin's.
"""

import ast
from collections import Counter

import pytest

import loopc
from loopc.codegen.verify import verify_script

PROGRAM = """# {comment}
# {comment}

param {param}: float = 1e-2 in 1e-5 .. 1e-1   # {comment}
const {const} = 10

data {data} {{
  {split} = npz("{file}")
  valid = 25% of {split}
  field x: f32[13] = column("{column}") * 2
  field y: f32[10]
}}

layer {template}(width: int)(h) {{
  return h |> dense(width, relu)
}}

model {model}(x: f32[13]) -> f32[10] = x |> {template}(16) |> dense({const})

schedule {schedule} = cosine({param} -> 0, rest)

train for 3 epochs {{
  step (x, y) from {data}.{split} batch 8 {{
    {local} = mean_squared_error(y, {model}(x))
    update {model} to minimize {local} using adam({schedule})
    report {report} = {local}
  }}
  eval {evaluation} (x, y) from {data}.valid batch all every 1 epoch {{
    report loss = mean_squared_error(y, {model}(x))
  }}
  export {model} to "{export}"
}}
"""

HARMLESS = {
    "comment": "A program.",
    "param": "peak",
    "const": "width",
    "data": "points",
    "split": "rows",
    "file": "points.npz",
    "column": "x",
    "template": "block",
    "model": "net",
    "schedule": "rate",
    "local": "error",
    "report": "loss",
    "evaluation": "check",
    "export": "net.keras",
}
TEXTS = ("comment", "file", "column", "export")
NAMES = tuple(sorted(set(HARMLESS) - set(TEXTS)))

# What the marker would do is never looked at: that it is not code is.
CODE = "__import__('os').system('touch marker')"
HOSTILE_TEXTS = [
    CODE,
    f'"; {CODE}; "',
    f"'; {CODE}; '",
    f'""" + {CODE} + """',
    f"''' + {CODE} + '''",
    f'"""\n{CODE}\n"""',
    f"\\n{CODE}",
    f"\n{CODE}\n",
    f"\r{CODE}\r",
    f"\r\n{CODE}",
    f"\x0b{CODE}",
    f"\x0c{CODE}",
    f"\x85{CODE}",
    f"\N{LINE SEPARATOR}{CODE}",
    f"\N{PARAGRAPH SEPARATOR}{CODE}",
    f'\\"; {CODE}; \\"',
    f"\\\\'; {CODE}",
    "\\",
    "\\\\",
    '"',
    '"""',
    '\\"""',
    "'''",
    'ends with a quote"',
    "ends with a backslash\\",
    "\\N{QUOTATION MARK}",
    "\\x22",
    "\\042",
    "\\u0022",
    "{0.__class__}",
    "{CODE}",
    "{{ 7 * 7 }}",
    "{% for x in () %}",
    "{# gone #}",
    "{% endraw %}{{ self.__init__.__globals__ }}",
    "${jndi:x}",
    "%s%s%n",
    "%(name)s",
    "# -*- coding: utf-7 -*-",
    "coding: utf-16",
    "type: ignore",
    "noqa",
    "fmt: off",
    "fmt: skip",
    "\x00",
    "\x1b[2J",
    "\N{RIGHT-TO-LEFT OVERRIDE}x",
    "\N{ZERO WIDTH SPACE}",
    "\N{FULLWIDTH QUOTATION MARK}",
    "caf\N{LATIN SMALL LETTER E WITH ACUTE}",
    "\N{PILE OF POO}",
    "../../../../etc/passwd",
    "/etc/passwd",
    "a" * 5_000,
    ("ab " * 400).strip(),
    "",
    " ",
    "\t",
    ")" * 50,
    "x\\\ny",
]

SCRIPT_WORDS = """argparse annotations arrays batches best clock columns config data_dir
    dataclass execution gradients inputs keras main mode np objective optimizer outputs
    parser run stall tape tf train_and_evaluate train_step variables window workdir
    Config EXECUTION Path Run Clock Every Mean Optimizer Splits adam carve cosine
    read_npz run_main decode load_points make_net make_rate make_train_step means names
    seed epochs count x y h loss name width points net rate logits valid check"""
PYTHON_WORDS = """False None True and as assert async await break class continue def del
    elif else except finally for from global if import in is lambda nonlocal not or pass
    raise return try while with yield match case type _ abs all any bytes compile dict
    dir eval exec exit filter float format getattr globals hash help id input int
    isinstance iter len list locals map max min next object open pow print property
    range repr round set setattr sorted str sum super tuple vars zip self cls
    __builtins__ __class__ __doc__ __file__ __import__ __init__ __main__ __name__"""
OTHER_NAMES = ["\N{FULLWIDTH LATIN SMALL LETTER E}val", "if\N{COMBINING ACUTE ACCENT}"]
OTHER_NAMES += ["a" * 64, "a" * 65, "x.y", "x()", "x;y", "x y", "1x", "x=1"]
MIXED_NAMES = [
    "class",
    "None",
    "lambda",
    "eval",
    "print",
    "__class__",
    "_",
    "config",
    "tf",
    "Run",
    "x",
    "train_step",
]
HOSTILE_NAMES = [*SCRIPT_WORDS.split(), *PYTHON_WORDS.split(), *OTHER_NAMES]


def script_of(**texts: str) -> str | None:
    """Compile the program with some texts replaced; None where it has errors."""
    program = PROGRAM.format(**{**HARMLESS, **texts})
    return loopc.compile_source(program, "program.loop").script


def shape(script: str) -> Counter[str]:
    """Count the kinds of nodes in a script."""
    return Counter(type(node).__name__ for node in ast.walk(ast.parse(script)))


@pytest.fixture(scope="module")
def harmless() -> Counter[str]:
    """Return the shape of the script that the harmless program gives."""
    script = script_of()
    assert script is not None
    verify_script(script)
    return shape(script)


@pytest.mark.parametrize("place", TEXTS)
def test_hostile_text_stays_text(place: str, harmless: Counter[str]) -> None:
    """Strings and comments reach the script as literals and as nothing else."""
    for text in HOSTILE_TEXTS:
        script = script_of(**{place: text})
        if script is not None:
            verify_script(script)
            assert shape(script) == harmless, text


@pytest.fixture(scope="module")
def possible_names() -> list[str]:
    """Return the hostile names that the language has no objection to."""
    return [name for name in HOSTILE_NAMES if script_of(local=name) is not None]


@pytest.mark.parametrize("shift", [7, 11])
def test_hostile_names_stay_names(
    shift: int, possible_names: list[str], harmless: Counter[str]
) -> None:
    """A name of Python's or of the script's own is given another spelling.

    Each name stands in each place once, beside other such names.
    """
    count = len(possible_names)
    for first in range(count):
        chosen = [
            possible_names[(first + shift * i) % count] for i in range(len(NAMES))
        ]
        script = script_of(**dict(zip(NAMES, chosen, strict=True)))
        if script is not None:
            verify_script(script)
            assert shape(script) == harmless, chosen


@pytest.mark.parametrize("place", NAMES)
def test_hostile_name_stays_a_name(place: str, harmless: Counter[str]) -> None:
    """What is no name at all is refused; keywords and builtins are spelled anew."""
    for name in [*OTHER_NAMES, *MIXED_NAMES]:
        script = script_of(**{place: name})
        if script is not None:
            verify_script(script)
            assert shape(script) == harmless, name


def test_hostile_file_name_stays_a_comment(harmless: Counter[str]) -> None:
    """The name of the program's file, told in the header, is text as well."""
    for text in HOSTILE_TEXTS:
        script = loopc.compile_source(PROGRAM.format(**HARMLESS), text).script
        assert script is not None
        verify_script(script)
        assert shape(script) == harmless, text
