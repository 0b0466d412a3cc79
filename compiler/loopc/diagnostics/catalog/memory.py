"""E427 to E431, E450 to E452, W617 to W627: weights by name, derived models, states."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import MODEL, STEP, regression

READ = (
    "model net(x: f32[13]) -> f32[10] {\n"
    "  out = dense(10)\n  first = FIRST\n  return THEN + first\n}\n"
)
AVERAGE = "model average = ema(net, 0.99)\n"
WATCH = "report loss, far = mean((average(x) - y) ^ 2)"
WATCHING = STEP.replace("report loss", WATCH)
TEACHER = 'model teacher(x: f32[13]) -> f32[10] = frozen(load("t.keras"))\n'
TAUGHT = STEP.replace("y, net(x))", "y, net(x)) + mean((net(x) - teacher(x)) ^ 2)")
FROZEN = "model average = frozen(net)\n"
OUTER = "model outer(x: f32[13]) -> f32[10] = CALLED\n"
CALLING = STEP.replace("net(x)", "net(x) + outer(x)")
COUNT = "state count: f32 = 0\n"
CARRY = "state carried: f32[batch, 10] = zeros reset every 1 epoch\n"
CARRIED = STEP.replace("net(x)", "net(x, carried)") + "\nset carried = y"
CARRIER = "model net(x: f32[13], h: f32[10]) -> f32[10] = concat([x, h]) |> dense(10)\n"
LANES = "(x, y) from points.train batch 32 contiguous"
PASSES = (
    f"eval last {LANES} at end {{\n"
    "  report error = mean_squared_error(y, net(x, carried))\n}"
)

ENTRIES = (
    catalog_entry(
        "E427",
        "read-before-applied",
        "the weight of a layer is read before the layer is applied",
        "A layer has its weights from its first input on: their shapes follow from it.",
        regression(model=READ.replace("FIRST", "out.bias").replace("THEN", "out(x)")),
        regression(model=READ.replace("FIRST", "out(x)").replace("THEN", "out.bias")),
    ),
    catalog_entry(
        "E428",
        "no-such-derivation",
        "a model is derived from what it cannot follow",
        "`ema` and `snapshot` follow a model that updates train, and have its inputs"
        " and its result; `frozen` takes a file.",
        regression(
            WATCHING, model=MODEL + AVERAGE.replace("ema(net, 0.99)", "frozen(net)")
        ),
        regression(WATCHING, model=MODEL + AVERAGE),
    ),
    catalog_entry(
        "E429",
        "signature-needed",
        "a model from a file declares no inputs or no result",
        "The file is not opened while the program is checked. What the program declares"
        " is what calls are checked against, and what the file is compared with before"
        " the run.",
        regression(TAUGHT, model=MODEL + TEACHER.replace(" -> f32[10]", "")),
        regression(TAUGHT, model=MODEL + TEACHER),
    ),
    catalog_entry(
        "E430",
        "derived-updated",
        "an update names a derived model",
        "Averages and snapshots follow another model, and a model from a file stays"
        " what it is; none of them has a gradient.",
        regression(
            WATCHING.replace("update net", "update average"), model=MODEL + AVERAGE
        ),
        regression(WATCHING, model=MODEL + AVERAGE),
    ),
    catalog_entry(
        "E431",
        "derived-inside",
        "a derived model is called inside a model",
        "A model owns what it calls: updates train it, checkpoints and exports hold it."
        " A derived model belongs to no other.",
        regression(
            CALLING, model=MODEL + AVERAGE + OUTER.replace("CALLED", "average(x)")
        ),
        regression(WATCHING, model=MODEL + AVERAGE),
    ),
    catalog_entry(
        "E450",
        "set-of-no-state",
        "`set` writes what is no state",
        "`set` gives a declared `state` another value. A name of the step is bound with"
        " `=`.",
        regression("set count = 1\n" + STEP),
        regression("set count = count + 1\n" + STEP, before=COUNT),
    ),
    catalog_entry(
        "E451",
        "set-type",
        "a state is set to what it cannot hold",
        "A state keeps its axes and its dtype. It is not of any example, so what is set"
        " leaves the batch first; a single number fills all of its axes.",
        regression("set count = x\n" + STEP, before=COUNT),
        regression("set count = total(x[0])\n" + STEP, before=COUNT),
    ),
    catalog_entry(
        "E452",
        "no-lanes",
        "a state of lanes meets batches without lanes",
        "A state with the axis `batch` has one value for each lane: the places of a"
        " batch in a `contiguous` stream, where each goes on from step to step.",
        regression(CARRIED, before=CARRY, model=CARRIER),
        regression(CARRIED, before=CARRY, model=CARRIER, stream=LANES),
    ),
    catalog_entry(
        "W618",
        "state-never-set",
        "no step sets a state",
        "A state that is never set is a constant.",
        regression(STEP + ", count", before=COUNT),
        regression("set count = count + 1\n" + STEP + ", count", before=COUNT),
    ),
    catalog_entry(
        "W627",
        "lanes-not-carried",
        "an eval reads a state of lanes and never sets it",
        "An eval over a `contiguous` stream has lanes of its own, which begin anew with"
        " each pass. Where it does not set them, each batch finds the first value, and"
        " nothing is carried from one to the next.",
        regression(CARRIED, before=CARRY, model=CARRIER, stream=LANES, after=PASSES),
        regression(
            CARRIED,
            before=CARRY,
            model=CARRIER,
            stream=LANES,
            after=PASSES.replace("report", "set carried = y\n  report"),
        ),
    ),
    catalog_entry(
        "W617",
        "source-never-updated",
        "no update trains what a model follows",
        "An average or snapshot moves with the updates of its source. Without one it"
        " stays a copy of the first weights.",
        regression(
            WATCHING,
            model=MODEL
            + MODEL.replace("net", "other")
            + AVERAGE.replace("net", "other"),
        ),
        regression(WATCHING, model=MODEL + AVERAGE),
    ),
)
