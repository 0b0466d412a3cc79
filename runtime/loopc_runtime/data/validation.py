"""Checks that the values of a split are what its fields declare, told row by row."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from loopc_runtime.data.aligned import aligned_cast
from loopc_runtime.data.fields import (
    Bool,
    Class,
    Field,
    Float,
    bare_cast,
    lost_in_cast,
    spoken_type,
)
from loopc_runtime.data.table import Table
from loopc_runtime.data.windows import Windows, host_gathered
from loopc_runtime.errors import DataError

VALIDATION_ROWS = 8192
VALIDATION_VALUES = 2**19  # in a slice: decoded and compared, a few MiB

Examples = npt.NDArray[np.int32]
HostColumns = dict[str, npt.NDArray[Any]]
Decode = Callable[[dict[str, tf.Tensor]], dict[str, tf.Tensor]]


@dataclass(frozen=True, eq=False)
class FieldCheck:
    """One field of one split, and the words in which its faults are told."""

    split: str
    name: str
    field: Field
    table: Table
    windows: Windows | None

    def fault(self, fact: str, remedy: str) -> DataError:
        return DataError(f"{self.split}, field {self.name}: {fact}. {remedy}")

    def bad_value(self, fact: str, row: int, remedy: str) -> DataError:
        """Word a fault of one row (counted in the split) with the cells behind it."""
        cells = ", ".join(self.cell(column, row) for column in self.field.columns)
        source = f" ({cells})" if cells else ""
        return self.fault(f"{fact} at {self.table.place(row)}{source}", remedy)

    def bad_example(self, fact: str, example: int, remedy: str) -> DataError:
        """Word a fault of one example: a row, or the window that begins there."""
        if self.windows is None:
            return self.bad_value(fact, example, remedy)
        first = self.windows.rows(np.array([example], np.int32))[0, 0]
        place = self.table.place(int(first))
        return self.fault(f"{fact} in the window that begins at {place}", remedy)

    def cell(self, column: str, row: int) -> str:
        value = self.table.column(column)[row]
        return f'column "{column}"' + ("" if np.ndim(value) else f" holds {value}")

    def verify_type(self, values: tf.Tensor) -> None:
        shape, dtype = tuple(values.shape[1:]), values.dtype.name
        if shape != self.field.shape or dtype != self.field.dtype:
            columns = ", ".join(f'"{column}"' for column in self.field.columns)
            remedy = "change how it is computed."
            if shape != self.field.shape and prod(shape) == prod(self.field.shape):
                remedy = f"reshape it: reshape(..., {list(self.field.shape)})."
            raise self.fault(
                f"it is declared {self.field}, but the data gives "
                f"{spoken_type(dtype, shape)} (from {columns or 'no column'})",
                f"Declare what the data holds, or {remedy}",
            )

    def verify_values(self, values: npt.NDArray[Any], examples: Examples) -> None:
        """Check the decoded values of these examples of the split."""
        if isinstance(self.field, Float):
            self.verify_finite(values, examples)
        elif isinstance(self.field, Class):
            self.verify_labels(values, examples, self.field.n)

    def verify_finite(self, values: npt.NDArray[Any], examples: Examples) -> None:
        finite = np.isfinite(values)
        if not finite.all():
            index = first_index(~finite)
            raise self.bad_example(
                f"the value{inner_place(index)} is {values[index]}, not finite,",
                int(examples[index[0]]),
                "Fill or drop such rows, or keep the computation in range.",
            )

    def verify_labels(
        self, values: npt.NDArray[Any], examples: Examples, n: int
    ) -> None:
        outside = (values < 0) | (values >= n)
        if outside.any():
            index = first_index(outside)
            raise self.bad_example(
                f"label {values[index]}{inner_place(index)} is outside {self.field}, "
                f"which holds 0 to {n - 1},",
                int(examples[index[0]]),
                "Declare as many classes as there are, or renumber the labels from 0.",
            )

    def bad_cast(
        self, column: npt.NDArray[Any], lost: npt.NDArray[np.bool_]
    ) -> DataError:
        index = first_index(lost)
        kind = (
            "true or false (1 or 0)" if isinstance(self.field, Bool) else "an integer"
        )
        return self.bad_value(
            f"{column[index]}{inner_place(index)} is not {kind}",
            index[0],
            "Correct the data, or say how such values are to be turned into the field.",
        )


@dataclass
class CastCheck:
    """Whether a field is the plain cast of a column that such a cast would change."""

    check: FieldCheck
    column: npt.NDArray[Any]
    lost: npt.NDArray[np.bool_]
    cast: npt.NDArray[Any]
    is_cast: bool = True

    def compare(self, values: npt.NDArray[Any], examples: Examples) -> None:
        windows = self.check.windows
        finite = np.isfinite(host_gathered(self.column, examples, windows))
        cast = host_gathered(self.cast, examples, windows)
        self.is_cast &= finite.shape == values.shape and np.array_equal(
            cast[finite], values[finite]
        )


def device_columns(
    split: str, table: Table, fields: Mapping[str, Field]
) -> HostColumns:
    """Return the columns that fields use as uint8, int32 or float32."""
    columns: HostColumns = {}
    for field_name, field in fields.items():
        for column in field.columns:
            if column not in columns:
                where = f"{split}, field {field_name}"
                columns[column] = device_column(where, table, column)
    return columns


def device_column(where: str, table: Table, name: str) -> npt.NDArray[Any]:
    """Return a column in a dtype the device computes with; nothing may overflow."""
    try:
        values = table.numbers(name)
    except DataError as error:
        raise DataError(f"{where}: {error}") from None
    if values.dtype == np.uint8 or values.dtype == np.bool_:
        return aligned_cast(values.view(np.uint8))
    dtype = np.dtype(np.float32 if values.dtype.kind == "f" else np.int32)
    with np.errstate(over="ignore"):
        cast = aligned_cast(values, dtype)
    held = cast == values if dtype == np.int32 else ~np.isinf(cast) | np.isinf(values)
    if not held.all():
        index = first_index(~held)
        raise DataError(
            f'{where}: column "{name}" holds {values[index]} at '
            f"{table.place(index[0])}, too large for {dtype}. Scale it down."
        )
    return cast


def verify_split(
    split: str,
    table: Table,
    columns: HostColumns,
    fields: Mapping[str, Field],
    decode: Decode,
    windows: Windows | None = None,
) -> None:
    """Decode a whole split on the host and check every value of every field."""
    checks = [
        FieldCheck(split, name, field, table, windows) for name, field in fields.items()
    ]
    casts = [cast for check in checks for cast in suspect_casts(check, columns)]
    for examples, values in decoded_slices(split, columns, decode, windows):
        for check in checks:
            check.verify_type(values[check.name])
            check.verify_values(values[check.name].numpy(), examples)
        for cast in casts:
            cast.compare(values[cast.check.name].numpy(), examples)
    for cast in casts:
        if cast.is_cast:
            raise cast.check.bad_cast(cast.column, cast.lost)


def suspect_casts(check: FieldCheck, columns: HostColumns) -> Iterator[CastCheck]:
    """Yield a check where the field has one column that a plain cast would change."""
    if len(check.field.columns) == 1:
        column = columns[check.field.columns[0]]
        lost = lost_in_cast(check.field, column)
        if lost.any():
            yield CastCheck(check, column, lost, bare_cast(check.field, column))


def decoded_slices(
    split: str, columns: HostColumns, decode: Decode, windows: Windows | None
) -> Iterator[tuple[Examples, dict[str, tf.Tensor]]]:
    """Yield examples that hold every row, and their decoded fields, on the CPU."""
    rows = len(next(iter(columns.values())))
    examples = np.arange(rows, dtype=np.int32)
    width = max(a.size // rows for a in columns.values())
    step = min(VALIDATION_ROWS, VALIDATION_VALUES // max(1, width))
    if windows is not None:
        examples = windows.covering(rows)
        step //= windows.length
    step = max(1, step)
    for start in range(0, len(examples), step):
        some = examples[start : start + step]
        with tf.device("CPU:0"):
            part = {
                name: tf.constant(host_gathered(a, some, windows))
                for name, a in columns.items()
            }
            yield some, decoded(split, part, decode)


def decoded(
    split: str, columns: dict[str, tf.Tensor], decode: Decode
) -> dict[str, tf.Tensor]:
    """Decode one slice; shapes that do not meet are the data's fault."""
    try:
        return decode(columns)
    except (ValueError, tf.errors.InvalidArgumentError) as error:
        shapes = ", ".join(
            f'"{name}" {spoken_type(a.dtype.name, tuple(a.shape[1:]))}'
            for name, a in columns.items()
        )
        reason = str(error).splitlines()[0]
        raise DataError(
            f"{split}: the columns {shapes} do not give the fields: {reason}"
        ) from None


def first_index(where: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(where.argmax()), where.shape))


def inner_place(index: tuple[int, ...]) -> str:
    return f" at index {list(index[1:])}" if len(index) > 1 else ""
