"""Probes as reports read them: what each measures; those that nobody reads are gone."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from loopc.planning.derivation import holds_back
from loopc.planning.plan import StepPlan, UpdatePlan
from loopc.planning.walk import walk
from loopc.semantics import checked
from loopc.vocabulary.types import StaticType

PROBE = "probe"
Read = Mapping[str, tuple[str, ...]]  # by the name of a probe, its measures


def settle_probes(program: checked.CheckedProgram) -> checked.CheckedProgram:
    """Tell every probe of the program's chains what reports read of it."""
    if not any(_is_probe(node) for node in walk(program.trains)):
        return program
    read: dict[str, dict[str, None]] = {}
    for node in walk(program.trains):
        if isinstance(node, checked.Measure) and node.place == PROBE:
            read.setdefault(node.probe, {})[node.measure] = None
    told = _told(program, {name: tuple(each) for name, each in read.items()})
    assert isinstance(told, checked.CheckedProgram)
    return told


def _is_probe(node: object) -> bool:
    return isinstance(node, checked.CheckedLink) and node.name == PROBE


def _told(node: Any, read: Read) -> Any:
    """The tree with every chain in it told; what has none stays the same object."""
    if isinstance(node, tuple):
        parts = tuple(_told(item, read) for item in node)
        same = all(a is b for a, b in zip(parts, node, strict=True))
        return node if same else type(node)(parts)
    if isinstance(node, Mapping):
        values = {key: _told(item, read) for key, item in node.items()}
        return node if all(values[key] is node[key] for key in node) else values
    if not isinstance(node, checked.CheckedNode | checked.CheckedProgram):
        return node
    found = {f.name: _told(getattr(node, f.name), read) for f in fields(node)}
    changes = {n: each for n, each in found.items() if each is not getattr(node, n)}
    told = replace(node, **changes) if changes else node
    return _links_told(told, read) if isinstance(told, checked.CheckedChain) else told


def _links_told(chain: checked.CheckedChain, read: Read) -> checked.CheckedChain:
    if not any(_is_probe(link) for link in chain.links):
        return chain
    links: list[checked.CheckedLink] = []
    for link in chain.links:
        if not _is_probe(link):
            links.append(link)
        elif _name(link) in read:
            links.append(_measuring(link, read[_name(link)], holds_back(tuple(links))))
    if not links:  # of a wrapper around a probe alone
        span, none = chain.span, frozenset[str]()
        links = [
            checked.CheckedLink(span=span, name="identity", options={}, explicit=none)
        ]
    return replace(chain, links=tuple(links))


def _name(link: checked.CheckedLink) -> str:
    name = link.options["name"]
    assert isinstance(name, checked.Static)
    return str(name.value)


def _measuring(
    link: checked.CheckedLink, measures: tuple[str, ...], held: bool
) -> checked.CheckedLink:
    """`held`: steps are held back in front of it, and are 0 here."""
    options = dict(link.options)
    if measures != ("norm",):
        options["measures"] = _static(measures, link)
    if held:
        options["skip_zeros"] = _static(True, link)
    return replace(link, options=options)


def _static(value: checked.StaticValue, link: checked.CheckedLink) -> checked.Static:
    kind = StaticType("bool" if isinstance(value, bool) else "list")
    return checked.Static(span=link.span, type=kind, value=value)


def norms_in_step(step: StepPlan, *, staged: bool) -> frozenset[str]:
    """Leaves that are norms of gradients which the step has at hand when it reports.

    Not within blocks and loops, of pieces of a batch, or scaled; nor of an update that
    a stage may leave out. Those are measured by a probe.
    """
    if step.pieces is not None or step.scaled or staged:
        return frozenset()
    straight = {
        part.site
        for part in step.parts
        if isinstance(part, UpdatePlan) and part.every is None
    }
    return frozenset(
        leaf.name
        for leaf in step.report.leaves
        if leaf.measure is not None
        and (leaf.measure.place, leaf.measure.measure) == ("gradients", "norm")
        and leaf.measure.only is None
        and not leaf.measure.tasks
        and leaf.measure.site in straight
        and leaf.block == ""
    )
