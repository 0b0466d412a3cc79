"""E322, E323, E422 to E426: streams, their modifiers, and coupled batches."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import STEP, regression

DRAW = "draw (a = x, b = y) from points.train batch 16"
DRAWN = STEP + "\nreport other = mean_squared_error(b, net(a))"
ONE = "draw (a = x) from points.train batch 16"
DRAWING = STEP + ", other = other()"
PARTS = "(x, y) from points.train batch 32 parts 4"
DEVICES = "devices = all"
HEADLESS = (
    "loss = sum(net(normal([13], batch: 32)) ^ 2)\n"
    "update net to minimize loss using adam(0.01)\nreport loss"
)
AFTER = STEP.split("\n", 1)[1]
NORMAL = "model net(x: f32[13]) -> f32[10] = x |> batch_norm |> dense(10)\n"
ACCUMULATED = STEP.replace("adam(0.01)", "accumulate(adam(0.01), 4)")

ENTRIES = (
    catalog_entry(
        "E322",
        "stream-modifier",
        "a modifier of a stream has no meaning in its place",
        "`drop` leaves out the short last batch of an epoch, `contiguous` lays the rows"
        " out in lanes, `parts` computes an update in pieces. A draw goes on into its"
        " next epoch, so none of its batches is short; only a step has updates to take"
        " in parts; `batch all` has one batch.",
        regression(f"{DRAW} drop\n{DRAWN}"),
        regression(f"{DRAW}\n{DRAWN}"),
    ),
    catalog_entry(
        "E323",
        "unread-record",
        "a record is bound and none of its fields is read",
        "`from data.split` with one name binds the example as a record, whose fields"
        " are read as `t.image`. A stream that nobody reads from is a mistake.",
        regression(STEP, stream="(x, y) from points.train batch 32").replace(
            "    loss", "    draw t from points.train batch 16\n    loss"
        ),
        regression(
            "loss = mean_squared_error(t.y, net(t.x))\n" + STEP.split("\n", 1)[1],
            stream="t from points.train batch 32",
        ),
    ),
    catalog_entry(
        "E422",
        "draw-misplaced",
        "a draw stands outside a step or an eval",
        "What is drawn depends on the step, or on the place in the pass of an eval. So"
        " draws stand in a step or an eval: at its top, in a `repeat` or in an `every`"
        " block. Functions and models take values.",
        regression(DRAWING, before=f"fn other() {{\n  {ONE}\n  return mean(a)\n}}\n"),
        regression(f"{ONE}\n" + DRAWING.replace("other()", "mean(a)")),
    ),
    catalog_entry(
        "E423",
        "parts-step",
        "a step with `parts` does what cannot be done piece by piece",
        "`batch 256 parts 4` computes the gradient of each update in four pieces, one"
        " after the other, and applies it once. What an update needs is computed for"
        " each piece again, so the step holds no draws, no `every`, no updates in a"
        " `repeat`, and no value of weights that an update changes before it is used.",
        regression(
            STEP.replace("update", "old = net(x)\nupdate").replace(
                "report loss", "report loss, moved = mean((net(x) - old) ^ 2)"
            ),
            stream=PARTS,
        ),
        regression(
            STEP.replace("report loss", "report loss, after = mean(net(x) ^ 2)"),
            stream=PARTS,
        ),
    ),
    catalog_entry(
        "E424",
        "parts-objective",
        "an objective cannot be added up from the parts of a batch",
        "A sum of means is the average of what it is on the parts, and so is its"
        " gradient. A product or a function of means is not, nor are means with"
        " different weights, or with weights that a trained model computes.",
        regression(
            "loss = log(mean(mean_squared_error(y, net(x))))\n" + AFTER, stream=PARTS
        ),
        regression(
            "loss = mean(log(mean_squared_error(y, net(x))))\n" + AFTER, stream=PARTS
        ),
    ),
    catalog_entry(
        "E425",
        "coupled-batch",
        "examples depend on their batch where that is taken apart",
        "Batch normalization, averages that meet examples again and `whole_batch` see"
        " the whole batch. In parts they would see a part of it, and the result would"
        " be another.",
        regression(model=NORMAL, stream=PARTS),
        regression(model=NORMAL.replace("batch", "layer"), stream=PARTS),
    ),
    catalog_entry(
        "E448",
        "devices-in-graphs",
        "XLA is asked for on several devices",
        "A program that XLA compiles runs on one device. Steps on several are a graph,"
        " in which each device computes a part of the batch.",
        regression(after="devices = all\nexecution = xla"),
        regression(after="devices = all\nexecution = graph"),
    ),
    catalog_entry(
        "E449",
        "devices-without-batch",
        "`devices` has no batch to divide",
        "`devices` divides the batch of the step's header. A step without a header has"
        " none; what it draws belongs to the whole step.",
        regression(HEADLESS, data="", stream="", length="for 100 steps", after=DEVICES),
        regression(after=DEVICES),
    ),
    catalog_entry(
        "W615",
        "coupled-steps",
        "accumulated gradients are of examples tied to their batch",
        "Gradients of several steps add up to that of one large batch where examples"
        " count one by one. Batch normalization and `whole_batch` see the batch of one"
        " step, so the sum is another than that of the large batch.",
        regression(ACCUMULATED, model=NORMAL),
        regression(ACCUMULATED, model=NORMAL.replace("batch", "layer")),
    ),
)
