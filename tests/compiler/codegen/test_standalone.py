"""`--standalone`: which definitions move, in what order, under which names."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from loopc.codegen.formatting import format_python
from loopc.codegen.standalone import standalone
from loopc.diagnostics.model import CompilerBug

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "tests" / "functional" / "scripts" / "points.py"


def script_of(*names: str, imports: str = "", body: str = "X = 1") -> str:
    """Return a small script that imports `names` from the runtime."""
    listed = f"from loopc_runtime import {', '.join(names)}"
    return f'"""A script."""\n\nimport keras\n{imports}\n{listed}\n\n{body}\n'


def public_names() -> list[str]:
    """Return every name that scripts can import."""
    lists = (ROOT / "runtime" / "loopc_runtime" / "names").glob("*.py")
    imports = [
        statement
        for path in lists
        for statement in ast.parse(path.read_text()).body
        if isinstance(statement, ast.ImportFrom)
    ]
    return sorted(alias.name for statement in imports for alias in statement.names)


def defined(text: str) -> set[str]:
    """Return the names of top-level functions and classes."""
    nodes = ast.parse(text).body
    return {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}


def ruff(text: str, *rules: str) -> str:
    """Return what ruff has to say about a text."""
    command = ["ruff", "check", "--isolated", "--target-version", "py311", "--quiet"]
    chosen = ["--select", ",".join(rules), "--output-format", "concise", "-"]
    found = subprocess.run(
        [sys.executable, "-m", *command, *chosen],
        input=text,
        capture_output=True,
        text=True,
    )
    return found.stdout + found.stderr


def test_whole_runtime_is_inlinable() -> None:
    """Every name that scripts can import moves, and no name or import is left over."""
    text = standalone(script_of(*public_names(), body="print(keras)"))
    assert "loopc_runtime import" not in text
    assert ruff(text, "E4", "E7", "E9", "F", "I") == ""


def test_layout_is_blacks() -> None:
    """The pieces are joined as black joins them, renamed ones laid out anew."""
    text = standalone(script_of(*public_names(), body="json = 1\nRunError = json"))
    assert format_python(text) == text


def test_definitions_stand_before_their_use() -> None:
    """What Python evaluates while importing is defined above: classes and constants."""
    text = standalone(SCRIPT.read_text())
    tree, known = ast.parse(text), defined(text)
    seen: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            above = [*node.decorator_list, *getattr(node, "bases", [])]
            own = {n.id for d in above for n in ast.walk(d) if isinstance(n, ast.Name)}
            assert own & known <= seen
            seen.add(node.name)


def test_only_what_is_reached_moves() -> None:
    """A transform brings its helpers, and nothing of the loop or the data."""
    names = defined(standalone(script_of("clip")))
    assert "clip" in names
    assert not names & {"Run", "Chunk", "Splits", "adam", "RunError"}


def test_same_script_same_bytes() -> None:
    """Nothing depends on the order of a set or on the interpreter's hash seed."""
    code = "import sys; from loopc.codegen.standalone import standalone; "
    code += "sys.stdout.write(standalone(sys.stdin.read()))"
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=script_of("Optimizer", "adam", "Run"),
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


def test_inlining_imports_neither_runtime_nor_tensorflow() -> None:
    """The runtime is read as text."""
    code = (
        "import sys; from loopc.codegen.standalone import standalone; "
        f"standalone({script_of('clip')!r}); "
        "print([m for m in sys.modules if m.startswith(('loopc_run', 'tensorf'))])"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_names_of_the_script_are_kept() -> None:
    """Where script and runtime use one name, the runtime's changes, in all its uses."""
    body = "json = 1\n\n\ndef RunError():\n    return json\n"
    text = standalone(script_of("Run", body=body))
    assert {"RunError", "RunError_"} <= defined(text)
    assert "import json as json_" in text
    assert "json.dumps" not in text
    assert "class DataError(RunError):" not in text
    assert text.endswith("json = 1\n\n\ndef RunError():\n    return json\n")
    assert ruff(text, "F", "I") == ""


def test_comments_of_the_runtime_stay() -> None:
    """Definitions move as they were written, so that they can be read."""
    text = standalone(script_of("Run"))
    assert "# Narrow floats such as bfloat16 are not of NumPy's own kinds." in text


def test_version_of_the_runtime_is_told() -> None:
    """The reader sees where the plumbing is from."""
    assert "# What this script uses of loopc's runtime (loopc " in standalone(
        script_of("clip")
    )


def test_unknown_runtime_name_is_a_bug() -> None:
    """A script that imports what is not there was printed wrong."""
    with pytest.raises(CompilerBug, match="no definition 'clop'"):
        standalone(script_of("clop"))
