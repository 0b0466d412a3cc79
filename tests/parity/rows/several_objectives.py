"""Transforms of several objectives, each with its paper's rule."""

import numpy as np
from tests.parity.objectives import WALKS
from tests.parity.objectives import ObjectivesRow as Row
from tests.parity.rows import (
    convex_rules,
    running_rules,
    surgery_rules,
    weighing_rules,
)

import loopc_runtime as ours

REGULAR = (
    "a millionth of the largest product is added to each square: opposite gradients,"
    " which have no bargain, give a small step instead of none"
)


def falling(tasks: int) -> list[float]:
    """Return the wishes 1, 1/2, 1/3, ..."""
    return [1.0 / n for n in range(1, tasks + 1)]


def counted(values: np.ndarray) -> np.ndarray:
    """Return the weights 1, 2, 3, ..."""
    return np.arange(1.0, len(values) + 1)


BY_VALUES = [
    Row(name="equal", ours=ours.equal, theirs=weighing_rules.by_values(np.ones_like)),
    Row(
        name="equal",
        case="weights=[1, 2, ...]",
        ours=lambda n: ours.equal(n, [float(each) for each in range(1, n + 1)]),
        theirs=weighing_rules.by_values(counted),
    ),
    Row(
        name="uncertainty",
        case="sgd(0.1)",
        ours=lambda n: ours.uncertainty(n, ours.sgd(0.1)),
        theirs=weighing_rules.uncertainty,
    ),
    Row(
        name="dwa",
        case="temperature=1.5",
        ours=lambda n: ours.dwa(n, 1.5),
        theirs=weighing_rules.dwa,
    ),
    Row(name="rlw", ours=ours.rlw, theirs=weighing_rules.random_weights),
    Row(
        name="gls",
        ours=ours.gls,
        theirs=weighing_rules.by_values(weighing_rules.geometric),
    ),
    Row(name="famo", ours=ours.famo, theirs=weighing_rules.famo),
    Row(
        name="stch",
        case="mu=0.7, warmup_steps=2",
        ours=lambda n: ours.stch(n, 0.7, 2),
        theirs=weighing_rules.smooth_tchebycheff,
    ),
    Row(
        name="log_transform",
        ours=ours.log_transform,
        theirs=weighing_rules.by_values(lambda values: 1 / (1 + values)),
    ),
    Row(
        name="pareto",
        case="preference=[1, 1/2, ...], tchebycheff_weight=0.6",
        ours=lambda n: ours.pareto(n, falling(n), 0.6),
        theirs=weighing_rules.by_values(weighing_rules.preferred),
    ),
]

DIRECTIONS = [
    Row(name="pcgrad", ours=ours.pcgrad, theirs=surgery_rules.pcgrad),
    Row(name="gradvac", ours=ours.gradvac, theirs=surgery_rules.gradvac),
    Row(
        name="graddrop",
        case="leak=0.25",
        ours=lambda n: ours.graddrop(n, 0.25),
        theirs=surgery_rules.graddrop,
    ),
    Row(
        name="imtl",
        ours=ours.imtl,
        theirs=surgery_rules.imtl,
        loose={"at rest": 1e-3},
        note="a step of 0 is a difference of large gradients",
    ),
    Row(name="aligned_mtl", ours=ours.aligned_mtl, theirs=surgery_rules.aligned),
]

CONVEX_PROGRAMS = [
    Row(name="mgda", ours=ours.mgda, theirs=convex_rules.mgda),
    Row(
        name="mgda",
        case="normalize=loss+",
        ours=lambda n: ours.mgda(n, "loss+"),
        theirs=convex_rules.mgda_normalized,
    ),
    Row(name="cagrad", ours=ours.cagrad, theirs=convex_rules.cagrad),
    Row(
        name="nash_mtl",
        ours=ours.nash_mtl,
        theirs=convex_rules.fair(1.0),
        loose=dict.fromkeys(WALKS, 3e-4) | {"opposite": 3e-2},
        note=REGULAR,
    ),
    Row(
        name="fairgrad",
        case="alpha=2",
        ours=lambda n: ours.fairgrad(n, 2.0),
        theirs=convex_rules.fair(2.0),
        loose=dict.fromkeys(WALKS, 5e-4) | {"opposite": 1e-1},
        note=REGULAR,
    ),
    Row(name="sdmgrad", ours=ours.sdmgrad, theirs=convex_rules.sdmgrad),
    Row(name="upgrad", ours=ours.upgrad, theirs=convex_rules.upgrad),
]

RUNNING = [
    Row(
        name="gradnorm",
        case="sgd(0.01)",
        ours=lambda n: ours.gradnorm(n, learner=ours.sgd(0.01)),
        theirs=running_rules.gradnorm,
    ),
    Row(name="db_mtl", ours=ours.db_mtl, theirs=running_rules.db_mtl),
    Row(name="moco", ours=ours.moco, theirs=running_rules.moco),
    Row(
        name="modo",
        case="gamma=0.01",
        ours=lambda n: ours.modo(n, 0.01),
        theirs=running_rules.modo,
    ),
    Row(name="excess_mtl", ours=ours.excess_mtl, theirs=running_rules.excess),
    Row(
        name="forum",
        case="rho=0.3",
        ours=lambda n: ours.forum(n, 0.3),
        theirs=running_rules.forum,
    ),
]

ROWS = [*BY_VALUES, *DIRECTIONS, *CONVEX_PROGRAMS, *RUNNING]
