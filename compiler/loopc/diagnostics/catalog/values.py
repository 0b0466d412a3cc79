"""E3xx: values, types and units."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import (
    DATA,
    MODEL,
    STEP,
    classification,
    regression,
)

UPDATE = "update net to minimize loss using adam(0.01)"
EVERY_EPOCH = """eval valid (image) from digits.valid batch all every 1 epoch {
  report confidence = mean(max(softmax(net(image))))
}
"""

ENTRIES = (
    catalog_entry(
        "E301",
        "not-static",
        "a number must be known before the run",
        "Widths, shapes, options and the conditions of `if` are fixed before anything"
        " runs; a value that is computed in the step is not.",
        regression(
            "z = sum(x, axis: mean(y))\n" + STEP.replace("net(x))", "net(x)) + z")
        ),
        regression("z = sum(x, axis: 0)\n" + STEP.replace("net(x))", "net(x)) + z")),
    ),
    catalog_entry(
        "E302",
        "wrong-type",
        "a value is not of the type that stands here",
        "What is written has another type than its place. An int stands for a float,"
        " never the other way round.",
        regression(before="param units: int = 2.5\n"),
        regression(
            before="param units: int = 25\n",
            model=MODEL.replace("dense(10)", "dense(units) |> dense(10)"),
        ),
    ),
    catalog_entry(
        "E303",
        "out-of-range",
        "a number is out of its range",
        "Params, options and counts have ranges; this number lies outside.",
        regression(model=MODEL.replace("|> dense", "|> dropout(1.5) |> dense")),
        regression(model=MODEL.replace("|> dense", "|> dropout(0.5) |> dense")),
    ),
    catalog_entry(
        "E304",
        "wrong-unit",
        "a duration is in another unit",
        "Durations have units. A run is counted in steps, epochs or time, an interval"
        " in steps or epochs.",
        regression(after="checkpoint every 10 minutes"),
        regression(after="checkpoint every 500 steps"),
    ),
    catalog_entry(
        "E305",
        "arithmetic",
        "a value that is computed now has no result",
        "Consts and options are computed while the program is checked, in float64."
        " This one divides by zero, overflows, or is not defined.",
        regression(before="const rate = 1 / 0\n"),
        regression(before="const rate = 1 / 100\n", step=STEP.replace("0.01", "rate")),
    ),
    catalog_entry(
        "E307",
        "no-step-size",
        "a chain never scales by a step size",
        "A chain that updates something ends in an optimizer, or has a step size of"
        " its own. Without one the raw gradient would be added to the weights.",
        regression(STEP.replace("adam(0.01)", "clip_by_global_norm(1.0)")),
        regression(STEP.replace("adam", "clip_by_global_norm(1.0) |> adam")),
    ),
    catalog_entry(
        "E308",
        "needs-direction",
        "it is not known whether more of a metric is better",
        "Accuracies are better the higher, losses the lower. For other values say which"
        " it is: `keep 1 best max valid.confidence`.",
        classification(after=EVERY_EPOCH + "keep 1 best valid.confidence"),
        classification(after=EVERY_EPOCH + "keep 1 best max valid.confidence"),
    ),
    catalog_entry(
        "E309",
        "dtype-mismatch",
        "a value has another dtype than its place",
        "Standardized columns are floats, and so is the field that holds them.",
        regression(
            data=DATA.replace(
                "y: f32[10]", 'y: i32 = standardize(column("y"), over: train)'
            )
        ),
        regression(
            data=DATA.replace(
                "x: f32[13]", 'x: f32[13] = standardize(column("x"), over: train)'
            )
        ),
    ),
    catalog_entry(
        "E310",
        "list-as-tensor",
        "a list stands among tensors",
        "A list of numbers that takes part in tensor arithmetic is declared as a"
        " `const`, so that it is made once and has a name in the script.",
        regression(
            "z = sum(y * [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0])\n" + STEP
        ),
        regression(
            STEP.replace("net(x))", "weights * net(x))"),
            before="const weights = linspace(1, 10, 10)\n",
        ),
    ),
    catalog_entry(
        "E311",
        "carve-amount",
        "splits take more than there is",
        "Percentages refer to the split as it was read, so the parts of one split add"
        " up to less than 100%, or `rest of` takes what is left.",
        classification()
        .replace("10% of", "60% of")
        .replace("  field image", "  test = 50% of train\n  field image"),
        classification(),
    ),
    catalog_entry(
        "E312",
        "not-a-transform",
        "what stands here is not a gradient transform",
        "After `using` stands a chain of gradient transforms joined by `|>`.",
        regression(STEP.replace("adam(0.01)", "0.01")),
        regression(),
    ),
    catalog_entry(
        "E313",
        "too-much-to-unroll",
        "there is too much to unroll",
        "`repeat` in a model is written out, and every pass is checked, so the number"
        " of statements to check is bounded at 100,000.",
        regression(
            model=(
                "model net(x: f32[13]) -> f32[10] {\n  h = x\n  repeat 200_000 {\n"
                "    h = h + x\n  }\n  return h |> dense(10)\n}\n"
            )
        ),
        regression(
            model=(
                "model net(x: f32[13]) -> f32[10] {\n  h = x\n  repeat 2 {\n"
                "    h = h + x\n  }\n  return h |> dense(10)\n}\n"
            )
        ),
    ),
    catalog_entry(
        "E314",
        "misplaced",
        "an expression does not stand here",
        "Percentages, `rest`, `->` and `..` belong to durations, schedules, splits and"
        " ranges, and mean nothing elsewhere.",
        regression(STEP.replace("net(x))", "net(x)) * 50%")),
        regression(STEP.replace("net(x))", "net(x)) * 0.5")),
    ),
    catalog_entry(
        "E315",
        "statement-not-in-body",
        "a statement does not stand in this body",
        "`update` and `report` belong to a `step`, `report` to an `eval` too, `return`"
        " to models, layers and functions.",
        classification(
            after="eval valid (image, label) from digits.valid batch all at end {\n"
            "  loss = cross_entropy(label, net(image))\n"
            "  update net to minimize loss using adam(1e-3)\n  report loss\n}"
        ),
        classification(
            after="eval valid (image, label) from digits.valid batch all at end {\n"
            "  report loss = cross_entropy(label, net(image))\n}"
        ),
    ),
    catalog_entry(
        "E316",
        "missing-return",
        "a body does not end in `return`",
        "The body in braces of a model, layer, fn or loss ends in one `return`.",
        regression(
            model="model net(x: f32[13]) -> f32[10] {\n  h = x |> dense(10)\n}\n"
        ),
        regression(
            model="model net(x: f32[13]) -> f32[10] {\n  return x |> dense(10)\n}\n"
        ),
    ),
    catalog_entry(
        "E317",
        "emptied-split",
        "a split has nothing left",
        "`rest of` takes everything that other splits left, so the parent is empty.",
        classification().replace(
            "  field image", "  small = rest of train\n  field image"
        ),
        classification()
        .replace("  field image", "  small = rest of train\n  field image")
        .replace("digits.train", "digits.small"),
    ),
    catalog_entry(
        "E318",
        "once-only",
        "a part of a loop stands twice",
        "A loop has one `step`, one `checkpoint`, and each setting once.",
        regression(after="seed = 7\nseed = 8"),
        regression(after="seed = 7"),
    ),
    catalog_entry(
        "E319",
        "missing-part",
        "something that is needed is not there",
        "A program has a loop, a loop a step, a step an update, a data block a source"
        " and a field, and `export best` something that keeps the best. A file without"
        " a loop can be imported: `check` takes it as it is, all else needs the loop.",
        regression(STEP.replace(UPDATE + "\n", "")),
        regression(),
    ),
    catalog_entry(
        "E320",
        "missing-name",
        "a reported value has no name",
        "What is reported appears under a name. A bare name is its own; an expression"
        " gets one by `=`.",
        regression(STEP.replace("report loss", "report mean(loss)")),
        regression(STEP.replace("report loss", "report loss = mean(loss)")),
    ),
    catalog_entry(
        "E321",
        "outside-path",
        "a file lies outside the folder of the run",
        "Exports are written below the folder of the run.",
        regression(after='export net to "../net.keras"'),
        regression(after='export net to "net.keras"'),
    ),
)
