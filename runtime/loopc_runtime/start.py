"""Weights to start from: those of a run that came before, or of a file."""

import sys
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from loopc_runtime.checkpoint import (
    Arrays,
    Checkpoint,
    Checkpoints,
    describe_difference,
)
from loopc_runtime.disk import Disk
from loopc_runtime.errors import RunError
from loopc_runtime.loading import load_network
from loopc_runtime.saving import best_folder
from loopc_runtime.state import HasVariables, assign_saved, model_variables
from loopc_runtime.variable_names import lasting_names


def start_from(
    folder: Path, models: Mapping[str, HasVariables], best: str | None = None
) -> None:
    """Give `models` the weights that the run in `folder` ended with.

    With `best` (`pretrain.loss`), those that it kept for that metric. A run that goes
    on from a checkpoint of its own replaces them when it is opened.

    Raises:
        RunError: the run has no checkpoint or kept nothing, its files are not whole, or
            its models are others.
    """
    found = _store(folder / "checkpoints").newest()
    if found is None:
        raise RunError(f"there is no checkpoint in {folder} to start from")
    tensors = found.tensors if best is None else _best_tensors(folder, best, found)
    for name, model in models.items():
        variables = model_variables(name, model)
        saved = {n: a for n, a in tensors.items() if n in variables}
        assign_saved(saved, variables)


def start_from_file(model: keras.Model, root: str | Path, file: str) -> None:
    """Give `model` the weights of a network in a `.keras` file below `root`.

    They are found by their paths (`dense/kernel`). A run that goes on from a checkpoint
    of its own replaces them when it is opened.

    Raises:
        RunError: the file is missing, damaged or not of plain layers, its network has
            other inputs or outputs, or weights of other paths, shapes or dtypes, all of
            which are named; nothing is assigned then.
    """
    inputs, outputs = (
        [tuple(tensor.shape[1:]) for tensor in tensors]
        for tensors in (model.inputs, model.outputs)
    )
    network = load_network(root, file, inputs=inputs, outputs=outputs)
    saved, variables = (lasting_names(m.weights) for m in (network, model))
    arrays = {path: np.asarray(variable.numpy()) for path, variable in saved.items()}
    differences = describe_difference(arrays, variables, source=file)
    if differences:
        raise RunError(
            f"{file} does not hold the weights of `{model.name}`:\n  "
            + "\n  ".join(differences[:20])
        )
    for path, variable in variables.items():
        variable.assign(arrays[path])


def _best_tensors(folder: Path, metric: str, newest: Checkpoint) -> Arrays:
    entries = newest.host["trackers"][f"best {metric}"]["entries"]
    if not entries:
        raise RunError(f"the run in {folder} kept no weights as best by {metric}")
    store = _store(folder / "best" / best_folder(metric))
    try:
        return store.load(entries[0][1]).tensors
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise RunError(
            f"{store.folder(entries[0][1])} is not whole: {problem}"
        ) from problem


def _store(root: Path) -> Checkpoints:
    return Checkpoints(root, _warn_of_start, Disk())


def _warn_of_start(text: str) -> None:
    print(f"warning: {text}", file=sys.stderr, flush=True)
