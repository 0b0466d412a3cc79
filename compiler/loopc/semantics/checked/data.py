"""Sources, splits and fields."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, TypeAlias

from loopc.records import dataclass
from loopc.semantics.checked.base import CheckedExpression, CheckedNode, StaticValue
from loopc.semantics.checked.statements import CheckedStatement
from loopc.semantics.checked.statics import Static
from loopc.vocabulary.types import TensorType

SourceFormat: TypeAlias = Literal["npz", "csv", "idx", "arrays", "characters", "extern"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSource(CheckedNode):
    """`format` npz, csv, idx, arrays or characters. `files`: column -> file for idx,
    {"": file} else (for arrays the name under which the arrays are given). `options`:
    separator, ... `alphabet`: how many different characters a text may hold. `extern`,
    `arguments`: the Python that gives the columns (format extern), and its options.
    """

    split: str
    format: SourceFormat
    files: Mapping[str, str]
    options: Mapping[str, StaticValue]
    alphabet: Static | None = None
    extern: str = ""
    arguments: Mapping[str, Static] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCarve(CheckedNode):
    """`rest` takes what the others left of the parent."""

    split: str
    parent: str
    how: Literal["percent", "count", "last_percent", "last_count", "fold", "rest"]
    amount: Static | None  # percent or count; the fold's index
    folds: Static | None = None
    by: str | None = None  # a column or field name


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnValue(CheckedExpression):
    """`column("x")` as a tensor of the field's shape."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standardized(CheckedExpression):
    """`standardize(column("x"), over: train)`; several columns stack on a last axis."""

    columns: tuple[str, ...]
    over: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(CheckedExpression):
    """`category(column("c"), over: train, unknown: 0)`."""

    column: str
    over: str
    unknown: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Windowed(CheckedExpression):
    """`windows(column("x"), 48, stride: 1)`: so many rows of `value` are an example.

    `by` is the column that tells several series apart, None where the rows are one.
    """

    value: CheckedExpression  # ColumnValue, Standardized or Category, of one row
    length: Static
    stride: Static
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(CheckedExpression):
    """`words("de.vocab", column("de"))`: codes of the words of a text, by a vocabulary
    from a `file`, or fitted `over` a split. A row has `low` to `high` words.
    """

    column: str
    file: str | None
    over: str | None
    unknown: int | None
    low: int
    high: int
    buckets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RealPositions(CheckedExpression):
    """The mask of a field of words: true where a row has a word."""

    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedField(CheckedNode):
    """`value`: over ColumnValue, Standardized, Category and primitives."""

    name: str
    type: TensorType  # stream None here
    value: CheckedExpression
    columns: tuple[str, ...]
    padded: tuple[int, ...] = ()  # the lengths of the axes once padded


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedAugment(CheckedNode):
    """Changes to the examples of a split when a step takes them: `body` binds the
    fields in `changes` anew, from those in `reads`.
    """

    split: str
    body: tuple[CheckedStatement, ...]
    reads: tuple[str, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedData(CheckedNode):
    """`splits` in an order in which they can be made (parents first). `windows`: what
    an example is where the fields are windows of rows, else None.
    """

    name: str
    splits: tuple[CheckedSource | CheckedCarve, ...]
    fields: tuple[CheckedField, ...]
    windows: Windowed | None = None
    augments: tuple[CheckedAugment, ...] = ()
