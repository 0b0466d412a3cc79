"""The validated splits of one data declaration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from loopc_runtime.data.batches import (
    Augment,
    Batches,
    decode_only,
    parameter_names,
)
from loopc_runtime.data.buckets import (
    LEVEL,
    Lengths,
    field_cuts,
    row_levels,
    with_levels,
)
from loopc_runtime.data.fields import Field
from loopc_runtime.data.table import Table, unknown_name
from loopc_runtime.data.validation import (
    Decode,
    HostColumns,
    device_columns,
    verify_split,
)
from loopc_runtime.data.windows import Windows, example_count, windows_within
from loopc_runtime.errors import DataError


class Fitted(Protocol):
    """Something measured on a split that belongs to the run's record."""

    def as_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True, eq=False)
class Split:
    """One split: its columns as the device gets them, and how they become fields."""

    name: str
    columns: HostColumns
    fields: Mapping[str, Field]
    decode: Decode
    rows: int  # examples: rows of the table, or windows of them
    windows: Windows | None = None
    buckets: Mapping[str, Lengths] = field(default_factory=dict)

    def batches(
        self,
        batch_size: int | None,
        *,
        fields: Sequence[str],
        shuffle: bool = True,
        drop: bool = False,
        contiguous: bool = False,
        stream: str | None = None,
        augment: Augment | None = None,
    ) -> Batches:
        """Return batches of the named fields; None is one batch of all rows, in order.

        `drop` leaves out the short last batch; `contiguous` lays the rows out in lanes,
        so that each example of a batch continues that of the last. `stream` tells apart
        several streams over one split, which would otherwise share one order. `augment`
        takes fields by the names of its parameters, in a step, and returns those that
        it changes.
        Raises DataError where a batch is larger than the split.
        """
        if batch_size is not None and batch_size > self.rows:
            raise DataError(
                f"{self.name}: a batch of {batch_size} is larger than the split, which "
                f"has {self.rows} rows. Use a smaller batch, or batch all."
            )
        wanted = tuple(fields)
        if augment is not None:
            wanted += tuple(n for n in parameter_names(augment) if n not in wanted)
        columns, decode = decode_only(
            wanted, self.fields, self.columns, self.decode, self.windows
        )
        whole = batch_size is None
        made = Batches(
            name=self.name if stream is None else f"{self.name}#{stream}",
            rows=self.rows,
            batch_size=self.rows if batch_size is None else batch_size,
            whole=whole,
            shuffle=shuffle and not whole,
            drop=drop,
            contiguous=contiguous,
            endless=stream is not None,
            fields=tuple(fields),
            columns=columns,
            decode=decode,
            augment=augment,
            windows=self.windows,
        )
        return self._cut_to_buckets(made)

    def _cut_to_buckets(self, made: Batches) -> Batches:
        """Return batches that know which buckets their rows need, if there are any."""
        cuts = field_cuts(made.fields, self.fields, self.buckets)
        if not any(cuts):
            return made
        levels = row_levels(self.columns, self.buckets)
        if made.whole:
            return replace(made, cuts=cuts, level=int(levels.max()))
        made = replace(made, cuts=cuts, columns={**made.columns, LEVEL: levels})
        if made.endless:  # what draws looks its levels up ahead
            return made
        decode = with_levels(made.decode)
        return replace(made, decode=decode, fields=(*made.fields, LEVEL))


class Splits:
    """Tables under the names of their splits, decoded and checked when constructed.

    `decode` turns a dict of column tensors (uint8, int32 or float32, [batch, ...]) into
    a dict with every field of `fields`. Raises DataError naming the split, the field,
    the row and the value where the data is not what the fields declare. With `windows`
    an example is that many consecutive rows of a table (of one series, if it has any),
    and a column tensor holds [batch, length, ...]. `buckets` names padded columns and
    the lengths, as many for each, that the batches of their fields are cut to.
    """

    def __init__(
        self,
        name: str,
        tables: Mapping[str, Table],
        decode: Decode,
        *,
        fields: Mapping[str, Field],
        fitted: Mapping[str, Fitted] | None = None,
        windows: Windows | None = None,
        buckets: Mapping[str, Lengths] | None = None,
    ) -> None:
        self.name = name
        self.fitted: dict[str, Fitted] = dict(fitted or {})
        self.splits: dict[str, Split] = {}
        for split_name, table in tables.items():
            split = f"{name}.{split_name}"
            within = windows_within(table, windows)
            rows = example_count(split, table, within)
            columns = device_columns(split, table, fields)
            if not columns:
                raise DataError(f"{split} has no fields that use a column.")
            verify_split(split, table, columns, fields, decode, within)
            self.splits[split_name] = Split(
                split, columns, dict(fields), decode, rows, within, buckets or {}
            )

    def __getitem__(self, split: str) -> Split:
        if split not in self.splits:
            raise DataError(unknown_name("split", split, list(self.splits), self.name))
        return self.splits[split]

    def fitted_json(self) -> dict[str, Any]:
        """Return what was fitted on the splits, for the record of the run."""
        return {name: fitted.as_json() for name, fitted in self.fitted.items()}
