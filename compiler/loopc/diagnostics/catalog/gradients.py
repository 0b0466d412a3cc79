"""E42x, E583, E584 and W61x: gradients as values."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import MODEL, regression

UPDATE = "update net to minimize loss using adam(0.01)\nreport loss"
PENALTY = (
    "out = net(x)\nslope = VALUE\n"
    "loss = mean_squared_error(y, out) + norm(slope)\n" + UPDATE
)
AHEAD = (
    "loss = mean_squared_error(y, net(x))\n"
    "ahead = updated(net, minimize: loss, using: CHAIN)\n"
    "update net to minimize mean_squared_error(y, ahead(x)) using adam(0.01)\n"
    "report loss"
)
NORMALIZED = MODEL.replace("x |> dense(10)", "x |> LAYER |> dense(10)")
LEAVES_HEAD_OUT = (
    "out, spread = net(x)\nloss = mean_squared_error(y, out)\n"
    + UPDATE
    + ", spread = norm(spread)"
)

TWO_HEADS = """layer double()(x) = 2 * (x |> dense(10))
model net(x: f32[13]) -> (f32[10], f32[10]) {
  return x |> dense(10), x |> double()
}
"""

SLOPE, SHARP = "grad(sum(out), wrt: x)", "sam(adam(0.01))"
PLAIN = "loss = mean_squared_error(y, net(x))\n" + UPDATE
PRIVATE = "per_example_global_norm_clip(1.0) |> sgd(0.01)"

ENTRIES = (
    catalog_entry(
        "E420",
        "gradient-variable",
        "a gradient is of a float with respect to a named float",
        "`grad(value, wrt: x)` is the gradient of the sum of the value with respect to"
        " `x`, which has a name: a field, a draw, or a value that was computed.",
        regression(PENALTY.replace("VALUE", "grad(out, wrt: x * 2)")),
        regression(PENALTY.replace("VALUE", "grad(out, wrt: x)")),
    ),
    catalog_entry(
        "E421",
        "gradient-misses",
        "a value does not depend on the variable of its gradient",
        "The value has to be computed from that name, as it was bound last, by"
        " operations that have gradients.",
        regression(PENALTY.replace("VALUE", "grad(out, wrt: y)")),
        regression(PENALTY.replace("VALUE", "grad(out, wrt: x)")),
    ),
    catalog_entry(
        "W613",
        "gradient-through-batch",
        "an example's gradient passes through batch statistics",
        "Batch normalization makes each output depend on every example. The gradient of"
        " the sum is then no longer each example's own, and a penalty on it means"
        " something else.",
        regression(
            PENALTY.replace("VALUE", "grad(out, wrt: x)"),
            model=NORMALIZED.replace("LAYER", "batch_norm"),
        ),
        regression(
            PENALTY.replace("VALUE", "grad(out, wrt: x)"),
            model=NORMALIZED.replace("LAYER", "layer_norm"),
        ),
    ),
    catalog_entry(
        "W614",
        "zeros-in-update",
        "a part of what an update trains may have no gradient",
        "The objective does not depend on all of the weights in a template, or in a"
        " `repeat`, which have no path of their own. Their gradients are zeros where"
        " there are none: momentum runs out, and weight decay goes on.",
        regression(LEAVES_HEAD_OUT, model=TWO_HEADS),
        regression(
            LEAVES_HEAD_OUT.replace("(y, out)", "(y, out + spread)"), model=TWO_HEADS
        ),
    ),
    catalog_entry(
        "E445",
        "chain-with-state",
        "a model value is updated by a chain that keeps a state",
        "`updated` gives a new model and changes nothing, so momentum, moments and"
        " counters of its chain would be lost after every step. Nor can `only` choose"
        " weights: a model value holds tensors, which have no names.",
        regression(AHEAD.replace("CHAIN", "adam(0.01)")),
        regression(AHEAD.replace("CHAIN", "sgd(0.01)")),
    ),
    catalog_entry(
        "E446",
        "updated-misses-model",
        "an inner step's objective does not depend on its model",
        "The step is taken down the gradient of the objective with respect to the"
        " weights of that model value; another value of the same model is another one.",
        regression(AHEAD.replace("loss, using: CHAIN", "mean(y), using: sgd(0.01)")),
        regression(AHEAD.replace("CHAIN", "sgd(0.01)")),
    ),
    catalog_entry(
        "E583",
        "gradient-in-passes",
        "a `grad` in a step whose objective is computed again",
        "`sam`, `sophia`, line searches and others compute the objective a second time,"
        " at other weights: the statements it is made of become a function. A `grad` of"
        " the step itself has a tape that is opened before and read once. In a `fn` the"
        " tape is opened anew in each pass, and the derivatives go through it.",
        regression(PENALTY.replace("VALUE", SLOPE).replace("adam(0.01)", SHARP)),
        regression(
            PENALTY.replace("VALUE", "slope_of(net, x)")
            .replace("adam(0.01)", SHARP)
            .replace("out = net(x)\n", "")
            .replace("y, out", "y, net(x)"),
            before="fn slope_of(m: model, x) = grad(sum(m(x)), wrt: x)\n",
        ),
    ),
    catalog_entry(
        "E584",
        "examples-not-apart",
        "coupled examples, or draws, where each has its own gradient",
        "`dpsgd` and the clips of single examples take the gradient of each example."
        " Batch normalization, `whole_batch` and the like make one depend on the"
        " others, and a draw belongs to the batch: there is no gradient of one alone.",
        regression(
            PLAIN.replace("adam(0.01)", PRIVATE),
            model=NORMALIZED.replace("LAYER", "dropout(0.1)"),
        ),
        regression(PLAIN.replace("adam(0.01)", PRIVATE)),
    ),
)
