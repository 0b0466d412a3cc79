"""E101 to E103 and E114 to E126: statements, brackets and operators."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import DATA, MODEL, regression, with_step

POWER = "loss = mean_squared_error(y, net(x) ^ 2)"
HALVED = MODEL.replace("= x", "= half(x)")
BLOCK = MODEL.replace("dense(10)", "block()")
UPDATE = "update net to minimize loss using adam(0.01)"


def _model(old: str, new: str) -> str:
    """The regression program with one piece of its model in another spelling."""
    return regression(model=MODEL.replace(old, new))


ENTRIES = (
    catalog_entry(
        "E101",
        "unexpected-token",
        "something else was expected here",
        "The text up to this place is the beginning of a statement, and what follows"
        " does not continue it. The title says what would. The statement is left out,"
        " and reading goes on with the next one.",
        regression(length="10 epochs"),
        regression(),
    ),
    catalog_entry(
        "E102",
        "unclosed-bracket",
        "a bracket is never closed",
        "`(`, `[` and `{` need their `)`, `]` and `}`. A line goes on while `(` or `[`"
        " is open, so the place that is shown first is where the bracket must have"
        " been meant to close: the next statement, a `}`, or the end of the text.",
        with_step("net(x))", "net(x)"),
        regression(),
    ),
    catalog_entry(
        "E103",
        "unmatched-bracket",
        "a bracket closes nothing, or something else",
        "A closing bracket stands where no bracket is open, or where another kind is.",
        with_step("net(x))", "net(x)]"),
        regression(),
    ),
    catalog_entry(
        "E114",
        "foreign-operator",
        "there is no such operator",
        "The operators are `+ - * / // ^ @`, the comparisons, `and or not` and `|>`."
        " A remainder is `mod(a, b)`: `%` makes percentages, as in `10%`. Assignments"
        " like `+=` would hide that a name is bound anew.",
        regression(f"{POWER}\n{UPDATE}\nreport loss".replace("^", "**")),
        regression(f"{POWER}\n{UPDATE}\nreport loss"),
    ),
    catalog_entry(
        "E115",
        "equals-mixed-up",
        "`=`, `==` and `:` are mixed up",
        "`=` binds a name, `==` compares two values, `:` fills a slot of a call or"
        " gives a type.",
        with_step("adam(0.01)", "adam(0.01, beta_1 = 0.8)"),
        with_step("adam(0.01)", "adam(0.01, beta_1: 0.8)"),
    ),
    catalog_entry(
        "E116",
        "semicolon",
        "a line end, not `;`, ends a statement",
        "One statement stands on one line, so that programs compare line by line.",
        with_step("\nreport loss", "; report loss"),
        regression(),
    ),
    catalog_entry(
        "E117",
        "python-statement",
        "this statement is known from Python, not from here",
        "A `.loop` file declares what is trained; it has no Python. Functions are `fn`,"
        " networks `model`, counted loops `repeat`, choices `a if condition else b`.",
        regression(before="def half(x):", model=HALVED),
        regression(before="fn half(x) = x / 2", model=HALVED),
    ),
    catalog_entry(
        "E118",
        "missing-batch",
        "a stream needs its batch size",
        "How many examples make one step changes what is learned, so it is never"
        " assumed: `batch 128`, or `batch all` for the whole split at once.",
        regression(stream="(x, y) from points.train"),
        regression(stream="(x, y) from points.train batch all"),
    ),
    catalog_entry(
        "E119",
        "missing-infix-word",
        "`to` or `using` is missing",
        "An update says what is trained, towards what and by which rule, in this order:"
        " `update net to minimize loss using adam(1e-3)`.",
        with_step(" using adam(0.01)", ""),
        regression(),
    ),
    catalog_entry(
        "E120",
        "chained-comparison",
        "comparisons do not chain",
        "`a < b < c` reads like `a < b and b < c`, and in other languages compares a"
        " truth value with `c`. Write what is meant.",
        with_step("net(x))", "where(0 < x < 1, net(x), y))"),
        regression(),
    ),
    catalog_entry(
        "E121",
        "pipeline-target",
        "only a name, a call or a group may follow `|>`",
        "`x |> f(a)` applies a layer or a function to `x`. It binds looser than"
        " arithmetic, so what goes on after a pipeline needs parentheses around it.",
        _model("x |> dense(10)", "x |> dense(10) * 2"),
        _model("x |> dense(10)", "(x |> dense(10)) * 2"),
    ),
    catalog_entry(
        "E122",
        "misplaced-statement",
        "this statement does not stand here",
        "Declarations stand at the top of a file; `step`, `eval`, `checkpoint` and the"
        " like directly in `train { }`; updates and reports in a step.",
        regression(before=UPDATE),
        regression(),
    ),
    catalog_entry(
        "E123",
        "brace-on-new-line",
        "`{` stands on a line of its own",
        "A statement ends with its line, so the `{` of a block stands in the line of"
        " its header.",
        regression(data=DATA.replace(" {", "\n{")),
        regression(),
    ),
    catalog_entry(
        "E124",
        "layer-without-two-lists",
        "a layer has two parameter lists",
        "The first list holds what is fixed when a layer is made, the second the"
        " tensors it is applied to: `layer block(units: int)(x) = ...`.",
        regression(before="layer block(x) = x |> dense(10)", model=BLOCK),
        regression(before="layer block()(x) = x |> dense(10)", model=BLOCK),
    ),
    catalog_entry(
        "E125",
        "repeated-modifier",
        "`drop`, `contiguous` or `parts` is given twice",
        "What stands after the batch size of a stream is given once each.",
        regression(stream="(x, y) from points.train batch 32 drop drop"),
        regression(stream="(x, y) from points.train batch 32 drop"),
    ),
    catalog_entry(
        "E126",
        "missing-amount",
        "an amount is missing before `{`",
        "`for`, `every`, `repeat` and the like say how long or how often.",
        regression(length="for"),
        regression(),
    ),
)
