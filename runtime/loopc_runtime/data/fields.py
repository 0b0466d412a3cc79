"""What a program declares about the values of a field."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Float:
    """float32 values, all of them finite; `columns` are what they are computed from."""

    shape: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()

    dtype = "float32"

    def __str__(self) -> str:
        return spoken_type("f32", self.shape)


@dataclass(frozen=True)
class Integer:
    """int32 values. Unless `computed`, a column they merely cast holds integers."""

    shape: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    computed: bool = False

    dtype = "int32"

    def __str__(self) -> str:
        return spoken_type("i32", self.shape)


@dataclass(frozen=True)
class Bool:
    """Truth values. Unless `computed`, a column that they merely cast holds 0 and 1."""

    shape: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    computed: bool = False

    dtype = "bool"

    def __str__(self) -> str:
        return spoken_type("bool", self.shape)


@dataclass(frozen=True)
class Class:
    """int32 labels 0 to n - 1. Unless `computed`, a column they cast holds integers."""

    n: int
    shape: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    computed: bool = False

    dtype = "int32"

    def __str__(self) -> str:
        return spoken_type(f"class({self.n})", self.shape)


Field = Float | Integer | Bool | Class


def spoken_type(name: str, shape: tuple[int, ...]) -> str:
    return f"{name}[{', '.join(map(str, shape))}]" if shape else name


def bare_cast(field: Field, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return what a plain cast makes of a column: what it cannot hold is lost."""
    if isinstance(field, Bool):
        return column != 0
    with np.errstate(invalid="ignore"):
        return np.trunc(column).astype(np.int32)


def lost_in_cast(field: Field, column: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return where a plain cast to the field's dtype would change the value."""
    if isinstance(field, Float) or field.computed:
        return np.zeros(column.shape, np.bool_)
    if isinstance(field, Bool):
        return (column != 0) & (column != 1)
    if column.dtype.kind != "f":
        return np.zeros(column.shape, np.bool_)
    return ~(np.trunc(column) == column)
