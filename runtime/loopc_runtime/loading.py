"""Networks from `.keras` files: proved to be whole, plain and as declared, then loaded.

Nothing of a file is executed. Its description is read as JSON first, and a file that
names anything but Keras' own layers, operations and initializers (or the two layers of
this package) is refused before Keras sees it.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras

from loopc_runtime.data.files import missing_file
from loopc_runtime.errors import RunError

ExampleShape = tuple[int | None, ...]

MEMBERS = {"config.json", "metadata.json", "model.weights.h5"}
LARGEST_DESCRIPTION = 64 * 2**20
PLAIN_MODULES = {
    "keras",
    "keras.constraints",
    "keras.dtype_policies",
    "keras.initializers",
    "keras.layers",
    "keras.regularizers",
    "keras.src.models.functional",
    "keras.src.models.sequential",
}
OWN_LAYERS = {"loopc>Readable", "loopc>Weight"}
PLAIN_VALUES = {"__keras_tensor__", "__numpy__", "__slice__", "__tensor__", "__tuple__"}
# They run code of the file, or read files that it names.
UNSAFE_LAYERS = {
    "FlaxLayer",
    "IntegerLookup",
    "JaxLayer",
    "Lambda",
    "StringLookup",
    "TFSMLayer",
    "TextVectorization",
    "TorchModuleWrapper",
}


def load_network(
    root: str | Path,
    file: str,
    *,
    inputs: Sequence[ExampleShape],
    outputs: Sequence[ExampleShape],
) -> keras.Model:
    """Return the network in a `.keras` file below `root`.

    `inputs` and `outputs` are the shapes of one example that the program declares; None
    fits any length.

    Raises:
        RunError: the file is missing, damaged, not made of Keras' own layers, or of a
            network with other inputs or outputs.
    """
    path = Path(root) / file
    if not path.is_file():
        raise RunError(missing_file(path))
    verify_plain(read_description(path), file)
    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as problem:  # Keras raises what it likes for files it cannot read
        reason = str(problem).strip().splitlines()[0]
        raise RunError(f"{file} cannot be rebuilt by this Keras: {reason}") from None
    verify_signature(model, file, inputs, outputs)
    return model


def read_description(path: Path) -> Any:
    """Return the description of the network in a file whose checksums all hold.

    Raises:
        RunError: it is no `.keras` file, or not whole.
    """
    damaged = f"{path.name} is no intact .keras file"
    remedy = "export it, or copy it, again"
    try:
        with zipfile.ZipFile(path) as archive:
            names = {info.filename for info in archive.infolist()}
            bad = archive.testzip()
            if names != MEMBERS or bad is not None:
                reason = f"{bad} is damaged" if bad else f"it holds {sorted(names)}"
                raise RunError(f"{damaged} ({reason}): {remedy}")
            if archive.getinfo("config.json").file_size > LARGEST_DESCRIPTION:
                raise RunError(f"{damaged} (its description is too large): {remedy}")
            return json.loads(archive.read("config.json"))
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError) as problem:
        raise RunError(f"{damaged} ({problem}): {remedy}") from None


def verify_plain(description: Any, file: str) -> None:
    """Verify that a description names what Keras itself defines, and nothing else.

    Raises:
        RunError: it names something else, or a layer that could run code.
    """
    if isinstance(description, dict):
        description = {k: v for k, v in description.items() if k != "compile_config"}
    for made in _made(description):
        name = made.get("registered_name") or made["class_name"]
        if not _is_plain(made):
            raise RunError(
                f"{file} holds `{name}` of `{made.get('module')}`, which is not one of "
                "Keras' own plain layers; such files can run code and are refused"
            )


def _made(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every part of a description that says what it is an object of."""
    pending = [node]
    while pending:
        top = pending.pop()
        if isinstance(top, dict):
            if "class_name" in top:
                yield top
            pending.extend(top.values())
        elif isinstance(top, list):
            pending.extend(top)


def _is_plain(made: dict[str, Any]) -> bool:
    module, name = made.get("module"), made["class_name"]
    if made.get("registered_name") in OWN_LAYERS:
        return True
    if module is None:
        return name in PLAIN_VALUES
    if module == "builtins":  # a function, such as an activation, by its name
        wanted = made.get("config")
        known = isinstance(wanted, str) and hasattr(keras.activations, wanted)
        return name == "function" and known
    if name in UNSAFE_LAYERS or not isinstance(module, str):
        return False
    return module in PLAIN_MODULES or module.startswith("keras.src.ops.")


def verify_signature(
    model: keras.Model,
    file: str,
    inputs: Sequence[ExampleShape],
    outputs: Sequence[ExampleShape],
) -> None:
    """Verify the shapes of one example that go in and come out.

    Raises:
        RunError: they are not those that the program declares.
    """
    found = [[tuple(t.shape[1:]) for t in ts] for ts in (model.inputs, model.outputs)]
    wanted = [list(inputs), list(outputs)]
    if all(_all_fit(*pair) for pair in zip(found, wanted, strict=True)):
        return
    shown = [" -> ".join(_listed(s) for s in pair) for pair in (found, wanted)]
    raise RunError(
        f"{file} is a network {shown[0]}, and the program declares {shown[1]}"
    )


def _all_fit(found: Sequence[ExampleShape], wanted: Sequence[ExampleShape]) -> bool:
    return len(found) == len(wanted) and all(map(_fits, found, wanted))


def _fits(found: ExampleShape, wanted: ExampleShape) -> bool:
    pairs = list(zip(found, wanted, strict=False))
    equal = all(a == b or a is None or b is None for a, b in pairs)
    return equal and len(found) == len(wanted)


def _listed(shapes: Sequence[ExampleShape]) -> str:
    return ", ".join(f"[{', '.join(map(str, shape))}]" for shape in shapes)
