"""Where the vocabulary speaks of a word that is no name in it: `loopc doc nesterov`."""

import re
from collections.abc import Iterable, Sequence

from loopc.vocabulary.constructs import Construct
from loopc.vocabulary.described import facts_of, mathematics_of
from loopc.vocabulary.entry import AnyEntry

MOST = 8


def mentions(word: str, named: Iterable[AnyEntry | Construct]) -> list[str]:
    """Return lines on who has `word`: in a name, as an option, a choice, in a text."""
    everything = list(named)
    entries = [one for one in everything if not isinstance(one, Construct)]
    part = re.compile(rf"(?<![a-z0-9]){re.escape(word.lower())}(?![a-z0-9])")
    found = {
        "part of the name of": _called(part, everything),
        "an option of": [e.name for e in entries if e.option(word) is not None],
        **_choices(word, entries),
    }
    if not any(found.values()):
        found["told of at"] = [e.name for e in everything if part.search(_text(e))]
    return [f"{how} {_listed(names)}" for how, names in found.items() if names]


def _called(
    part: "re.Pattern[str]", named: Sequence[AnyEntry | Construct]
) -> list[str]:
    """Names that hold the word between underscores: `r2_score` has `r2`."""
    return [
        one.name
        for one in named
        for name in (one.name, *(() if isinstance(one, Construct) else one.aliases))
        if part.search(name.replace("_", " "))
    ]


def _choices(word: str, entries: Sequence[AnyEntry]) -> dict[str, list[str]]:
    """Entries with an option that may be the word, by how that option is called."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        for option in entry.options:
            if word in option.choices:
                how = f"a choice of `{option.name}` of"
                found.setdefault(how, []).append(entry.name)
    return found


def _text(named: AnyEntry | Construct) -> str:
    """All that the page of a name says, in lower case."""
    if isinstance(named, Construct):
        return " ".join((named.summary, named.doc, *named.written)).lower()
    told = [named.summary, named.doc, *mathematics_of(named), *facts_of(named)]
    return " ".join([*told, *(option.doc for option in named.options)]).lower()


def _listed(names: Sequence[str]) -> str:
    once = list(dict.fromkeys(names))
    shown = ", ".join(f"`{name}`" for name in once[:MOST])
    return shown if len(once) <= MOST else f"{shown} and {len(once) - MOST} more"
