"""How many rows the splits of a program have, from the headers of its files alone."""

from collections.abc import Iterator
from pathlib import Path

from loopc.cli.data_headers import idx_shape, npz_shapes
from loopc.semantics import checked


def stream_rows(program: checked.CheckedProgram, data_dir: Path) -> dict[str, int]:
    """Map `data.split` to its rows; splits of files that are not there are left out."""
    found: dict[str, int] = {}
    for data in program.data:
        for split, rows in _split_rows(data, data_dir).items():
            found[f"{data.name}.{split}"] = rows
    return found


def _split_rows(data: checked.CheckedData, data_dir: Path) -> dict[str, int]:
    left: dict[str, int] = {}
    whole: dict[str, int] = {}
    for split in data.splits:
        if isinstance(split, checked.CheckedSource):
            rows = _source_rows(split, data_dir)
            if rows is not None:
                left[split.split] = whole[split.split] = rows
        elif split.parent in left:
            taken = _taken(split, left[split.parent], whole[split.parent])
            left[split.parent] -= taken
            left[split.split] = whole[split.split] = taken
    return left


def _taken(carve: checked.CheckedCarve, left: int, whole: int) -> int:
    """Rows of a carved split: the runtime's rounding, percentages of the original."""
    if carve.how == "rest" or carve.amount is None:
        return left
    amount = carve.amount.value
    assert isinstance(amount, int | float)
    if carve.how in ("count", "last_count"):
        return int(amount)
    if carve.how in ("percent", "last_percent"):
        return int(whole * amount / 100)
    assert carve.folds is not None
    assert isinstance(carve.folds.value, int)
    folds, index = carve.folds.value, int(amount)
    return whole // folds + (index < whole % folds)


def _source_rows(source: checked.CheckedSource, data_dir: Path) -> int | None:
    """Rows of a source, or None where its file is missing or no such file."""
    path = data_dir / next(iter(source.files.values()))
    readers = {"npz": _npz_rows, "csv": _csv_rows, "idx": _idx_rows}
    if source.format not in readers or not path.is_file():
        return None
    try:
        return readers[source.format](path)
    except OSError:
        return None  # `loopc train` says what is wrong with the file


def _npz_rows(path: Path) -> int | None:
    """Rows of the first array."""
    shape = next(iter(npz_shapes(path).values()), None)
    return shape[0] if shape else None


def _idx_rows(path: Path) -> int | None:
    shape = idx_shape(path)
    return shape[0] if shape else None


def _csv_rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for line in _content(file.read().splitlines())) - 1


def _content(lines: list[bytes]) -> Iterator[bytes]:
    return (line for line in lines if line.strip())
