"""E4xx: models, layers, tensors and the flow of gradients."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import (
    CLASSIFIER,
    DIGITS_STEP,
    MODEL,
    STEP,
    classification,
    regression,
)

UPDATE = "update net to minimize loss using adam(0.01)\nreport loss"
AREA = "auc(one_hot(label, 10), softmax(net(image)))"
TWO = MODEL + "model other(x: f32[13]) -> f32[10] = x |> dense(10)\n"
PAIR = (
    "model net(x: f32[13]) -> (f32[10], f32[10]) {\n"
    "  return x |> dense(10), x |> dense(10)\n}\n"
)
CARRY = (
    "z = y\nrepeat 2 {\n  z = VALUE\n}\nloss = mean_squared_error(y, net(x)) + sum(z)\n"
)
SHARED = (
    "model net(x: f32[13]) -> f32[10] {\n"
    "  head = dense(10)\n  return head(BEFORE) + head(x)\n}\n"
)
ENTRIES = (
    catalog_entry(
        "E401",
        "shape-mismatch",
        "the axes of two values do not meet",
        "Operators work inside examples, on the axes that the types show; axes meet"
        " where they are equal or one of them is 1. The batch is never one of them.",
        regression("loss = mean_squared_error(y, net(x)) + sum(x - y)\n" + UPDATE),
        regression("loss = mean_squared_error(y, net(x)) + sum(x) - sum(y)\n" + UPDATE),
    ),
    catalog_entry(
        "E402",
        "argument-type",
        "an argument is not of the declared type",
        "Models declare the axes and dtypes of their inputs, and calls keep to them.",
        regression(STEP.replace("net(x)", "net(y)")),
        regression(),
    ),
    catalog_entry(
        "E403",
        "result-type",
        "a body gives another type than it declares",
        "The declared result of a model, or the declared type of a field, is compared"
        " with what the body gives.",
        regression(model=MODEL.replace("dense(10)", "dense(12)")),
        regression(),
    ),
    catalog_entry(
        "E404",
        "loss-operands",
        "a loss does not fit its operands",
        "A loss chooses how to compute from the kinds of its operands: labels against"
        " logits or probabilities. These do not go together.",
        classification("loss = cross_entropy(net(image), label)\n" + UPDATE),
        classification("loss = cross_entropy(label, net(image))\n" + UPDATE),
    ),
    catalog_entry(
        "E405",
        "streams-mix",
        "examples of two streams meet",
        "Values of different streams have no common examples, even where their batches"
        " have the same size: average each first.",
        regression(
            "z = normal([10], batch: 32)\nloss = sum((net(x) - z) ^ 2)\n" + UPDATE
        ),
        regression(
            "z = normal([10])\nloss = sum((net(x) - y - 0.1 * z) ^ 2)\n" + UPDATE
        ),
    ),
    catalog_entry(
        "E406",
        "plain-input",
        "a model is called on a plain value",
        "Models run on examples. A plain value, such as a const, has no batch.",
        regression(
            "loss = mean_squared_error(y, net(x)) + sum(net(start))\n" + UPDATE,
            before="const start = linspace(0, 1, 13)\n",
        ),
        regression(
            "loss = mean_squared_error(y, net(x)) + sum(net(x + start))\n" + UPDATE,
            before="const start = linspace(0, 1, 13)\n",
        ),
    ),
    catalog_entry(
        "E407",
        "layer-input",
        "a layer does not fit its input",
        "Each layer takes inputs of certain axes and dtypes: a convolution an image"
        " with channels, an embedding labels.",
        classification(model=CLASSIFIER.replace("flatten", "conv2d(8, 3) |> flatten")),
        classification(
            model=CLASSIFIER.replace(
                "flatten", "reshape([8, 8, 1]) |> conv2d(8, 3) |> flatten"
            )
        ),
    ),
    catalog_entry(
        "E408",
        "function-operands",
        "a function does not fit its operands",
        "Each function takes operands of certain axes and dtypes.",
        regression(
            "loss = mean_squared_error(y, net(x)) + sum(reshape(x, [4]))\n" + UPDATE
        ),
        regression(
            "loss = mean_squared_error(y, net(x)) + sum(reshape(x, [13, 1]))\n" + UPDATE
        ),
    ),
    catalog_entry(
        "E409",
        "constructed-in-step",
        "a layer is made outside of a model",
        "Layers have weights, which belong to models: a layer made in a step would be"
        " a new one at every step.",
        regression("loss = mean_squared_error(y, x |> dense(10))\n" + UPDATE),
        regression(),
    ),
    catalog_entry(
        "E410",
        "unpack-count",
        "the number of names is not that of the values",
        "`a, b = net(x)` takes apart exactly as many values as there are names.",
        regression(
            "a, b, c = net(x)\nloss = mean_squared_error(y, a + b + c)\n" + UPDATE,
            model=PAIR,
        ),
        regression(
            "a, b = net(x)\nloss = mean_squared_error(y, a + b)\n" + UPDATE, model=PAIR
        ),
    ),
    catalog_entry(
        "E411",
        "report-not-scalar",
        "a reported value is not one number",
        "A report is one number: per-example values are averaged by themselves, plain"
        " vectors are not.",
        regression(STEP + "\nreport outputs = total(net(x))"),
        regression(STEP + "\nreport outputs = sum(total(net(x)))"),
    ),
    catalog_entry(
        "E412",
        "metric-misplaced",
        "a metric with state stands outside of `report`",
        "Metrics with state, such as AUC, see all examples of an interval before they"
        " have a value, so they are only reported.",
        classification(f"area = {AREA}\n{DIGITS_STEP}, area"),
        classification(f"{DIGITS_STEP}, area = {AREA}"),
    ),
    catalog_entry(
        "E413",
        "objective-type",
        "an objective is not one float",
        "What is minimized is one float: a per-example value stands for its mean, a"
        " plain one has no axes.",
        regression(
            "loss = total(mean_squared_error(y, net(x)) * y)\n"
            "update net to minimize loss using adam(0.01)"
        ),
        regression(
            "loss = mean(mean_squared_error(y, net(x)) * y)\n"
            "update net to minimize loss using adam(0.01)"
        ),
    ),
    catalog_entry(
        "E414",
        "index-range",
        "an index lies outside of its axis",
        "Indices count the axes of one example, each from 0, or from -1 backwards.",
        regression("loss = mean_squared_error(y, net(x)) + x[13]\n" + UPDATE),
        regression("loss = mean_squared_error(y, net(x)) + x[12]\n" + UPDATE),
    ),
    catalog_entry(
        "E415",
        "carried-type",
        "`repeat` changes the type of a name",
        "A name that a `repeat` in a step rebinds has one type in all passes.",
        regression(CARRY.replace("VALUE", "sum(z)") + UPDATE),
        regression(CARRY.replace("VALUE", "2 * z") + UPDATE),
    ),
    catalog_entry(
        "E416",
        "average-in-model",
        "a model averages over examples",
        "Inside a model one example must not depend on the others; `mean(x)` without an"
        " axis averages over the batch.",
        regression(model=MODEL.replace("= x |>", "= (x - mean(x)) |>")),
        regression(model=MODEL.replace("= x |>", "= (x - mean(x, axis: 0)) |>")),
    ),
    catalog_entry(
        "E417",
        "no-batch",
        "a draw has no batch",
        "A random draw has the batch of the step's stream. Without a stream it says"
        " `batch: 64`, or `batch: value`.",
        regression(
            "z = normal([13])\nloss = sum(net(z) ^ 2)\n" + UPDATE,
            data="",
            stream="",
            length="for 100 steps",
        ),
        regression(
            "z = normal([13], batch: 64)\nloss = sum(net(z) ^ 2)\n" + UPDATE,
            data="",
            stream="",
            length="for 100 steps",
        ),
    ),
    catalog_entry(
        "E418",
        "not-here",
        "a function does not stand in this place",
        "Some functions work in a step only, because they need its clock, its seed or"
        " the whole batch.",
        regression(model=MODEL.replace("= x |>", "= (x + normal([13])) |>")),
        regression(STEP.replace("net(x)", "net(x + normal([13]))")),
    ),
    catalog_entry(
        "E419",
        "instance-rebuilt",
        "a layer is applied to inputs that need other weights",
        "A layer with a name has weights of one shape, made for its first input; every"
        " further input must fit them.",
        regression(model=SHARED.replace("BEFORE", "concat([x, x])")),
        regression(model=SHARED.replace("BEFORE", "2 * x")),
    ),
    catalog_entry(
        "E440",
        "objective-misses-model",
        "the objective does not depend on what it trains",
        "No path leads from the objective to the weights that the update would change,"
        " so every gradient would be zero.",
        regression("loss = mean_squared_error(y, other(x))\n" + UPDATE, model=TWO),
        regression(),
    ),
    catalog_entry(
        "E441",
        "gradient-cut",
        "no gradient reaches what an update trains",
        "A path leads from the objective to the weights, and something on it has no"
        " gradient: `argmax`, `round`, a comparison, an int, `stop_gradient`.",
        regression("loss = mean_squared_error(y, round(net(x)))\n" + UPDATE),
        regression(),
    ),
    catalog_entry(
        "E442",
        "two-versions",
        "an objective reads a model before and after its update",
        "Values computed before an update saw other weights than those computed after"
        " it; one gradient cannot be taken with respect to both.",
        regression(
            "first = mean_squared_error(y, net(x))\n"
            "update net to minimize first using adam(0.01)\n"
            "loss = first + mean_squared_error(y, net(x))\n" + UPDATE
        ),
        regression(
            "first = mean_squared_error(y, net(x))\n"
            "update net to minimize first using adam(0.01)\n"
            "loss = stop_gradient(first) + mean_squared_error(y, net(x))\n" + UPDATE
        ),
    ),
    catalog_entry(
        "E443",
        "nothing-to-train",
        "an update names a model without weights",
        "The model has no layer with weights, so there is nothing to update.",
        regression(model="model net(x: f32[13]) -> f32[10] = x[0:10]\n"),
        regression(),
    ),
    catalog_entry(
        "E444",
        "rebound-in-every",
        "an `every` block binds a name of the step again",
        "What a block binds exists in the steps in which it runs, and until its end. A"
        " name of the step has one value in every step.",
        regression(
            "loss = mean_squared_error(y, net(x))\n" + UPDATE + "\nevery 10 steps {\n"
            "  loss = mean_squared_error(y, net(x))\n  report after = loss\n}"
        ),
        regression(
            "loss = mean_squared_error(y, net(x))\n" + UPDATE + "\nevery 10 steps {\n"
            "  after = mean_squared_error(y, net(x))\n  report after\n}"
        ),
    ),
)
