"""The whitelist of scripts: what templates print passes, what an injection adds not."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loopc.codegen.verify import verify_script, verify_standalone
from loopc.diagnostics.model import CompilerBug
from loopc.vocabulary import entries
from loopc.vocabulary.entry import AnyEntry, FunctionEntry, LossEntry

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = (ROOT / "tests" / "functional" / "scripts" / "points.py").read_text()

STATEMENTS = {
    "import os": "the import of os",
    "import os as tf": "the import of os",
    "import tensorflow": "the import of tensorflow",
    "from os import system": "the import of system",
    "from pathlib import PosixPath": "the import of PosixPath",
    "from pathlib import Path as min": "the import of Path",
    "from loopc_runtime import *": r"the import of \*",
    "from loopc_runtime import __dict__": "the import of __dict__",
    "from .loopc_runtime import Run": "the import of Run",
    "from loopc_runtime.run import Run": "the import of Run",
    "def f():\n    import keras": "an import inside a function",
    "exec('1')": "the name exec",
    "eval('1')": "the name eval",
    "open('/etc/passwd')": "the name open",
    "compile('1', '', 'exec')": "the name compile",
    "getattr(tf, 'io')": "the name getattr",
    "globals()": "the name globals",
    "__import__('os')": "the name __import__",
    "setattr(tf, 'io', 1)": "the name setattr",
    "vars(tf)": "the name vars",
    "breakpoint()": "the name breakpoint",
    "input()": "the name input",
    "x = __builtins__": "the name __builtins__",
    "x = exec": "the name exec",
    "x = tf.__class__": "the attribute __class__",
    "x = tf._api": "the attribute _api",
    "x = main.func_globals": "the attribute func_globals",
    "'{0}'.format(tf)": "the method format",
    "tf.io.read_file('/etc/passwd')": "tf.io.read_file is not called",
    "tf.py_function(main, [], tf.float32)": "tf.py_function is not called",
    "tf.numpy_function(main, [], tf.float32)": "tf.numpy_function is not called",
    "tf.compat.v1.Session()": "tf.compat.v1.Session is not called",
    "tf.saved_model.load('x')": "tf.saved_model.load is not called",
    "tf.load_op_library('x.so')": "tf.load_op_library is not called",
    "keras.models.load_model('x')": "keras.models.load_model is not called",
    "keras.utils.get_file('x', 'http://y')": "keras.utils.get_file is not called",
    "keras.layers.Lambda(main)": "keras.layers.Lambda is not called",
    "keras.layers.TFSMLayer('x')": "keras.layers.TFSMLayer is not called",
    "keras.config.enable_unsafe_deserialization()": "is not called",
    "argparse.FileType('w')": "argparse.FileType is not called",
    "Path('x').write_text('y')": "the method write_text",
    "Path('x').unlink()": "the method unlink",
    "[main][0]()": "a call of Subscript",
    "(main if True else main)()": "a call of IfExp",
    "main(**{})": "unpacked keywords",
    "main(*[])": "Starred",
    "x = lambda: 1": "Lambda",
    "x = [i for i in range(3)]": "ListComp",
    "x = (i for i in range(3))": "GeneratorExp",
    "try:\n    main()\nfinally:\n    pass": "Try",
    "while True:\n    pass": "While",
    "del tf": "Delete",
    "assert tf": "Assert",
    "x = (y := 1)": "NamedExpr",
    "def f():\n    global tf\n    tf = 1": "Global",
    "async def f():\n    pass": "AsyncFunctionDef",
    "x = b'bytes'": "a constant of bytes",
    "x = 1j": "a constant of complex",
    "x = f'{tf.float32}'": "formatting of more than a name",
    "x = f'{tf!r}'": "formatting of more than a name",
    "x = f'{tf:>10}'": "formatting of more than a name",
    "__name__ = '__main__'": "the name __name__",
    "__all__ = []": "the name __all__",
    "min = main": "the name min hides a builtin",
    "def len():\n    pass": "the name len hides a builtin",
    "class C(Run):\n    pass": "the class C",
    "class C(metaclass=Run):\n    pass": "the class C",
    "class C:\n    def f(self):\n        pass": "the class C",
    "x = 'caf\N{LATIN SMALL LETTER E WITH ACUTE}'": "beyond ASCII",
    "x = (": "is not Python",
    "x = 1\x00": "is not Python",
    "x = " + "(" * 300 + ")" * 300: "is not Python",
    "x = " + "-" * 50_000 + "1": "is not Python",
}


def refusal(verify: Callable[[str], None], text: str) -> str:
    """Return why a script is refused; empty where it passes."""
    try:
        verify(text)
    except CompilerBug as bug:
        return str(bug)
    return ""


def test_ordinary_script_passes() -> None:
    """A script with all that a run can have consists of what is allowed."""
    assert refusal(verify_script, SCRIPT) == ""


@pytest.mark.parametrize(
    "text",
    [
        "x = min(1, 2) + max(3, abs(-4)) * round(2.5) ** 2",
        "def f(x, *, name):\n    return f'{name}_dense_{x}'",
        "x = keras.layers.Dense(10, name='a')(1)[:, None] @ tf.constant(2)",
        "x = tf.nn.relu(1) if 1 < 2 and not 3 > 4 else tf.math.log(2)",
        "for i, (a, b) in enumerate(zip([1], [2], strict=True)):\n    pass",
        "x = 'exec(open(\"x\").read())  # __import__'",
        "# import os; exec('1')",
    ],
)
def test_what_templates_print_passes(text: str) -> None:
    """Arithmetic, layers, loops, names of parts, and texts that look like code pass."""
    script = f"import keras\nimport tensorflow as tf\n{text}\n"
    assert refusal(verify_script, script) == ""


@pytest.mark.parametrize(("text", "fault"), STATEMENTS.items())
def test_injected_statement_is_a_bug(text: str, fault: str) -> None:
    """Whatever reaches beyond the whitelist is refused, at whatever depth it stands."""
    with pytest.raises(CompilerBug, match=fault):
        verify_script(f"{SCRIPT}\n{text}\n")


def test_place_is_told() -> None:
    """The message names the line."""
    with pytest.raises(CompilerBug, match="the script, line 3: the import of os"):
        verify_script("import keras\n\nimport os\n")


@pytest.mark.parametrize("module", ["loopc", "loopc_runtime.run", "requests", "rich"])
def test_standalone_imports_its_libraries_only(module: str) -> None:
    """Nothing of loopc, and nothing else that would have to be installed."""
    with pytest.raises(CompilerBug, match=f"line 2: imports {module}"):
        verify_standalone(f"import numpy\nfrom {module} import x\n")


def test_standalone_may_use_rich_where_it_is() -> None:
    """The live display is imported by the function that shows it."""
    script = "import os\n\n\ndef show():\n    from rich import print\n"
    assert refusal(verify_standalone, script) == ""


def python_forms(entry: AnyEntry) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the Python that an entry becomes, and the runtime names in it."""
    if isinstance(entry, FunctionEntry):
        yield from ((f, entry.imports) for f in (entry.step, entry.model) if f)
    elif isinstance(entry, LossEntry):
        yield from ((v.python, v.imports) for v in entry.variants)
    else:
        name = entry.python
        yield f"{name}()", () if "." in name else (name,)


def test_whole_vocabulary_is_whitelisted() -> None:
    """Whatever a program can name, the script may call."""
    forms = [form for _, entry in entries() for form in python_forms(entry)]
    assert len(forms) > 300
    for form, imports in forms:
        form = form.replace("{after_batch}", ", 1")  # more entries of a list
        form = form.replace("{each}", "")  # an argument more, where there are examples
        value = re.sub(r"\{[^{}]*\}", "x", form.replace("{after_batch}", ""))
        names = [f"from loopc_runtime import {name}" for name in imports]
        modules = ["import keras", "import math", "import tensorflow as tf"]
        verify_script("\n".join([*modules, *names, "x = 1", f"x = {value}"]))
