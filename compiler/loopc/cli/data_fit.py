"""Whether the data files that are there have what the fields declare, by headers."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from loopc.cli.data_headers import Shape, csv_columns, idx_shape, npz_shapes
from loopc.diagnostics.model import Diagnostic, Diagnostics
from loopc.driver import CheckResult
from loopc.semantics import checked
from loopc.semantics.errors import data_files as errors
from loopc.semantics.primitives import tensor_type
from loopc.semantics.walk import walk
from loopc.vocabulary import functions, suggest

R = TypeVar("R", bound=CheckResult)
READ = (checked.ColumnValue, checked.Standardized, checked.Category)


def with_data_findings(result: R, data_dir: Path) -> R:
    """The result of a check, with what the headers of data files say of its fields.

    Files that are missing or damaged say nothing: that is for the run to tell.
    """
    if result.checked is None:
        return result
    found = Diagnostics()
    found.extend(result.diagnostics)
    found.extend(_misfits(result.checked, data_dir))
    return replace(result, diagnostics=found.sorted())


def _misfits(program: checked.CheckedProgram, data_dir: Path) -> Iterator[Diagnostic]:
    """Yield what is wrong with each field, of the first source that shows it."""
    for data in program.data:
        told: set[str] = set()
        for source in data.splits:
            if isinstance(source, checked.CheckedSource):
                columns = _columns(source, data_dir)
                for item in data.fields:
                    problem = _misfit(item, source, columns)
                    if problem is not None and item.name not in told:
                        told.add(item.name)
                        yield problem


def _misfit(
    item: checked.CheckedField,
    source: checked.CheckedSource,
    columns: Mapping[str, Shape | None],
) -> Diagnostic | None:
    for name in item.columns:
        file = source.files.get(name) or source.files.get("", "the source")
        if columns and name not in columns:
            span, guess = item.value.span, suggest(name, columns)
            return errors.unknown_column(name, file, span, guess, list(columns))
    column = _read_as_it_is(item)
    shape = None if column is None else columns.get(item.columns[0])
    if column is None or not shape:
        return None
    declared = tuple(
        axis for axis in tensor_type(column).shape if isinstance(axis, int)
    )
    if shape[1:] == declared or len(declared) < len(tensor_type(column).shape):
        return None
    return errors.column_shape(item, column, file, shape[1:], declared)


def _read_as_it_is(item: checked.CheckedField) -> checked.CheckedExpression | None:
    """The one column of a field, where nothing in the field changes its shape."""
    nodes = list(walk(item.value))
    read = [node for node in nodes if isinstance(node, READ)]
    changing = (
        isinstance(node, checked.Primitive) and not functions()[node.name].broadcasts
        for node in nodes
    )
    one = len(read) == 1 and len(item.columns) == 1
    return read[0] if one and not any(changing) else None


def _columns(
    source: checked.CheckedSource, data_dir: Path
) -> Mapping[str, Shape | None]:
    """What the columns of a source are; {} where that is not known."""
    readers = {"npz": _of_npz, "csv": _of_csv, "idx": _of_idx}
    reader = readers.get(source.format)
    try:
        return {} if reader is None else reader(source, data_dir)
    except OSError:
        return {}


def _of_npz(
    source: checked.CheckedSource, data_dir: Path
) -> Mapping[str, Shape | None]:
    path = data_dir / source.files[""]
    return npz_shapes(path) if path.is_file() else {}


def _of_csv(
    source: checked.CheckedSource, data_dir: Path
) -> Mapping[str, Shape | None]:
    """Each is one cell a row, of a number of rows that nobody counts here."""
    path, separator = data_dir / source.files[""], source.options.get("separator", ",")
    if not path.is_file():
        return {}
    return dict.fromkeys(csv_columns(path, str(separator)), (0,))


def _of_idx(
    source: checked.CheckedSource, data_dir: Path
) -> Mapping[str, Shape | None]:
    paths = {name: data_dir / file for name, file in source.files.items()}
    return {n: idx_shape(path) if path.is_file() else None for n, path in paths.items()}
