"""Checkpoints: whatever fails or rots, the newest whole one is found."""

import errno
import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tests.runtime.loop.worlds import Toy, assert_same_state

import loopc_runtime.checkpoint
from loopc_runtime.checkpoint import Checkpoint, Checkpoints
from loopc_runtime.disk import Disk, FileFacts
from loopc_runtime.errors import RunError


def checkpoint(step: int) -> Checkpoint:
    """Return a small state with several dtypes and a scalar."""
    bfloat = tf.constant([1.5, step], tf.bfloat16).numpy()
    tensors = {
        "step": np.array(step, np.int64),
        "weights": np.full((3, 2), step, np.float32),
        "flags": np.array([True, False]),
        "narrow": bfloat,
        "empty": np.zeros((0, 2), np.float64),
    }
    return Checkpoint(step, tensors, {"note": f"at {step}"})


def store_in(folder: Path, disk: Disk | None = None) -> tuple[Checkpoints, list[str]]:
    """Return a store and the list that its warnings go to."""
    warnings: list[str] = []
    return Checkpoints(folder, warnings.append, disk or Disk()), warnings


def test_what_is_committed_is_loaded(tmp_path: Path) -> None:
    """All dtypes and shapes come back with their bits, and the host's facts too."""
    store, warnings = store_in(tmp_path)
    saved = checkpoint(5)

    store.commit(saved)
    found = store.newest()

    assert found is not None
    assert (found.step, found.host, warnings) == (5, {"note": "at 5"}, [])
    assert list(found.tensors) == list(saved.tensors)
    for name, array in saved.tensors.items():
        assert found.tensors[name].dtype == array.dtype
        np.testing.assert_array_equal(found.tensors[name], array)


def test_no_checkpoint_is_not_an_error(tmp_path: Path) -> None:
    """A folder that does not exist holds nothing."""
    assert store_in(tmp_path / "none")[0].newest() is None


def test_retiring_keeps_what_is_asked(tmp_path: Path) -> None:
    """Only the steps to keep are left, and no leftovers."""
    store, _ = store_in(tmp_path)
    for step in (1, 2, 3):
        store.commit(checkpoint(step))

    store.retire([1, 3])

    assert store.steps() == [3, 1]
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "step-000000001",
        "step-000000003",
    ]


class FailingDisk(Disk):
    """Fails at its k-th operation, and at all later ones if the power is cut."""

    def __init__(self, failing_call: int, code: int | None) -> None:
        self.calls, self._failing, self._code = 0, failing_call, code

    def _count(self) -> None:
        self.calls += 1
        if self._code is None and self.calls >= self._failing:
            raise KeyboardInterrupt  # nothing after a power cut works
        if self.calls == self._failing:
            raise OSError(self._code, "made to fail")

    def make_folder(self, path: Path) -> None:
        self._count()
        super().make_folder(path)

    def write(self, path: Path, parts: Iterable[bytes | memoryview]) -> FileFacts:
        content = b"".join(bytes(part) for part in parts)
        path.write_bytes(content[: len(content) // 2])  # torn, if it fails now
        self._count()
        path.unlink()
        return super().write(path, [content])

    def flush_folder(self, path: Path) -> None:
        self._count()
        super().flush_folder(path)

    def rename(self, source: Path, target: Path) -> None:
        self._count()
        super().rename(source, target)

    def remove(self, path: Path) -> None:
        self._count()
        super().remove(path)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, None])
def test_a_failure_at_any_operation_loses_nothing(
    tmp_path: Path, code: int | None
) -> None:
    """A full disk, a bad disk or a power cut at each operation of a save."""
    calls = 0
    for failing_call in range(1, 100):
        folder = tmp_path / str(failing_call)
        store_in(folder)[0].commit(checkpoint(1))
        disk = FailingDisk(failing_call, code)
        store, _ = store_in(folder, disk)
        try:
            store.commit(checkpoint(2))
            store.retire([2])
        except (OSError, KeyboardInterrupt):
            calls += 1
        else:
            break
        after, warnings = store_in(folder)
        after.clean()
        found = after.newest()
        assert found is not None
        assert found.step in (1, 2)
        assert warnings == []
        assert not list(folder.glob(".tmp-*"))
        after.commit(checkpoint(3))
        assert after.steps()[0] == 3

    assert calls >= 10  # folder, four files, two flushes, two renames, one removal


@pytest.mark.parametrize(
    "name", ["tensors.bin", "tensors.json", "host.json", "manifest.json"]
)
def test_every_damage_is_found(tmp_path: Path, name: str) -> None:
    """Flipped bits, truncation and absence of any file: the older one is used."""
    store, _ = store_in(tmp_path / "good")
    for step in (1, 2):
        store.commit(checkpoint(step))
    content = (store.folder(2) / name).read_bytes()
    random = np.random.default_rng(3)
    damages: list[bytes | None] = [
        content[:-1],
        content[: len(content) // 2],
        b"",
        None,
    ]
    for place in random.integers(0, len(content), 20):
        flipped = bytearray(content)
        flipped[place] ^= 1 << int(random.integers(8))
        damages.append(bytes(flipped))

    for number, damage in enumerate(damages):
        folder = tmp_path / f"bad{number}"
        shutil.copytree(tmp_path / "good", folder)
        damaged, warnings = store_in(folder)
        (damaged.folder(2) / name).unlink()
        if damage is not None:
            (damaged.folder(2) / name).write_bytes(damage)
        found = damaged.newest()
        assert found is not None
        if name == "manifest.json" and found.step == 2:
            # A flip that leaves format, step, sizes and sums as they were: harmless.
            np.testing.assert_array_equal(found.tensors["weights"], 2)
        else:
            assert found.step == 1
            assert "step-000000002" in warnings[0]


def test_never_from_the_beginning_by_accident(tmp_path: Path) -> None:
    """Checkpoints of which none is whole are an error, not a fresh start."""
    store, _ = store_in(tmp_path)
    store.commit(checkpoint(1))
    (store.folder(1) / "tensors.bin").write_bytes(b"")

    with pytest.raises(RunError, match="none of the 1 checkpoints"):
        store.newest()


def test_a_run_falls_back_from_a_damaged_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run goes on from the older one, says so, and ends with the same bits."""
    whole = Toy(tmp_path / "whole")
    whole.run()
    Toy(tmp_path / "run").run()
    (tmp_path / "run" / "result.json").unlink()
    newest = tmp_path / "run" / "checkpoints" / "step-000000012" / "tensors.bin"
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 1
    newest.write_bytes(content)

    toy = Toy(tmp_path / "run")
    toy.run()

    assert "tensors.bin has another sha256" in capsys.readouterr().err
    assert_same_state(toy.state(), whole.state())


def test_a_full_disk_does_not_stop_a_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A save that fails is warned about; the next one is tried and works."""
    disk = FailingDisk(3, errno.ENOSPC)

    Toy(tmp_path, run_options={"disk": disk}).run()

    assert "checkpoint of step 5 could not be written" in capsys.readouterr().err
    assert store_in(tmp_path / "checkpoints")[0].steps() == [12, 10]


def test_a_checkpoint_larger_than_the_free_space_is_not_begun(tmp_path: Path) -> None:
    """The free space is asked before anything is written."""

    class FullDisk(Disk):
        def free_bytes(self, path: Path) -> int:
            return 10

    with pytest.raises(OSError, match="free"):
        store_in(tmp_path, FullDisk())[0].commit(checkpoint(1))
    assert list(tmp_path.iterdir()) == []


def forge_index(folder: Path, index: object) -> None:
    """Write another tensors.json, and a manifest to which it belongs."""
    content = json.dumps(index).encode()
    (folder / "tensors.json").write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_text())
    digest = hashlib.sha256(content).hexdigest()
    manifest["files"]["tensors.json"] = {"size": len(content), "sha256": digest}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_an_index_of_fewer_tensors_is_refused(tmp_path: Path) -> None:
    """Values that no name is for mean that the index is not of this checkpoint."""
    store, _ = store_in(tmp_path)
    store.commit(checkpoint(1))
    folder = store.folder(1)
    forge_index(folder, json.loads((folder / "tensors.json").read_text())[:2])

    with pytest.raises(ValueError, match=r"tensors\.bin is longer than tensors\.json"):
        store.load(1)


def test_json_beyond_any_use_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size of a description is looked at before its content."""
    store, _ = store_in(tmp_path)
    store.commit(checkpoint(1))
    monkeypatch.setattr(loopc_runtime.checkpoint, "JSON_BYTES", 10)

    with pytest.raises(ValueError, match=r"manifest\.json is too large"):
        store.load(1)
