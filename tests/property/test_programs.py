"""Any valid program compiles, to the same bytes each time, in black's own layout."""

import ast
import json

from hypothesis import given, settings
from tests.property.valid_programs import programs

import loopc
from loopc.codegen.formatting import format_python
from loopc.codegen.verify import verify_script
from loopc.planning.describe import describe_plan, plan_as_json


@settings(max_examples=60, deadline=None)
@given(programs())
def test_valid_program_compiles(text: str) -> None:
    """The script passes the whitelist; formatting it again changes nothing.

    Compiling again gives the same bytes; every name that the script reads is bound.
    """
    result = loopc.compile_source(text, "any.loop")
    assert result.script is not None, result.render()
    verify_script(result.script)
    assert format_python(result.script) == result.script
    assert loopc.compile_source(text, "any.loop").script == result.script
    compile(ast.parse(result.script), "any.py", "exec")


@settings(max_examples=30, deadline=None)
@given(programs())
def test_plan_is_json(text: str) -> None:
    """The plan survives JSON and can be told, with and without known rows."""
    plan = loopc.compile_source(text).plan
    assert plan is not None
    for rows in ({}, {"d.train": 100, "d.valid": 20}):
        told = plan_as_json(plan, rows)
        assert json.loads(json.dumps(told, allow_nan=False)) == told
        assert describe_plan(plan, rows).isascii()


@settings(max_examples=30, deadline=None)
@given(programs())
def test_imports_are_not_bound_again(text: str) -> None:
    """No name of the program hides a name that the script imports."""
    script = loopc.compile_source(text).script
    assert script is not None
    tree = ast.parse(script)
    imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    imported = {a.asname or a.name for n in imports for a in n.names}
    bound = {
        n.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    } | {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    assert imported & bound == set()
