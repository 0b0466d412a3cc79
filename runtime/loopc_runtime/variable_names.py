"""Names of a model's variables that are the same in every process that makes it."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

GENERATOR = "seed_generator"


def lasting_names(variables: Sequence[Any]) -> dict[str, Any]:
    """Return the variables of a model by their paths; equal paths are numbered.

    Keras numbers what it names itself by all that was made in the process. Within a
    layer (`mix/dropout_3`), and for seed generators, the numbers here are those of the
    model alone, in the order of `variables`.
    """
    given: dict[str, str] = {}
    counts: Counter[str] = Counter()
    named: dict[str, Any] = {}
    seen: Counter[str] = Counter()
    for variable in variables:
        parts = getattr(variable, "path", variable.name).split("/")
        for position in range(len(parts) - 1):
            if position or parts[0].startswith(GENERATOR):
                below = "/".join(parts[: position + 1])
                if below not in given:
                    base = re.sub(r"_\d+$", "", below)
                    number, counts[base] = counts[base], counts[base] + 1
                    given[below] = f"{base}_{number}" if number else base
                parts[: position + 1] = given[below].split("/")
        path = "/".join(parts)
        repeats, seen[path] = seen[path], seen[path] + 1
        named[f"{path}#{repeats}" if repeats else path] = variable
    return named
