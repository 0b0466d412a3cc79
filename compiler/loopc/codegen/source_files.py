"""The columns that a program reads of its sources, and the files that hold them."""

from collections.abc import Mapping

from loopc.semantics import checked


def column_of(data: checked.CheckedData, name: str) -> str:
    """The column behind a field of that name, or the column itself."""
    for item in data.fields:
        if item.name == name and len(item.columns) == 1:
            return item.columns[0]
    return name


def files_read(
    data: checked.CheckedData, source: checked.CheckedSource
) -> Mapping[str, str]:
    """The files of the columns that a field or a carve needs; all, if none is."""
    carves = (split for split in data.splits if isinstance(split, checked.CheckedCarve))
    needed = {column_of(data, carve.by) for carve in carves if carve.by is not None}
    needed.update(*(item.columns for item in data.fields))
    return {c: f for c, f in source.files.items() if c in needed} or source.files
