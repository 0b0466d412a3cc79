"""Axes of varying length: `time`, and what slices leave of it, `time - 1`."""

from loopc.vocabulary.types import Axis


def shifted(axis: Axis, by: int) -> Axis:
    """Return an axis that is `by` longer: shifted("time", -1) is "time - 1"."""
    if isinstance(axis, int):
        return axis + by
    name, offset = split_axis(axis)
    offset += by
    if offset == 0:
        return name
    return f"{name} {'+' if offset > 0 else '-'} {abs(offset)}"


def split_axis(axis: str) -> tuple[str, int]:
    """Return the name and the offset of a varying axis: "time - 1" is time and -1."""
    name, _, offset = axis.partition(" ")
    return name, int(offset.replace(" ", "") or 0)


def substituted(axis: Axis, lengths: dict[str, Axis]) -> Axis:
    """Return an axis in which a name stands for a length, or for another axis."""
    if isinstance(axis, int):
        return axis
    name, offset = split_axis(axis)
    return shifted(lengths[name], offset) if name in lengths else axis
