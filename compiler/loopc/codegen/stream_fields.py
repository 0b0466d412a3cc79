"""What a step calls the fields of its batches: those of a record by their own names."""

from collections import Counter
from collections.abc import Iterator, Sequence

from loopc.codegen.names import Names
from loopc.planning.walk import names_bound, names_read, walk
from loopc.semantics import checked

Bindings = Sequence[tuple[str, str]]


def name_fields(
    names: Names, bindings: Bindings, body: Sequence[checked.CheckedStatement]
) -> list[str]:
    """Name the fields that a step is given, and those of the records that it draws.

    A field `t.image` is `image` wherever nothing else in the step has that name, else
    `t_image`. Returns the names of `bindings`.
    """
    bound = frozenset[str]().union(*(names_bound(s) for s in body))
    of_records = {n for n in _given(bindings, body) if "." in n}
    plain = Counter(_plain(name) for name in of_records)
    for name in sorted((bound | names_read(tuple(body))) - of_records):
        plain[_plain(name)] += 1
    for name in of_records:
        wanted = _plain(name)
        if plain[wanted] == 1 and names.is_free(wanted):
            names.of("local", name, wanted)
    return [names.of("local", name) for name, _ in bindings]


def _given(
    bindings: Bindings, body: Sequence[checked.CheckedStatement]
) -> Iterator[str]:
    """Yield the names that batches are bound to."""
    yield from (name for name, _ in bindings)
    for node in walk(tuple(body)):
        if isinstance(node, checked.Drawn):
            yield from (name for name, _ in node.stream.bindings)


def _plain(name: str) -> str:
    """`image` for `t.image`, `image_mask` for the mask of it."""
    return name.partition(".")[2].replace(" ", "_") or name
