"""W6xx: programs that run and are probably not what was meant."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import DATA, MODEL, STEP, regression
from loopc.diagnostics.model import Severity

OTHER = "model other(x: f32[13]) -> f32[10] = x |> dense(10)\n"
PENALIZED = MODEL.replace("dense(10)", "dense(10, kernel_regularizer: l2(1e-4))")
BOTH = "loss = mean_squared_error(y, net(x) + other(x))\n"
PENALTY = """fn penalty(m: model, x) {{
  slope = grad(sum(m(x)), wrt: x)
  return {}
}}
"""
HIDDEN = """p = penalty(net, x)
update net to minimize mean_squared_error(y, net(x)) + p using adam(0.01)
report p"""


def _chain(chain: str) -> str:
    return regression(STEP.replace("adam(0.01)", chain))


ENTRIES = (
    catalog_entry(
        "W601",
        "model-never-called",
        "a model is never called",
        "The model is declared and nothing calls it.",
        regression(model=MODEL + OTHER),
        regression(),
    ),
    catalog_entry(
        "W602",
        "value-never-used",
        "a value is never used",
        "The value is computed, or bound, and nothing reads it.",
        regression("z = net(x)\n" + STEP),
        regression(),
    ),
    catalog_entry(
        "W603",
        "field-never-read",
        "a field is never read",
        "The field is declared, and no step or eval binds it.",
        regression(data=DATA.replace("}", "  field z: f32\n}")),
        regression(),
    ),
    catalog_entry(
        "W604",
        "variables-without-update",
        "no update trains weights that an objective depends on",
        "A gradient reaches these weights and nothing uses it. If they are meant to"
        " stay as they are, say so by `stop_gradient`.",
        regression(
            BOTH + "update net to minimize loss using adam(0.01)", model=MODEL + OTHER
        ),
        regression(
            BOTH + "update net, other to minimize loss using adam(0.01)",
            model=MODEL + OTHER,
        ),
    ),
    catalog_entry(
        "W607",
        "left-out-of-update",
        "a part of what an update names is not reached",
        "The objective does not depend on some of the weights that the update names;"
        " they stay as they are, without decay and momentum.",
        regression(
            "loss = mean_squared_error(y, net(x))\n"
            "update net, other to minimize loss using adam(0.01)\n"
            "report loss, second = mean_squared_error(y, other(x))",
            model=MODEL + OTHER,
        ),
        regression(),
    ),
    catalog_entry(
        "W608",
        "clip-after-step",
        "a clip comes after the step size",
        "Behind the optimizer stands the step itself, learning rate included; a bound"
        " on the gradient stands in front of it.",
        _chain("adam(0.01) |> clip_by_global_norm(1.0)"),
        _chain("clip_by_global_norm(1.0) |> adam(0.01)"),
    ),
    catalog_entry(
        "W609",
        "decay-before-preconditioner",
        "a preconditioner rescales the weight decay",
        "Decay that is added to the gradient is divided by its running size, like the"
        " gradient, so that weights with large gradients decay less. Decoupled decay"
        " (`adamw`) does not have this.",
        _chain("add_decayed_weights(1e-4) |> adam(0.01)"),
        _chain("adamw(0.01, weight_decay: 1e-2)"),
        Severity.ADVICE,
    ),
    catalog_entry(
        "W610",
        "second-global-clip",
        "the global norm is clipped twice",
        "The tighter of two bounds on the same norm decides; the other does nothing, or"
        " hides it.",
        _chain("clip_by_global_norm(1.0) |> clip_by_global_norm(5.0) |> adam(0.01)"),
        _chain("clip_by_global_norm(1.0) |> adam(0.01)"),
    ),
    catalog_entry(
        "W611",
        "clip-each-norm",
        "every tensor is clipped by its own norm",
        "Clipping each tensor by itself changes the direction of the gradient, where"
        " clipping the norm of all of them together keeps it.",
        _chain("clip_each_norm(1.0) |> adam(0.01)"),
        _chain("clip_by_global_norm(1.0) |> adam(0.01)"),
        Severity.ADVICE,
    ),
    catalog_entry(
        "W612",
        "declaration-never-used",
        "a declaration is never used",
        "The param, const, schedule, transform, function, layer or data is declared"
        " and nothing uses it.",
        regression(before="const scale = 3\n"),
        regression(
            STEP.replace("net(x))", "net(x)) * scale"), before="const scale = 3\n"
        ),
    ),
    catalog_entry(
        "W630",
        "penalty-never-added",
        "a regularizer is given and never added to an objective",
        "Regularizers of layers are terms of the objective, which the program writes:"
        " `regularization(net)` is their sum over the weights of `net`.",
        regression(model=PENALIZED),
        regression(
            STEP.replace("net(x))", "net(x)) + regularization(net)"), model=PENALIZED
        ),
        Severity.WARNING,
    ),
    catalog_entry(
        "W631",
        "nothing-to-penalize",
        "a model without regularizers is regularized",
        "`regularization(net)` adds up the regularizers that the layers of `net` were"
        " given, and none was.",
        regression(STEP.replace("net(x))", "net(x)) + regularization(net)")),
        regression(),
        Severity.WARNING,
    ),
    catalog_entry(
        "W616",
        "mean-of-steps",
        "a reported value is averaged over steps, not over examples",
        "A report means what it would be if its window were one batch, so the means in"
        " it are taken over the window. Those inside a function with a `repeat` or a"
        " gradient are not seen, unless it ends in one `mean(...)`: the short last"
        " batch then counts like the others, and arithmetic is done before averaging.",
        regression(HIDDEN, before=PENALTY.format("2 * mean(norm(slope))")),
        regression(HIDDEN, before=PENALTY.format("mean(2 * norm(slope))")),
        Severity.WARNING,
    ),
    catalog_entry(
        "W650",
        "stops-when-bad",
        "a run stops when a metric is bad",
        "`stop when` ends the run as soon as the comparison holds. Of a loss that is to"
        " fall, or an accuracy that is to rise, the other comparison is the goal; as it"
        " stands it may hold at the first evaluation.",
        regression(after="stop when train.loss > 0.1"),
        regression(after="stop when train.loss < 0.1"),
        Severity.ADVICE,
    ),
    catalog_entry(
        "W651",
        "second-optimizer",
        "an optimizer stands behind another one in a chain",
        "An optimizer ends in a negative step size: what it gives is added to the"
        " weights. A second one behind it would take those steps for gradients and go"
        " against them, uphill.",
        _chain("adam(0.01) |> sgd(0.1)"),
        _chain("adam(0.01) |> scale(0.1)"),
        Severity.WARNING,
    ),
)
