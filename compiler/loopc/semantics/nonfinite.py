"""`on nonfinite`: what happens to steps that give NaN or infinity."""

from collections.abc import Sequence
from typing import Literal

from loopc.semantics.checked import CheckedNonfinite
from loopc.semantics.context import Body
from loopc.semantics.errors import runs as errors
from loopc.semantics.errors import values as value_errors
from loopc.semantics.options import as_int
from loopc.semantics.values import static
from loopc.syntax import ast

DEFAULT_AT_MOST = 10


def check_nonfinite(
    body: Body, nodes: Sequence[ast.OnNonfinite], checkpoints: Sequence[ast.Checkpoint]
) -> CheckedNonfinite | None:
    """The policy of a loop; None where the run is to end."""
    for node in nodes[1:]:
        what = "`on nonfinite`"
        body.add(value_errors.once_only(what, node.span, nodes[0].span))
    if not nodes or nodes[0].policy == "halt":
        return None
    node = nodes[0]
    if node.policy == "rollback" and not checkpoints:
        body.add(errors.nothing_to_roll_back(node.span))
    at_most = static(DEFAULT_AT_MOST, node.span)
    if node.at_most is not None:
        found = as_int(body, "the number of steps", node.at_most, 1)
        if found is None:
            return None
        at_most = found
    policy: Literal["skip", "rollback"]
    policy = "rollback" if node.policy == "rollback" else "skip"
    return CheckedNonfinite(span=node.span, policy=policy, at_most=at_most)
