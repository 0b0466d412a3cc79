"""Files and folders called after a program, as the header of its script says."""

from pathlib import Path, PurePath

from loopc.cli.files import STDIN


def stem(spec: str) -> str:
    """Return the name of a program without suffixes, fit for a module and a folder."""
    name = "stdin" if spec == STDIN else PurePath(spec).name.split(".")[0]
    return "".join(c if c.isalnum() or c == "_" else "_" for c in name)


def script_beside(spec: str) -> Path:
    """Return where `build` writes: for `lab/a.loop` that is `lab/train_a.py`."""
    return Path(spec).with_name(f"train_{stem(spec)}.py")


def default_workdir(spec: str) -> Path:
    """Return `runs/<name of the program>` below the current folder."""
    return Path("runs") / stem(spec)


def default_data_dir(spec: str) -> Path:
    """Return the folder of the program: paths in a program count from where it lies."""
    return Path(".") if spec == STDIN else Path(spec).parent
