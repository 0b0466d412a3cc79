"""Files of networks: whole, plain and as declared, or refused in a sentence."""

import json
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from loopc_runtime.errors import RunError
from loopc_runtime.loading import load_network, verify_plain
from loopc_runtime.weights import Weight

SHAPES: dict[str, Any] = {"inputs": [(4,)], "outputs": [(3,)]}


@pytest.fixture(scope="module")
def network() -> keras.Model:
    x = keras.Input((4,), name="x")
    h = keras.layers.Dense(5, activation="relu", kernel_regularizer="l2")(x)
    h = keras.ops.tanh(h) + Weight((5,), "zeros", name="shift")(h)
    model = keras.Model(x, keras.layers.Dense(3)(h), name="network")
    model.compile("adam", "mse")
    return model


@pytest.fixture(scope="module")
def folder(network: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    network.save(folder / "t.keras")
    return folder


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, content: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)


def test_file_loads_as_it_was_saved(network: keras.Model, folder: Path) -> None:
    """The loaded network computes the same."""
    x = np.random.default_rng(0).normal(size=(2, 4)).astype(np.float32)
    loaded = load_network(folder, "t.keras", **SHAPES)
    np.testing.assert_array_equal(loaded(x), network(x))


def test_signature_is_compared(folder: Path) -> None:
    """A network of other inputs or outputs is refused, and both are shown."""
    message = r"t.keras is a network \[4\] -> \[3\], .* declares \[4\] -> \[10\]"
    with pytest.raises(RunError, match=message):
        load_network(folder, "t.keras", inputs=[(4,)], outputs=[(10,)])


def test_missing_file_names_what_is_there(folder: Path) -> None:
    """A name that is nearly right is suggested."""
    with pytest.raises(RunError, match=r'no file "s.keras": did you mean "t.keras"'):
        load_network(folder, "s.keras", **SHAPES)


def test_damaged_files_are_refused(folder: Path, tmp_path: Path) -> None:
    """Every truncation and flipped byte that was tried is found before Keras reads."""
    content = (folder / "t.keras").read_bytes()
    middle = content.index(b"HDF")
    damaged = [content[:100], content[: len(content) // 2], b""]
    for place in (middle + 8, middle + 500, len(content) // 2):
        flipped = bytearray(content)
        flipped[place] ^= 1
        damaged.append(bytes(flipped))
    for number, text in enumerate(damaged):
        (tmp_path / f"{number}.keras").write_bytes(text)
        with pytest.raises(RunError, match=r"is no intact \.keras file"):
            load_network(tmp_path, f"{number}.keras", **SHAPES)


def test_other_members_are_refused(folder: Path, tmp_path: Path) -> None:
    """An archive with more in it than a network is not opened."""
    write(tmp_path / "t.keras", members(folder / "t.keras") | {"../x.py": b"1"})
    with pytest.raises(RunError, match=r"is no intact \.keras file"):
        load_network(tmp_path, "t.keras", **SHAPES)


@pytest.mark.parametrize(
    "made",
    [
        {"module": "keras.layers", "class_name": "Lambda", "config": {}},
        {"module": "keras.layers", "class_name": "TFSMLayer", "config": {}},
        {"module": "keras.layers", "class_name": "StringLookup", "config": {}},
        {"module": "os", "class_name": "system", "config": {}},
        {"module": "builtins", "class_name": "function", "config": "eval"},
        {"module": "keras.src.utils", "class_name": "get_file", "config": {}},
        {"module": None, "class_name": "__lambda__", "config": {}},
        {"module": "mine", "class_name": "Mine", "registered_name": "mine>Mine"},
    ],
    ids=lambda made: made["class_name"],
)
def test_code_is_refused(made: dict[str, Any], folder: Path, tmp_path: Path) -> None:
    """Whatever is not Keras' own plain layer is refused by its name, before loading."""
    content = members(folder / "t.keras")
    description = json.loads(content["config.json"])
    description["config"]["layers"].append({"deep": [made]})
    content["config.json"] = json.dumps(description).encode()
    write(tmp_path / "t.keras", content)
    with pytest.raises(RunError, match="such files can run code and are refused"):
        load_network(tmp_path, "t.keras", **SHAPES)


def test_what_was_compiled_is_not_looked_at() -> None:
    """The optimizer and loss of a compiled network are neither loaded nor judged."""
    made = {"module": "mine", "class_name": "Mine"}
    with pytest.raises(RunError):
        verify_plain({"config": {"loss": made}}, "t.keras")
    assert verify_plain({"compile_config": {"loss": made}}, "t.keras") is None
