"""Imports of the script, gathered while the body is printed and written last."""

import re
from dataclasses import field

from loopc.codegen.import_block import import_lines, is_standard
from loopc.codegen.runtime_source import Import
from loopc.records import dataclass


@dataclass(slots=True)
class Imports:
    runtime: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    arrays: bool = False
    externs: list[Import] = field(default_factory=list)

    def need(self, *names: str) -> None:
        """Runtime names that the printed text uses."""
        self.runtime.update(names)

    def notice(self, text: str) -> str:
        """Record the third-party modules that `text` mentions; gives the text back."""
        for module in ("keras", "tf", "np"):
            if f"{module}." in text:
                self.modules.add(module)
        return text

    def text(self) -> str:
        """The import block in the order that linters expect."""
        lines = ["import argparse"]
        if self.arrays:
            lines.append("from collections.abc import Mapping")
            self.modules.add("np")
        lines += ["from dataclasses import dataclass", "from pathlib import Path"]
        ours, theirs = (self.imported(standard) for standard in (True, False))
        lines = [*sorted(lines[:1]), *sorted([*lines[1:], *ours]), ""]
        lines.append("import keras")
        if "np" in self.modules:
            lines.append("import numpy as np")
        lines += ["import tensorflow as tf", ""]
        names = ", ".join(sorted(self.runtime, key=import_order))
        lines += sorted([f"from loopc_runtime import {names}", *theirs])
        return "\n".join(lines)

    def imported(self, standard: bool) -> list[str]:
        """What the program names itself, of Python's own modules or of others."""
        found = {i for i in self.externs if is_standard(i) is standard}
        return list(import_lines(found))


def with_math(script: str) -> str:
    """The script with `import math` where it calls a function of that module."""
    if re.search(r"(?<![\w.])math\.[a-z0-9]+\(", script) is None:
        return script
    return script.replace("import argparse\n", "import argparse\nimport math\n", 1)


def import_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as isort sorts them."""
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return (kind, name)
