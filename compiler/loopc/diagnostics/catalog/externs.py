"""E332 and E333: Python that a program names."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import STEP, regression

USED = STEP.replace("net(x)", "warp(net(x))")


def extern(target: str) -> str:
    """A program that calls `warp`, which Python defines as `target`."""
    declaration = f'extern fn warp(y: f32[10]) -> f32[10] = "{target}"\n'
    return regression(USED, before=declaration)


ENTRIES = (
    catalog_entry(
        "E332",
        "extern-target",
        "an `extern` does not name something of a Python module",
        "`extern` names a module and one thing in it, as Python's `from package.module"
        " import name` does. Both are plain identifiers: nothing else of a program can"
        " become code. Names that Python keeps for itself (`__init__`) are refused.",
        extern("geometry.warp"),
        extern("geometry:warp"),
    ),
    catalog_entry(
        "E333",
        "extern-refused",
        "an `extern` under `--no-extern`",
        "`--no-extern` compiles only programs that run nothing but TensorFlow and the"
        " runtime. Compiling itself never imports what `extern` names.",
        "",
        "",
    ),
)
