"""E343 to E350, E355, W623 to W629, W633: chains, their groups, and what they need."""

from collections.abc import Sequence

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.checked import CheckedSelection
from loopc.semantics.errors.make import advice, error, listed, warning
from loopc.semantics.errors.names import unknown_choice
from loopc.source import Span


def unknown_role(
    text: str, span: Span, guess: str | None, known: Sequence[str]
) -> Diagnostic:
    return unknown_choice("a group", text, span, guess, (*known, "otherwise"))


def empty_group(
    group: CheckedSelection, weights: Sequence[str], update: Span
) -> Diagnostic:
    labels = [
        Label(group.span, "no weight of the update"),
        Label(update, f"trains {listed(weights, 4)}"),
    ]
    title = f"`{group.pattern}` matches no weight"
    help = "write a role (`biases`) or a path of the models updated (`net/dense/*`)"
    return error("E343", "empty-group", title, labels, help)


def group_after_all(pattern: str, span: Span, first: Span) -> Diagnostic:
    labels = [
        Label(span, "nothing is left for it"),
        Label(first, "takes them before"),
    ]
    title = f"the group `{pattern or 'otherwise'}` is never reached"
    help = "a weight belongs to the first group that matches: move it to the front"
    return error("E344", "group-never-reached", title, labels, help)


def ungrouped(weights: Sequence[str], span: Span) -> Diagnostic:
    title = f"no group takes {listed(weights, 4)}"
    help = "add `otherwise => ...`; `otherwise => set_to_zero` leaves them untrained"
    return error("E345", "weight-without-group", title, span, help)


def nothing_left(span: Span) -> Diagnostic:
    title = "`otherwise` has nothing left to take"
    return warning("W623", "otherwise-is-empty", title, span, "leave it out")


def groups_overlap(
    group: CheckedSelection, first: CheckedSelection, weight: str
) -> Diagnostic:
    labels = [
        Label(group.span, f"matches `{weight}` too"),
        Label(first.span, "comes first, and takes it"),
    ]
    title = f"`{group.pattern}` and `{first.pattern}` match the same weights"
    help = "put the narrower pattern first, or make them exclude each other"
    return advice("W624", "groups-overlap", title, labels, help)


def not_combined(objectives: Span, chain: Span) -> Diagnostic:
    labels = [
        Label(objectives, "several objectives"),
        Label(chain, "nothing that combines them"),
    ]
    title = "the chain does not say how to combine the objectives"
    help = "begin it with `equal |> ...` for their sum, or `pcgrad`, `uncertainty`, ..."
    return error("E346", "objectives-not-combined", title, labels, help)


def nothing_to_combine(name: str, span: Span, objective: Span) -> Diagnostic:
    labels = [
        Label(span, "combines several objectives"),
        Label(objective, "one objective"),
    ]
    title = f"`{name}` has nothing to combine"
    help = "write a list, `to minimize [a, b]`"
    return error("E347", "nothing-to-combine", title, labels, help)


def combines_too_late(name: str, span: Span) -> Diagnostic:
    title = f"`{name}` does not stand at the head of the chain"
    help = "what combines objectives comes first, outside of wrappers and groups"
    return error("E348", "combines-too-late", title, span, help)


def not_one_for_each(name: str, found: int, count: int, span: Span) -> Diagnostic:
    title = f"`{name}` has {found} numbers for {count} objectives"
    help = "give one for each objective, in the same order"
    return error("E349", "not-one-for-each", title, span, help)


def before_accumulation(name: str, span: Span) -> Diagnostic:
    title = f"`{name}` acts on every batch, not on what is accumulated"
    help = f"put it inside: `accumulate({name}(...) |> ..., 4)`"
    return warning("W625", "outside-of-accumulation", title, span, help)


def behind_average(name: str, span: Span, average: Span) -> Diagnostic:
    labels = [
        Label(span, "changes its step"),
        Label(average, "keeps an average of the weights that it expects"),
    ]
    title = f"`{name}` stands behind a wrapper that has to be the last"
    help = "put it in front, or inside the wrapper"
    return warning("W626", "behind-average", title, labels, help)


def behind_projection(name: str, span: Span, projection: Span) -> Diagnostic:
    labels = [
        Label(span, "changes the step again"),
        Label(projection, "puts the weights after the step into a set"),
    ]
    title = f"`{name}` stands behind a projection"
    help = "put the projection last"
    return warning("W629", "behind-projection", title, labels, help)


def flat_by_weight(name: str, why: str, span: Span) -> Diagnostic:
    title = f"`{name}` stands in `flatten`, where there is one vector"
    help = "put it outside, `flatten` around what works on every element alike"
    return error("E355", "flat-by-weight", title, [Label(span, why)], help)


def rho_unused(span: Span, adversary: Span) -> Diagnostic:
    labels = [
        Label(span, "the length of a step that is not taken"),
        Label(adversary, "takes the steps uphill"),
    ]
    title = "`rho` has no effect beside an `adversary`"
    help = "leave one of the two out; the adversary has a step size of its own"
    return warning("W633", "rho-unused", title, labels, help)


def not_of_flavor(
    name: str, flavor: str, option: str, others: Sequence[str], span: Span
) -> Diagnostic:
    title = f"{flavor}'s `{name}` has no `{option}`"
    of = f"; it belongs to {listed(others, 3)}" if others else ""
    help = f"leave it out{of}, or choose another `flavor`"
    return error("E350", "not-of-flavor", title, span, help)
