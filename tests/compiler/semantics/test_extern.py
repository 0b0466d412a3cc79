"""`extern fn`: what may be named, where it may be called, and what becomes of it."""

import ast
from pathlib import Path

import pytest

import loopc
from loopc.codegen.verify import verify_script, verify_standalone
from loopc.diagnostics.example_programs import STEP, regression
from loopc.diagnostics.model import CompilerBug

WARP = 'extern fn warp(y: f32[10]) -> f32[10] = "geometry.images:elastic"\n'
USED = STEP.replace("net(x)", "warp(net(x))")


def codes(text: str, *, allow_extern: bool = True) -> list[str]:
    found = loopc.check_source(text, allow_extern=allow_extern).diagnostics
    return [diagnostic.code for diagnostic in found]


def imported(script: str | None) -> set[tuple[str | None, str]]:
    """Every module and name that a script imports by `from`."""
    assert script is not None
    nodes = [n for n in ast.walk(ast.parse(script)) if isinstance(n, ast.ImportFrom)]
    return {(node.module, alias.name) for node in nodes for alias in node.names}


def test_the_script_imports_what_was_declared_and_calls_it() -> None:
    """Exactly the declared pair, also where the runtime is inlined."""
    for standalone in (False, True):
        script = loopc.compile_source(
            regression(USED, before=WARP), standalone=standalone
        ).script
        assert ("geometry.images", "elastic") in imported(script)
        assert script is not None
        assert "elastic(y)" in script


def test_what_is_not_called_is_not_imported() -> None:
    """A declaration alone runs nothing."""
    script = loopc.compile_source(regression(before=WARP)).script
    assert ("geometry.images", "elastic") not in imported(script)


def test_a_name_that_is_taken_is_imported_as_another() -> None:
    """Names of Python, of the script and of the runtime keep their meaning."""
    for name in ("list", "config", "Mean", "adam", "tf"):
        text = regression(USED, before=WARP.replace(":elastic", f":{name}"))
        script = loopc.compile_source(text).script
        assert script is not None
        assert f"import {name} as {name}_" in script


@pytest.mark.parametrize(
    "target",
    [
        "geometry",
        ":warp",
        "geometry:",
        "geometry:warp:more",
        ".geometry:warp",
        "geometry..images:warp",
        "geometry:warp.inner",
        "geometry:warp; import os",
        "geometry import x\\nimport os:warp",
        "geometry:*",
        "geometry:w\u0430rp",
        "geometry:warp ",
        "geometry:__class__",
        "__main__:warp",
        "geometry:class",
        "class.images:warp",
        "loopc_runtime.errors:RunError",
        "a" * 65 + ":warp",
        ".".join("a" * 17) + ":warp",
    ],
)
def test_nothing_but_identifiers_is_named(target: str) -> None:
    """No text of a program becomes code by way of an extern."""
    text = WARP.replace("geometry.images:elastic", target)
    assert codes(regression(USED, before=text)) == ["E332"]


def test_no_extern_refuses_them_all() -> None:
    """One finding for each, and none for their calls."""
    text = regression(USED, before=WARP)
    assert codes(text, allow_extern=False) == ["E333"]
    assert codes(regression(), allow_extern=False) == []
    assert loopc.compile_source(text, allow_extern=False).script is None


@pytest.mark.parametrize(
    ("declaration", "call", "code"),
    [
        ("fn warp(y: f32[10])", "warp(y)", "E319"),
        ("fn warp() -> f32[10]", "warp()", "E319"),
        ("fn warp(y) -> f32[10]", "warp(y)", "E319"),
        ("fn warp(y: f32[9]) -> f32[10]", "warp(y)", "E402"),
        ("fn warp(y: f32[10]) -> f32[9]", "warp(y)", "E404"),
        ("fn warp(y: f32[10]) -> f32[10]", "warp(0.5)", "E302"),
        ("fn warp(y: f32[10], n: i32) -> f32[10]", "warp(y, 0.5)", "E302"),
        ("fn warp(y: f32[10]) -> f32[10]", "warp(y, y)", "E207"),
    ],
)
def test_signatures_are_held_against_calls(
    declaration: str, call: str, code: str
) -> None:
    """Types are declared in full, arguments fit, and results are what is declared."""
    before = f'extern {declaration} = "geometry:warp"\n'
    text = regression(STEP.replace("(y, net(x))", f"({call}, net(x))"), before=before)
    assert codes(text) == [code]


def test_models_and_fields_do_not_call_python() -> None:
    """Models are saved without the program, and fields are computed from columns."""
    model = "model net(x: f32[13]) -> f32[10] = x |> dense(10) |> warp\n"
    assert codes(regression(before=WARP, model=model)) == ["E582"]
    through = model.replace("warp\n", "bent\n") + "fn bent(y) = warp(y)\n"
    assert codes(regression(before=WARP, model=through)) == ["E582"]


def test_the_plan_lists_them() -> None:
    """Readers of a plan see what training will import."""
    from loopc.planning.describe import describe_plan

    plan = loopc.compile_source(regression(USED, before=WARP)).plan
    assert plan is not None
    line = "fn warp(y: f32[10]) -> f32[10] is geometry.images:elastic"
    assert line in describe_plan(plan)


def test_verification_takes_the_declared_pair_alone() -> None:
    """Another name of that module, or that name from elsewhere, is a bug."""
    result = loopc.compile_source(regression(USED, before=WARP))
    assert result.script is not None
    assert result.checked is not None
    externs = result.checked.externs
    verify_script(result.script, externs)
    line = "from geometry.images import elastic"
    for other in (
        "from geometry.images import plastic as elastic",
        "from geometry import elastic",
        "from .geometry.images import elastic",
        f"{line} as list",
        f"{line} as __doc__",
        f"{line}\nimport geometry",
    ):
        with pytest.raises(CompilerBug):
            verify_script(result.script.replace(line, other), externs)
    with pytest.raises(CompilerBug):
        verify_script(result.script)
    with pytest.raises(CompilerBug):
        verify_standalone("import geometry.shapes\n", externs)


def test_compiling_imports_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that would fail to import is never looked at."""
    (tmp_path / "geometry.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    text = regression(USED, before=WARP.replace("geometry.images", "geometry"))
    assert loopc.compile_source(text).ok
