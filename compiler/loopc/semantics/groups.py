"""Groups of weights, each with a chain of its own: `{ biases => sgd(0.1) ... }`."""

from collections.abc import Callable, Sequence

from loopc.semantics.checked import (
    CheckedChain,
    CheckedGroup,
    CheckedLink,
    CheckedSelection,
    CheckedUpdate,
)
from loopc.semantics.checked.weight_paths import ROLES, WeightPath, takes, weight_paths
from loopc.semantics.context import Body, Context
from loopc.semantics.errors import chains as errors
from loopc.source import Span
from loopc.syntax import ast
from loopc.vocabulary import suggest

OTHERWISE = "otherwise"
PARTITION = "partition"

ChainRule = Callable[[Body, ast.Expression], CheckedChain | None]


def check_groups(body: Body, node: ast.Groups, chain: ChainRule) -> CheckedLink | None:
    """The patterns of groups, and their chains; `chain` checks one of those."""
    groups: list[CheckedGroup] = []
    sound = True
    for item in node.groups:
        inner = chain(body, item.chain)
        if not _verify_pattern(body, item, groups) or inner is None:
            sound = False
            continue
        groups.append(_group(item, inner))
    if not sound:
        return None
    return CheckedLink(
        span=node.span,
        name=PARTITION,
        options={},
        explicit=frozenset(),
        groups=tuple(groups),
    )


def _group(node: ast.Group, chain: CheckedChain) -> CheckedGroup:
    text = pattern_text(node.pattern)
    return CheckedGroup(
        span=node.pattern.span,
        pattern="" if _is_otherwise(node) else text,
        role=isinstance(node.pattern, ast.Identifier) and not _is_otherwise(node),
        chain=chain,
    )


def check_only(body: Body, node: ast.Expression) -> CheckedSelection | None:
    """`only: kernels`, `only: "head/*"`: the weights that one link is for."""
    if isinstance(node, ast.String):
        return CheckedSelection(span=node.span, pattern=node.value, role=False)
    text = node.text if isinstance(node, ast.Name) else "this"
    if text in ROLES:
        return CheckedSelection(span=node.span, pattern=text, role=True)
    body.add(errors.unknown_role(text, node.span, suggest(text, ROLES), ROLES))
    return None


def pattern_text(node: ast.String | ast.Identifier) -> str:
    return node.text if isinstance(node, ast.Identifier) else node.value


def _is_otherwise(node: ast.Group) -> bool:
    return isinstance(node.pattern, ast.Identifier) and node.pattern.text == OTHERWISE


def _verify_pattern(
    body: Body, node: ast.Group, before: Sequence[CheckedGroup]
) -> bool:
    """Whether a pattern is known, and stands where something is left for it."""
    text, span = pattern_text(node.pattern), node.pattern.span
    named = isinstance(node.pattern, ast.Identifier) and not _is_otherwise(node)
    if named and text not in ROLES:
        guess = suggest(text, ROLES)
        body.add(errors.unknown_role(text, span, guess, ROLES))
        return False
    for group in before:
        if group.pattern in ("", text if not _is_otherwise(node) else ""):
            body.add(errors.group_after_all(text, span, group.span))
            return False
    return True


def verify_groups(context: Context, update: CheckedUpdate) -> None:
    """Check every `{ ... }` of an update against the weights that it trains."""
    weights = tuple(weight_paths(context.models, update.models))
    if not weights:
        return  # what the models are made of was complained about
    _verify_links(context, update.chain, weights, update.span)


def _verify_links(
    context: Context,
    chain: CheckedChain,
    weights: Sequence[WeightPath],
    update: Span,
) -> None:
    for link in chain.links:
        if link.groups:
            _verify_partition(context, link, weights, update)
        if link.only is not None:
            weights_left = [w for w in weights if takes(link.only, w)]
            if not weights_left:
                context.add(errors.empty_group(link.only, _names(weights), update))
        for inner in link.chains if not link.groups else ():
            _verify_links(context, inner, weights, update)


def _verify_partition(
    context: Context, link: CheckedLink, weights: Sequence[WeightPath], update: Span
) -> None:
    taken: dict[WeightPath, CheckedGroup] = {}
    for group in link.groups:
        matched = [w for w in weights if takes(group, w)]
        own = [w for w in matched if w not in taken]
        if not own:
            _report_empty(context, group, matched, taken, weights, update)
            continue
        _verify_apart(context, group, matched, taken)
        taken.update(dict.fromkeys(own, group))
        _verify_links(context, group.chain, own, update)
    left = [w for w in weights if w not in taken]
    if left:
        context.add(errors.ungrouped(_names(left), link.span))


def _report_empty(
    context: Context,
    group: CheckedGroup,
    matched: Sequence[WeightPath],
    taken: dict[WeightPath, CheckedGroup],
    weights: Sequence[WeightPath],
    update: Span,
) -> None:
    if group.pattern == "":
        context.add(errors.nothing_left(group.span))
    elif matched:
        first = taken[matched[0]].span
        context.add(errors.group_after_all(group.pattern, group.span, first))
    else:
        context.add(errors.empty_group(group, _names(weights), update))


def _verify_apart(
    context: Context,
    group: CheckedGroup,
    matched: Sequence[WeightPath],
    taken: dict[WeightPath, CheckedGroup],
) -> None:
    """Advise on two patterns of paths that share weights: the first one takes them."""
    if group.role or group.pattern == "":
        return
    for weight in matched:
        first = taken.get(weight)
        if first is not None and not first.role:
            context.add(errors.groups_overlap(group, first, weight.path))
            return


def _names(weights: Sequence[WeightPath]) -> list[str]:
    return [weight.path for weight in weights]
