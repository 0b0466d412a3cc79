"""Names in the script: one allocator, so that no user name meets a Python or script
name.
"""

import builtins
import keyword
from dataclasses import dataclass, field

SCRIPT_NAMES = frozenset(
    [
        "argparse",
        "annotations",
        "batches",
        "chain",
        "clock",
        "columns",
        "config",
        "data_dir",
        "dataclass",
        "execution",
        "gradients",
        "keras",
        "main",
        "mode",
        "np",
        "objective",
        "optimizer",
        "parser",
        "run",
        "tape",
        "tf",
        "train_and_evaluate",
        "variables",
        "window",
        "workdir",
        "Config",
        "EXECUTION",
        "Path",
        "Run",
    ]
)


def is_reserved(name: str) -> bool:
    return (
        keyword.iskeyword(name)
        or keyword.issoftkeyword(name)
        or hasattr(builtins, name)
        or name in SCRIPT_NAMES
    )


def attribute(name: str) -> str:
    """The name of a `config` attribute: keywords get an underscore."""
    return f"{name}_" if keyword.iskeyword(name) else name


def constant(name: str) -> str:
    """The name of a module constant."""
    upper = name.upper()
    return f"{upper}_" if is_reserved(upper) else upper


@dataclass(slots=True)
class Names:
    """Gives each user name of one kind its Python name, always the same one."""

    taken: set[str] = field(default_factory=set)
    _given: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, kind: str, name: str) -> str:
        """The Python name of `name`, which is a `kind` ("local", "model", "schedule",
        ...).
        """
        key = (kind, name)
        if key not in self._given:
            self._given[key] = self.fresh(name)
        return self._given[key]

    def adopt(self, kind: str, name: str, given: str) -> None:
        """Use the name that another allocator gave."""
        self._given[(kind, name)] = given
        self.taken.add(given)

    def knows(self, kind: str, name: str) -> bool:
        return (kind, name) in self._given

    def fresh(self, name: str) -> str:
        candidate = name
        while is_reserved(candidate) or candidate in self.taken:
            candidate += "_"
        self.taken.add(candidate)
        return candidate
