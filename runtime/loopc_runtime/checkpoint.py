"""Checkpoints: written aside, flushed, checksummed and renamed; read only if whole."""

import errno
import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from loopc_runtime.disk import Disk, FileFacts
from loopc_runtime.errors import RunError

Arrays = dict[str, npt.NDArray[Any]]

CHECKPOINT_FORMAT = "loopc-checkpoint-1"
JSON_BYTES = 64 * 2**20
_STEP_FOLDER = re.compile(r"step-(\d{9,})")


@dataclass(frozen=True)
class Checkpoint:
    """The saved state of a run: tensors by name, and what the host knows."""

    step: int
    tensors: Arrays
    host: dict[str, Any]


class Checkpoints:
    """The checkpoints below one folder, one `step-<9 digits>` folder each.

    A checkpoint is `tensors.bin` (raw little-endian values, described by
    `tensors.json`), `host.json`, and `manifest.json` with the size and sha256 of each.
    It counts once its folder has its final name; there is no pointer file.
    """

    def __init__(self, root: Path, warn: Callable[[str], None], disk: Disk) -> None:
        self._root, self._warn, self._disk = root, warn, disk

    def steps(self) -> list[int]:
        """Return the steps that have a checkpoint, valid or not, newest first."""
        if not self._root.is_dir():
            return []
        matches = [_STEP_FOLDER.fullmatch(path.name) for path in self._root.iterdir()]
        return sorted((int(match[1]) for match in matches if match), reverse=True)

    def clean(self) -> None:
        """Remove what interrupted commits have left."""
        if self._root.is_dir():
            for path in self._root.glob(".tmp-*"):
                self._disk.remove(path)

    def commit(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint; when this returns it survives a power loss.

        Raises:
            OSError: nothing was committed, and nothing was lost.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        aside = self._root / f".tmp-{checkpoint.step}-{os.getpid()}"
        try:
            self._require_space(checkpoint)
            self._write(aside, checkpoint)
            self._publish(aside, self.folder(checkpoint.step))
        except BaseException:
            if aside.exists():
                self._disk.remove(aside)
            raise

    def retire(self, keep: Collection[int]) -> None:
        """Remove every checkpoint whose step is not in `keep`."""
        for step in self.steps():
            if step not in keep:
                aside = self._root / f".tmp-del-{step}-{os.getpid()}"
                self._disk.rename(self.folder(step), aside)
                self._disk.remove(aside)

    def newest(self) -> Checkpoint | None:
        """Return the newest checkpoint that is whole; None where there is none at all.

        Raises:
            RunError: there are checkpoints, and not one of them is whole.
        """
        steps = self.steps()
        for step in steps:
            try:
                return self.load(step)
            except (OSError, ValueError, KeyError, TypeError) as problem:
                self._warn(
                    f"{self.folder(step)} is not whole and is not used: {problem}"
                )
        if steps:
            raise RunError(
                f"none of the {len(steps)} checkpoints in {self._root} is whole; move "
                "the folder away to start from the beginning"
            )
        return None

    def load(self, step: int) -> Checkpoint:
        """Return the checkpoint of `step`, every file of it verified.

        Raises:
            OSError, ValueError, KeyError, TypeError: it is not whole; ValueError says
                which file.
        """
        folder = self.folder(step)
        manifest = _parse_json(folder / "manifest.json")
        if manifest["format"] != CHECKPOINT_FORMAT or manifest["step"] != step:
            raise ValueError("manifest.json is of another step or format")
        files: dict[str, FileFacts] = manifest["files"]
        if set(files) != {"tensors.bin", "tensors.json", "host.json"}:
            raise ValueError("manifest.json does not name the three files")
        for name, facts in files.items():
            _verify_file(folder / name, facts)
        index = _parse_json(folder / "tensors.json")
        tensors = _read_tensors(folder / "tensors.bin", index)
        return Checkpoint(step, tensors, _parse_json(folder / "host.json"))

    def folder(self, step: int) -> Path:
        """Return where the checkpoint of `step` lies."""
        return self._root / f"step-{step:09d}"

    def _require_space(self, checkpoint: Checkpoint) -> None:
        needed = sum(array.nbytes for array in checkpoint.tensors.values()) * 6 // 5
        if self._disk.free_bytes(self._root) < needed:
            raise OSError(errno.ENOSPC, f"less than {needed} bytes are free")

    def _write(self, folder: Path, checkpoint: Checkpoint) -> None:
        disk = self._disk
        disk.make_folder(folder)
        index, parts = _described(checkpoint.tensors)
        files = {
            "tensors.bin": disk.write(folder / "tensors.bin", parts),
            "tensors.json": disk.write(folder / "tensors.json", [_json_bytes(index)]),
            "host.json": disk.write(
                folder / "host.json", [_json_bytes(checkpoint.host)]
            ),
        }
        manifest = {
            "format": CHECKPOINT_FORMAT,
            "step": checkpoint.step,
            "files": files,
        }
        disk.write(folder / "manifest.json", [_json_bytes(manifest)])
        disk.flush_folder(folder)

    def _publish(self, aside: Path, final: Path) -> None:
        stale = self._root / f".tmp-del-{final.name}-{os.getpid()}"
        if final.exists():  # not whole, or of a moment after the one resumed from
            self._disk.rename(final, stale)
        self._disk.rename(aside, final)
        self._disk.flush_folder(self._root)
        if stale.exists():
            self._disk.remove(stale)


def _described(tensors: Arrays) -> tuple[list[dict[str, Any]], list[memoryview]]:
    index, parts = [], []
    for name, array in tensors.items():
        contiguous = np.ascontiguousarray(array).reshape(array.shape)
        flat = contiguous.reshape(-1).view(np.uint8)
        index.append(
            {"name": name, "dtype": array.dtype.name, "shape": list(array.shape)}
        )
        parts.append(flat.data)
    return index, parts


def _read_tensors(path: Path, index: list[dict[str, Any]]) -> Arrays:
    content = np.frombuffer(path.read_bytes(), np.uint8)
    tensors: Arrays = {}
    begin = 0
    for entry in index:
        dtype = np.dtype(tf.as_dtype(entry["dtype"]).as_numpy_dtype)
        shape = tuple(int(size) for size in entry["shape"])
        end = begin + dtype.itemsize * int(np.prod(shape, dtype=np.int64))
        tensors[entry["name"]] = content[begin:end].view(dtype).reshape(shape)
        begin = end
    if begin != len(content):
        raise ValueError("tensors.bin is longer than tensors.json says")
    return tensors


def _verify_file(path: Path, facts: FileFacts) -> None:
    if path.stat().st_size != facts["size"]:
        raise ValueError(f"{path.name} has another size than when it was written")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != facts["sha256"]:
        raise ValueError(f"{path.name} has another sha256 than when it was written")


def _json_bytes(value: Any) -> bytes:
    return json.dumps(value, indent=1).encode()


def _parse_json(path: Path) -> Any:
    if path.stat().st_size > JSON_BYTES:
        raise ValueError(f"{path.name} is too large")
    return json.loads(path.read_bytes())


def describe_difference(
    saved: Mapping[str, npt.NDArray[Any]],
    expected: Mapping[str, Any],
    source: str = "the checkpoint",
) -> list[str]:
    """Return one line per tensor that is missing, unknown, or of another kind.

    `expected` maps names to variables; their shapes and dtypes are compared.
    """
    lines = [f"`{name}` is not in {source}" for name in expected.keys() - saved]
    lines += [f"`{name}` is not in the program" for name in saved.keys() - expected]
    for name in expected.keys() & saved.keys():
        found, wanted = _tensor_kind(saved[name]), _tensor_kind(expected[name])
        if found != wanted:
            lines.append(f"`{name}` is {found} in {source}, {wanted} here")
    return sorted(lines)


def _tensor_kind(value: Any) -> str:
    shape = ", ".join(str(size) for size in value.shape)
    return f"{tf.as_dtype(value.dtype).name}[{shape}]"
