"""Diagnostics of the checker, worded from facts: one module per family of codes.

A module is imported when it words its first finding: most programs have few.
"""

from importlib import import_module
from typing import Any


class Wording:
    """Stands for a module of this folder that nothing has been asked of yet."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(f"{__name__}.{self._name}"), name)


def __getattr__(name: str) -> Wording:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return Wording(name)
