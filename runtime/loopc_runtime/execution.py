"""The execution plan of a run: where its data lives and what XLA compiles."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Devices: TypeAlias = int | Literal["all"] | None  # None: one


@dataclass(frozen=True, kw_only=True)
class Execution:
    """How steps are executed; but for `xla` and `devices` no bit of a result changes.

    `data`: "resident" keeps the columns on the device and gathers batches there,
    "streamed" gathers them on the host, one call ahead. `xla` compiles each device call
    as one program, but for short last batches that come rarely. A device call lasts
    about `seconds_per_call`; `steps_per_call` fixes its number of steps instead.
    `devices` share every batch of a step: their number changes rounding, and what is
    drawn at random.
    """

    data: Literal["resident", "streamed"] = "resident"
    xla: bool = True
    devices: Devices = None
    seconds_per_call: float = 0.5
    steps_per_call: int | None = None
