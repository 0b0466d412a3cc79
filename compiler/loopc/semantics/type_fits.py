"""Whether a value may stand where a type is declared."""

from dataclasses import replace

from loopc.vocabulary.types import FLOATS, INTEGERS, TensorType


def fits(found: TensorType, declared: TensorType) -> bool:
    """Whether a value goes in: same axes, dtype the same or an int for a float."""
    if found.shape != declared.shape:
        return False
    if declared.kind == "class":
        return _fits_class(found, declared)
    if declared.kind in ("logits", "probabilities"):
        return found.is_float and found.kind in ("value", declared.kind)
    return fits_dtype(found, declared)


def _fits_class(found: TensorType, declared: TensorType) -> bool:
    if found.kind == "class":
        return found.classes == declared.classes
    return found.dtype in INTEGERS


def fits_dtype(found: TensorType, declared: TensorType) -> bool:
    if found.dtype == declared.dtype:
        return True
    if declared.dtype in FLOATS:
        return found.weak or (found.dtype in INTEGERS and found.kind != "class")
    return found.weak and declared.dtype in INTEGERS and found.dtype in INTEGERS


def merged_result(found: TensorType, declared: TensorType) -> TensorType | None:
    """The type of a result, of the declared kind; None where the two differ."""
    if found.shape != declared.shape or not _same_float(found, declared):
        return None
    if declared.kind == "value":
        return found
    if declared.kind == "class":
        return declared if _fits_class(found, declared) else None
    if found.kind not in ("value", declared.kind):
        return None
    return replace(found, kind=declared.kind)


def _same_float(found: TensorType, declared: TensorType) -> bool:
    if declared.kind == "class":
        return found.dtype in INTEGERS
    return found.dtype == declared.dtype
