"""The maps of the code name files that are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Of each map: the folders in which its short names lie, the decisions left out.
MAPS = {
    "CONTRIBUTING.md": (
        *("", "compiler/loopc", "compiler/loopc/vocabulary"),
        *("runtime", "runtime/loopc_runtime"),
    ),
    "compiler/loopc/README.md": (
        *("", "grammar", "compiler/loopc", "compiler/loopc/diagnostics"),
        *("compiler/loopc/syntax", "compiler/loopc/semantics"),
        *("compiler/loopc/planning", "compiler/loopc/codegen"),
    ),
    "runtime/README.md": ("", "runtime/loopc_runtime", "runtime/loopc_runtime/data"),
}
NAMED = re.compile(r"`(?:python )?([\w./*-]+(?:\.(?:py|jinja|lark|toml|md)|/))`")


def missing(map: str) -> Iterator[str]:
    """Yield the names of files and folders in a map under which nothing is found."""
    text = (ROOT / map).read_text(encoding="utf-8").partition("\n## Decisions")[0]
    for name in NAMED.findall(text):
        if not any(list((ROOT / folder).glob(name)) for folder in MAPS[map]):
            yield name


@pytest.mark.parametrize("map", MAPS)
def test_what_a_map_names_is_there(map: str) -> None:
    """Whoever follows a map finds a file at each place that it names."""
    assert list(missing(map)) == []
