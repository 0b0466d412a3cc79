"""E343 to E350, E355, W623 to W629, W633: chains, their groups, and what they need."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import STEP, regression
from loopc.diagnostics.model import Severity

NORMED = "x |> layer_norm |> dense(10)"


def _using(chain: str) -> str:
    return regression(STEP.replace("adam(0.01)", chain))


def _groups(*groups: str) -> str:
    """Chains by group, one a line, for a model of two layers."""
    lines = "".join(f"  {group}\n" for group in groups)
    return _using(f"{{\n{lines}}}").replace("x |> dense(10)", NORMED)


def _objectives(chain: str) -> str:
    """Two objectives of one model."""
    return (
        _using(chain)
        .replace("minimize loss", "minimize [loss, size]")
        .replace("update net", "size = mean(net(x) ^ 2)\n    update net")
    )


ENTRIES = (
    catalog_entry(
        "E343",
        "empty-group",
        "a group of weights matches nothing",
        "A pattern is a role (`kernels`, `biases`, `norms`, `embeddings`) or a path:"
        " model, layer (its name, or what it is and its number), weight. `*` stands"
        " for anything.",
        _groups('"net/dense_7/*" => sgd(0.1)', "otherwise => adam(0.01)"),
        _groups('"net/dense/*" => sgd(0.1)', "otherwise => adam(0.01)"),
    ),
    catalog_entry(
        "E344",
        "group-never-reached",
        "everything that a group matches is taken before",
        "A weight belongs to the first group that matches it.",
        _groups("otherwise => adam(0.01)", "biases => sgd(0.1)"),
        _groups("biases => sgd(0.1)", "otherwise => adam(0.01)"),
    ),
    catalog_entry(
        "E345",
        "weight-without-group",
        "a weight belongs to no group",
        "Every weight of the update needs a chain. `otherwise` takes what is left.",
        _groups("biases => sgd(0.1)"),
        _groups("biases => sgd(0.1)", "otherwise => adam(0.01)"),
    ),
    catalog_entry(
        "E346",
        "objectives-not-combined",
        "several objectives and nothing that combines them",
        "A list of objectives is not silently added up: the chain begins with what"
        " makes one gradient of several. `loopc list transform` has the methods.",
        _objectives("adam(0.01)"),
        _objectives("equal |> adam(0.01)"),
    ),
    catalog_entry(
        "E347",
        "nothing-to-combine",
        "a transform of several objectives has one",
        "It is meant for a list, `to minimize [a, b]`.",
        _using("pcgrad |> adam(0.01)"),
        _objectives("pcgrad |> adam(0.01)"),
    ),
    catalog_entry(
        "E348",
        "combines-too-late",
        "a transform of several objectives is not the first",
        "Everything behind it sees one gradient. A wrapper or a group holds one too.",
        _objectives("clip_by_global_norm(1.0) |> pcgrad |> adam(0.01)"),
        _objectives("pcgrad |> clip_by_global_norm(1.0) |> adam(0.01)"),
    ),
    catalog_entry(
        "E349",
        "not-one-for-each",
        "a list does not fit the objectives",
        "Weights and preferences are a number for each objective.",
        _objectives("equal(weights: [1.0, 0.5, 0.1]) |> adam(0.01)"),
        _objectives("equal(weights: [1.0, 0.5]) |> adam(0.01)"),
    ),
    catalog_entry(
        "E350",
        "not-of-flavor",
        "an option is not one of the flavor's",
        "A flavor has the options of that library's optimizer, and what another one"
        " takes is never silently ignored. Where optax has no weight decay, put"
        " `add_decayed_weights` where it should act in the chain.",
        _using("sgd(0.01, momentum: 0.9, dampening: 0.1)"),
        _using("sgd(0.01, momentum: 0.9, dampening: 0.1, flavor: torch)"),
    ),
    catalog_entry(
        "W623",
        "otherwise-is-empty",
        "`otherwise` has nothing to take",
        "The groups before it match every weight.",
        _groups(
            "biases => sgd(0.1)",
            "norms => sgd(0.1)",
            "kernels => adam(0.01)",
            "otherwise => sgd(1.0)",
        ),
        _groups("biases => sgd(0.1)", "norms => sgd(0.1)", "otherwise => adam(0.01)"),
    ),
    catalog_entry(
        "W624",
        "groups-overlap",
        "two patterns of paths match the same weights",
        "The first group takes them. That is how roles and paths are combined; of two"
        " paths it may be an oversight.",
        _groups(
            '"net/*/bias" => sgd(0.1)',
            '"net/dense/*" => adam(0.1)',
            "otherwise => sgd(1.0)",
        ),
        _groups(
            "biases => sgd(0.1)",
            '"net/dense/*" => adam(0.1)',
            "otherwise => sgd(1.0)",
        ),
        severity=Severity.ADVICE,
    ),
    catalog_entry(
        "W625",
        "outside-of-accumulation",
        "a transform acts on single batches of an accumulation",
        "In front of `accumulate`, or around it, a transform sees the gradient of every"
        " batch: a clip bounds each of them, a count counts each.",
        _using("clip_by_global_norm(1.0) |> accumulate(adam(0.01), 4)"),
        _using("accumulate(clip_by_global_norm(1.0) |> adam(0.01), 4)"),
    ),
    catalog_entry(
        "W626",
        "behind-average",
        "a transform stands behind a wrapper that must be the last",
        "`lookahead`, `schedule_free` and `mechanize` keep values that say where the"
        " weights will be after their step.",
        _using("lookahead(adam(0.01)) |> scale(0.5)"),
        _using("lookahead(adam(0.01) |> scale(0.5))"),
    ),
    catalog_entry(
        "W629",
        "behind-projection",
        "a transform changes the step behind a projection",
        "A projection puts weight plus step into its set, so it must see the step as it"
        " is taken: what comes behind it leads out of the set again.",
        _using("projection_non_negative |> sgd(0.01)"),
        _using("sgd(0.01) |> projection_non_negative"),
    ),
    catalog_entry(
        "E355",
        "flat-by-weight",
        "a transform in `flatten` goes by weight",
        "`flatten` makes one vector of all gradients. Inside, nothing can tell weights"
        " apart, by name, by shape or one tensor from another.",
        _using("flatten(add_decayed_weights(1e-4, only: kernels) |> sgd(0.01))"),
        _using("add_decayed_weights(1e-4, only: kernels) |> flatten(sgd(0.01))"),
    ),
    catalog_entry(
        "W633",
        "rho-unused",
        "`rho` beside an adversary",
        "`sam` steps uphill by `rho`, or as its `adversary` says, which has a step size"
        " of its own.",
        _using("sam(adam(0.01), rho: 0.1, adversary: sgd(0.05))"),
        _using("sam(adam(0.01), adversary: sgd(0.05))"),
    ),
)
