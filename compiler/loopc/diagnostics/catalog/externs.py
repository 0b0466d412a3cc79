"""E332, E333, E340 to E342 and E582: Python that a program names."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import STEP, regression

USED = STEP.replace("net(x)", "warp(net(x))")


def extern(target: str) -> str:
    """A program that calls `warp`, which Python defines as `target`."""
    declaration = f'extern fn warp(y: f32[10]) -> f32[10] = "{target}"\n'
    return regression(USED, before=declaration)


def far(result: str) -> str:
    """A program that reports `far`, which Python computes."""
    head = "extern metric far(y: f32[10], output: f32[10])"
    step = STEP.replace("report loss", "report loss, far = far(y, net(x))")
    return regression(step, before=f'{head} -> {result} = "scores:Far"\n')


def slow(result: str) -> str:
    """A program that steps as Python says."""
    head = f'extern transform slow(rate: float){result} = "steps:slow"\n'
    return regression(STEP.replace("adam(0.01)", "slow(0.01)"), before=head)


def drawn(result: str) -> str:
    """A program whose rows Python makes."""
    head = f'extern data drawn(count: int){result} = "points:drawn"\n'
    return head + regression().replace('npz("points.npz")', "drawn(100)")


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
    catalog_entry(
        "E340",
        "extern-metric-result",
        "an `extern metric` does not give one number",
        "A metric is read once for each window and stands in the log as a number.",
        far("f32[10]"),
        far("f32"),
    ),
    catalog_entry(
        "E341",
        "extern-transform-result",
        "an `extern transform` does not say what it gives",
        "A chain has to scale by a step size, once. A transform of Python that does so"
        " gives `updates`; one that a step size follows gives `gradients`.",
        slow(""),
        slow(" -> updates"),
    ),
    catalog_entry(
        "E342",
        "extern-data-signature",
        "an `extern data` declares tensors",
        "Python gives columns by name; their types are those of the fields that read"
        " them, as with every other source.",
        drawn(" -> f32[13]"),
        drawn(""),
    ),
    catalog_entry(
        "E582",
        "extern-fn-misplaced",
        "a function of Python is called in a model or a field",
        "A model is a network of Keras layers: it is copied for averages and snapshots,"
        " and its file is loaded without running anyone's code. A function that is"
        " nothing but a name in Python has no place there. It is called in steps, evals"
        " and the functions they use; within a model the same lines are the `call` of a"
        " Keras layer, named by `extern layer`.",
        extern("geometry:warp").replace("x |> dense(10)", "warp(x |> dense(10))"),
        extern("geometry:warp"),
    ),
)
