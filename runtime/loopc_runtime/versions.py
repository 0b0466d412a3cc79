"""What a run's numbers depend on besides its program: versions, device, threads."""

import os
import platform
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from loopc_runtime.devices import replica_devices
from loopc_runtime.execution import Execution


def library_versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that compute."""
    return {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }


def numerics_fingerprint(execution: Execution) -> dict[str, Any]:
    """Return everything that can change the bits of a run of the same program."""
    threads = tf.config.threading.get_intra_op_parallelism_threads()
    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus[:1]]
    device = details[0].get("device_name", "GPU") if details else platform.machine()
    shared = {}
    if execution.devices is not None:
        shared["devices of a batch"] = len(replica_devices(execution.devices))
    return {
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "device": device,
        "intra-op threads": threads or len(os.sched_getaffinity(0)),
        "xla": execution.xla,
        "oneDNN": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "default"),
        "XLA_FLAGS": os.environ.get("XLA_FLAGS", ""),
        "precision": keras.config.dtype_policy().name,
        **shared,
    }


def describe_changes(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return `name: before -> now` for every entry that differs."""
    absent = object()

    def shown(value: Any) -> str:
        return "absent" if value is absent else str(value)

    names = [*before, *(name for name in now if name not in before)]
    pairs = [(name, before.get(name, absent), now.get(name, absent)) for name in names]
    return [
        f"{name}: {shown(old)} -> {shown(new)}"
        for name, old, new in pairs
        if old != new
    ]
