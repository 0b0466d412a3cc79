"""E360 and E361: mixed precision."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.catalog.runs import two_loops
from loopc.diagnostics.example_programs import regression

LISTED = """loss = mean_squared_error(y, net(x))
size = mean(net(x) ^ 2)
update net to minimize [loss, size] using pcgrad |> adam(0.01)
report loss"""

ENTRIES = (
    catalog_entry(
        "E360",
        "other-precision",
        "loops of one program compute in different precisions",
        "Models are made once, before the first loop, and keep the precision that they"
        " were made with.",
        two_loops("precision = mixed_bfloat16"),
        two_loops(),
    ),
    catalog_entry(
        "E361",
        "not-scalable",
        "a loss scale does not reach the gradients of an update",
        "In `mixed_float16` the objective is multiplied before the backward pass, and"
        " its gradients are divided after it. Several objectives, and transforms that"
        " compute the objective again or differentiate it in a way of their own, would"
        " go without the scale. `mixed_bfloat16` has the range of float32 and needs"
        " none.",
        regression(LISTED, after="precision = mixed_float16"),
        regression(LISTED, after="precision = mixed_bfloat16"),
    ),
)
