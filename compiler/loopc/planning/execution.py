"""How a loop is executed: where its data lives and what XLA compiles, by measured
rules.

On two CPU cores a dense step in an XLA chunk runs several times faster than as a graph,
while XLA:CPU leaves the gradient convolutions of a loop un-canonicalised and runs them
about ten times slower, and an LSTM at half the speed (measured: batch 32, 64 steps, 128
units; 34 against 17 ms of processor time).
"""

from loopc.planning.plan import ExecutionPlan
from loopc.semantics import checked
from loopc.vocabulary import layers

EXPLICIT = {
    "graph": ("resident", False),
    "xla": ("resident", True),
    "streamed_graph": ("streamed", False),
    "streamed_xla": ("streamed", True),
}

DIVIDED = "One graph runs a part of each batch on every device."
GRAPH_FAMILIES = {
    "convolutional": (
        "XLA on the CPU runs the gradients of convolutions in a loop slowly."
    ),
    "recurrent": "XLA on the CPU runs a recurrence within the chunk's loop slowly.",
}


def plan_execution(
    train: checked.CheckedTrain, models: tuple[checked.CheckedModel, ...]
) -> ExecutionPlan:
    devices = "" if train.devices is None else str(train.devices.value)
    if train.execution != "auto":
        data, xla = EXPLICIT[train.execution]
        reason = "as the loop file asks"
        return ExecutionPlan(
            data="resident" if data == "resident" else "streamed",
            xla=xla,
            reason=reason,
            devices=devices,
        )
    if devices:
        return ExecutionPlan(
            data="resident", xla=False, reason=DIVIDED, devices=devices
        )
    families = {_family(layer.layer) for m in models for layer in m.layers}
    for family, reason in GRAPH_FAMILIES.items():
        if family in families:
            return ExecutionPlan(data="resident", xla=False, reason=reason)
    for layer in sorted({layer.layer for m in models for layer in m.layers}):
        entry = layers().get(layer)
        if entry is not None and entry.graph_only:
            reason = f"XLA cannot compile the layer {layer}."
            return ExecutionPlan(data="resident", xla=False, reason=reason)
    reason = "Dense steps run fastest with the whole chunk of steps in one XLA program."
    return ExecutionPlan(data="resident", xla=True, reason=reason)


def _family(name: str) -> str:
    entry = layers().get(name)
    if entry is None:
        return ""
    return "recurrent" if name == "bidirectional" else entry.family
