"""Which variable each tensor of a transform's state belongs to."""

from collections.abc import Iterator, Sequence
from typing import Any

import tensorflow as tf

from loopc_runtime.transforms.base import GradientTransform, State

LeafKey = tuple[Any, ...]


def leaf_keys(
    transform: GradientTransform, variables: Sequence[tf.Variable]
) -> list[LeafKey]:
    """Return one key per tensor of the state, in the order of `tf.nest.flatten`.

    A key is the path to the tensor, in which a list with one entry per variable (or per
    variable of a group) names the variable instead of counting. So a tensor has the
    same key whichever other variables there are. That a list is one of these shows in
    the states of each variable alone.
    """
    state = transform.init(variables)
    alone = [(id(each), transform.init([each])) for each in variables]
    return list(_keys(state, alone, ()))


def _keys(
    node: State, alone: Sequence[tuple[int, State]], above: LeafKey
) -> Iterator[LeafKey]:
    if isinstance(node, dict):
        for key in sorted(node):
            inner = [(v, s[key]) for v, s in alone if key in s]
            yield from _keys(node[key], inner, (*above, key))
    elif not isinstance(node, list | tuple):
        yield above
    else:
        owners = [(v, s) for v, s in alone if isinstance(s, list) and len(s) == 1]
        each = isinstance(node, list) and len(owners) == len(node)
        for position, part in enumerate(node):
            if each:
                variable, single = owners[position]
                inner = [(variable, single[0])]
                yield from _keys(part, inner, (*above, "of", variable))
            else:
                inner = [(v, s[position]) for v, s in alone if position < len(s)]
                yield from _keys(part, inner, (*above, position))
