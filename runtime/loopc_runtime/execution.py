"""The execution plan of a run: where its data lives and what XLA compiles."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Execution:
    """How steps are executed; none of it but `xla` changes a bit of the result.

    `data`: "resident" keeps the columns on the device and gathers batches there,
    "streamed" gathers them on the host, one call ahead. `xla` compiles each device call
    as one program. A device call lasts about `seconds_per_call`; `steps_per_call` fixes
    its number of steps instead.
    """

    data: Literal["resident", "streamed"] = "resident"
    xla: bool = True
    seconds_per_call: float = 0.5
    steps_per_call: int | None = None
