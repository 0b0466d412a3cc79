"""One update of a batch that is divided among the devices of the machine."""

from typing import Any

import tensorflow as tf

from loopc_runtime.averages import Report
from loopc_runtime.errors import RunError
from loopc_runtime.execution import Devices
from loopc_runtime.parts import PartFunction, PartRunner, PartSums


def replica_devices(devices: Devices) -> list[str]:
    """Return the names of the devices that share a batch: accelerators, if any.

    Raises:
        RunError: the machine has fewer than `devices`.
    """
    kinds = (tf.config.list_logical_devices(kind) for kind in ("GPU", "CPU"))
    names = [device.name for device in next(filter(None, kinds))]
    if devices in (None, "all"):
        return names if devices else names[:1]
    if int(devices) > len(names):
        raise RunError(
            f"the program asks for {devices} devices, and there are {len(names)}: "
            f"{', '.join(names)}"
        )
    return names[: int(devices)]


def on_devices(
    devices: Devices, part: PartFunction, *fields: tf.Tensor, parts: int = 1
) -> tuple[Any, Report]:
    """Return the gradients and the report of a batch that several devices share.

    Each of D devices computes `part(*fields)` of ceil(n / D) of the n examples, or what
    is left of them, in `parts` parts. Weights are read from where they are, and the
    sums of all parts are added up in the order of the devices: the result is that of
    one device up to rounding, as with `in_parts`.
    """
    names = replica_devices(devices)
    length = -(-fields[0].shape[0] // len(names))
    runner = PartRunner(part)
    total: PartSums | None = None
    for number, name in enumerate(names):
        share = [f[number * length : (number + 1) * length] for f in fields]
        if share[0].shape[0] == 0:
            break
        with tf.device(name):
            sums = runner.all(parts, share, first=number * parts)
        total = sums if total is None else total.plus(sums.tensors())
    assert total is not None
    return runner.result(total)
