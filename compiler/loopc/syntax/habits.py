"""What statements of Python and of other tools are here, by their words."""

from typing import Final

PYTHON: Final = {
    "def": "a function is `fn name(x) = ...`, a network `model name(x: f32[8]) = ...`",
    "class": "a network is a `model`, a template for several a `layer`",
    "lambda": "declare a function: `fn name(x) = ...`",
    "while": "a training loop is `train for ... { }`, a counted one `repeat n { }`",
    "print": "numbers a run shows are given to `report`",
    "with": "there are no contexts: gradients are taken by `update`",
    "elif": "a choice is written `a if condition else b`",
    "try": "what a run does about a bad number is `on nonfinite ...`",
    "pass": "a block may be left empty",
    "raise": "a run is stopped by `stop when ...`",
    "assert": "shapes and ranges are declared; the compiler checks them",
    "for": "a loop over values is `repeat i in 0 .. 4 { }`",
    "if": "a choice is written `a if condition else b`, or `where(...)` for tensors",
    "let": "a name is bound by `name = value` alone",
    "var": "a name is bound by `name = value` alone",
}
# What statements of other tools are here, by their first word.
MEANT: Final = {
    "maximize": "write `update net to maximize gain using adam(1e-3)`",
    "minimize": "write `update net to minimize loss using adam(1e-3)`",
    "optimize": "write `update net to minimize loss using adam(1e-3)`",
    "save": 'write `export net to "net.keras"`, or `checkpoint every 500 steps`',
    "log": "write `report name = value`; how often, says `log = 50 steps`",
}
# The same by the kind of a statement and of the token that did not fit.
WRITTEN: Final = {
    ("PARAM", "NEWLINE"): "write it like `param peak: float = 1e-3 in 1e-5 .. 1e-1`",
    (
        "REPORT",
        "EVERY",
    ): "write `every 100 steps { report loss }`; `log = 50 steps` says"
    " how often the step is logged",
}
MEANT_HERE: Final = {
    "shuffle": "leave it out: examples are shuffled, but for `contiguous` and `all`",
    "//": "a comment begins with `#`",
}
