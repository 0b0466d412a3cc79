"""Names in the script: one allocator, so that no user name meets a Python or script
name.
"""

import builtins
import keyword
import re
from collections.abc import Container, Iterable
from dataclasses import field

from loopc.records import dataclass

SCRIPT_NAMES = frozenset(
    [
        "argparse",
        "annotations",
        "arrays",
        "batches",
        "chain",
        "clock",
        "columns",
        "config",
        "count",
        "data_dir",
        "dataclass",
        "execution",
        "gradients",
        "keras",
        "main",
        "math",
        "mode",
        "name",
        "np",
        "objective",
        "optimizer",
        "parser",
        "run",
        "stages",
        "tape",
        "tf",
        "train_and_evaluate",
        "training",
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
    """The name of a `config` attribute: keywords and builtins get an underscore."""
    bare = name.rstrip("_")
    reserved = keyword.iskeyword(bare) or hasattr(builtins, bare)
    return f"{name}_" if reserved else name


CONFIG = re.compile(r"\bconfig(?=[.,)])")


def reads_config(texts: Iterable[str]) -> bool:
    """Whether printed text takes something from `config`, or passes it on."""
    return any(CONFIG.search(text) for text in texts)


@dataclass(slots=True)
class Names:
    """Gives each user name of one kind its Python name, always the same one."""

    taken: set[str] = field(default_factory=set)
    _given: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, kind: str, name: str, wanted: str = "") -> str:
        """The Python name of `name`, which is a `kind` ("local", "model", "schedule",
        ...); it is `wanted`, or else `name`, where that is free (no blanks in it).
        """
        key = (kind, name)
        if key not in self._given:
            # A field of a record `t.image` is the local `t_image`, a mask `image_mask`.
            plain = name.replace(".", "_").replace(" ", "_")
            self._given[key] = self.fresh(wanted or plain)
        return self._given[key]

    def inner(self) -> "Names":
        """The names inside a function: those around it stay what they are."""
        return Names(set(self.taken), dict(self._given))

    def adopt(self, kind: str, name: str, given: str) -> None:
        """Use the name that another allocator gave."""
        self._given[(kind, name)] = given
        self.taken.add(given)

    def note(self, kind: str, name: str, text: str) -> None:
        """Remember a text for `name` that is no name of Python's."""
        self._given[(kind, name)] = text

    def knows(self, kind: str, name: str) -> bool:
        return (kind, name) in self._given

    def is_free(self, name: str) -> bool:
        return not is_reserved(name) and name not in self.taken

    def without(self, kinds: Container[str]) -> "Names":
        """The names inside a function that sees none of these kinds."""
        kept = {key: name for key, name in self._given.items() if key[0] not in kinds}
        unseen = set(self._given.values()) - set(kept.values())
        return Names(self.taken - unseen, kept)

    def fresh(self, name: str) -> str:
        if name == "_":  # what is not wanted may have one name, as often as it comes
            return name
        candidate = name
        while is_reserved(candidate) or candidate in self.taken:
            candidate += "_"
        self.taken.add(candidate)
        return candidate
