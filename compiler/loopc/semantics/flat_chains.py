"""`flatten(...)`: what is inside sees one vector, so nothing there may go by weight."""

from collections.abc import Iterator

from loopc.semantics.checked import CheckedChain, CheckedLink, Static
from loopc.semantics.context import Context
from loopc.semantics.errors import chains as errors
from loopc.vocabulary import transforms

FLATTEN = "flatten"
GROUPS = "{ pattern => chain }"
ELSEWHERE = frozenset({"evaluate", "hessian_vector", "per_example"})
# What they compute of a tensor depends on which elements are in it, or on its shape.
NAMES = """
    adamp adafactor adaptive_grad_clip cautious centralize clip_by_block_rms
    clip_each_norm fromage galore lamb lars lazy_adam muon novograd orthogonalize
    scale_by_factored_rms scale_by_galore scale_by_lazy_adam scale_by_muon
    scale_by_novograd scale_by_param_block_norm scale_by_param_block_rms scale_by_shape
    scale_by_sm3 scale_by_trust_ratio sgdp sm3
"""
BY_TENSOR = frozenset(NAMES.split())


def verify_flat(context: Context, chain: CheckedChain) -> None:
    """Refuse what goes by weight in a `flatten` of a chain."""
    for link in chain.every_link():
        if link.name != FLATTEN:
            continue
        for inner in (each for c in link.chains for each in c.every_link()):
            for why in _reasons(inner):
                name = GROUPS if inner.groups else inner.name
                context.add(errors.flat_by_weight(name, why, inner.span))


def _reasons(link: CheckedLink) -> Iterator[str]:
    entry = transforms()[link.name]
    decay = link.options.get("decay")
    by_role = isinstance(decay, Static) and decay.value == "kernels"
    if link.only is not None or link.groups or by_role:
        yield "chooses among the weights"
    elif entry.name in BY_TENSOR or entry.scope == "tensor":
        yield "works on each tensor of weights"
    elif entry.needs & ELSEWHERE:
        yield "computes the objective at other weights"
