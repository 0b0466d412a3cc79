"""Rules that neither optax nor Keras has, in NumPy from the papers' formulas."""

from collections.abc import Callable
from typing import Any

import numpy as np
from tests.parity.row import Arrays, Row, Rule
from tests.parity.walks import curvatures

import loopc_runtime as ours

Step = Callable[[np.ndarray, np.ndarray, int, float, Any], np.ndarray]


def jointly(rule: Callable[[Arrays], Arrays]) -> Callable[[], Rule]:
    """A rule of all gradients that remembers nothing."""
    return lambda: lambda gradients, variables, count, rate, value: rule(gradients)


def alone(start: Callable[[np.ndarray], Any], step: Step) -> Callable[[], Rule]:
    """A rule of each variable with a memory of its own, a dictionary of arrays.

    `step(gradient, variable, count, rate, memory)` returns the update.
    """

    def theirs() -> Rule:
        memories: list[Any] = []

        def rule(
            gradients: Arrays, variables: Arrays, count: int, rate: float, value: float
        ) -> Arrays:
            memories.extend([] if memories else [start(v) for v in variables])
            return [
                step(gradient, variable, count, rate, memory)
                for gradient, variable, memory in zip(
                    gradients, variables, memories, strict=True
                )
            ]

        return rule

    return theirs


def moments(value: np.ndarray) -> dict[str, np.ndarray]:
    """Return the memory of most rules: zeros."""
    zeros = ("mean", "square", "before", "sum")
    return {name: np.zeros_like(value) for name in zeros} | {"start": value.copy()}


def norm_of(arrays: Arrays, order: float = 2.0) -> float:
    """Return the norm over all elements."""
    flat = np.concatenate([np.ravel(each) for each in arrays])
    return float(np.linalg.norm(flat, order))


def clip_to_p_norm(gradients: Arrays, order: float) -> Arrays:
    """As torch's `clip_grad_norm_` with a largest norm of 3."""
    factor = min(1.0, 3.0 / (norm_of(gradients, order) + 1e-6))
    return [factor * each for each in gradients]


def clip_to_percentile() -> Rule:
    """Keep the last 7 norms and clip to their 60th percentile."""
    norms: list[float] = []

    def rule(
        gradients: Arrays, variables: Arrays, count: int, rate: float, value: float
    ) -> Arrays:
        norm = norm_of(gradients)
        norms.append(norm)
        bound = np.percentile(norms[-7:], 60.0)
        return [each * min(1.0, bound / norm) for each in gradients]

    return rule


def center(gradients: Arrays) -> Arrays:
    """Subtract the mean over all axes but the last from what has more than one."""
    return [
        (
            each - each.mean(axis=tuple(range(each.ndim - 1)), keepdims=True)
            if each.ndim > 1
            else each
        )
        for each in gradients
    ]


def clip_units(gradient: np.ndarray, variable: np.ndarray, *_: Any) -> np.ndarray:
    """Clip what shares the last axis to a tenth of the norm of its weights."""
    axes = tuple(range(gradient.ndim - 1)) if gradient.ndim > 1 else None
    norm = np.sqrt(np.sum(gradient**2, axis=axes, keepdims=True))
    weights = np.sqrt(np.sum(variable**2, axis=axes, keepdims=True))
    bound = 0.1 * np.maximum(weights, 1e-3)
    return gradient * np.minimum(1.0, bound / np.maximum(norm, 1e-6))


def decay_corrected(
    gradient: np.ndarray, variable: np.ndarray, count: int, rate: float, memory: Any
) -> np.ndarray:
    """Add decay in proportion to the rate, whose largest value is 1/32."""
    return gradient + 0.1 * rate / 2.0**-5 * variable


def go_with_caution(
    gradient: np.ndarray, variable: np.ndarray, count: int, rate: float, memory: Any
) -> np.ndarray:
    """Take momentum's step where it goes against the gradient, enlarged."""
    memory["mean"] = 0.9 * memory["mean"] + gradient
    step = -rate * memory["mean"]
    kept = step * gradient < 0
    return step * kept / max(np.mean(kept), 1e-3)


def laprop(
    gradient: np.ndarray, variable: np.ndarray, count: int, rate: float, memory: Any
) -> np.ndarray:
    """Average the gradient over its root mean square."""
    memory["square"] = 0.999 * memory["square"] + 0.001 * gradient**2
    divisor = np.sqrt(memory["square"] / (1 - 0.999**count)) + 1e-15
    memory["mean"] = 0.9 * memory["mean"] + 0.1 * gradient / divisor
    return -rate * (memory["mean"] / (1 - 0.9**count) + 0.1 * variable)


def mars(
    gradient: np.ndarray, variable: np.ndarray, count: int, rate: float, memory: Any
) -> np.ndarray:
    """Correct a matrix' gradient by its change, cap its norm, step as Adam."""
    seen = gradient
    if gradient.ndim > 1 and count > 1:
        seen = gradient + 0.025 * 0.9 / 0.1 * (gradient - memory["before"])
        seen = seen / max(1.0, float(np.sqrt(np.sum(seen**2))))
    memory["before"] = gradient
    memory["mean"] = 0.9 * memory["mean"] + 0.1 * seen
    memory["square"] = 0.99 * memory["square"] + 0.01 * seen**2
    root = np.sqrt(memory["square"] / (1 - 0.99**count)) + 1e-8
    return -rate * memory["mean"] / (1 - 0.9**count) / root


def without_radial(
    direction: np.ndarray, gradient: np.ndarray, variable: np.ndarray, decay: float
) -> np.ndarray:
    """Project as the paper's algorithm: unit by unit, else as a whole, else not."""
    if gradient.ndim < 2:
        return direction + decay * variable
    units = variable.reshape(-1, variable.shape[-1]).T
    for rows in (units, units.reshape(1, -1)):
        shape = rows.shape
        seen = gradient.reshape(-1, gradient.shape[-1]).T.reshape(shape)
        moved = direction.reshape(-1, direction.shape[-1]).T.reshape(shape)
        length = np.linalg.norm(rows, axis=1) * np.linalg.norm(seen, axis=1)
        cosine = np.abs(np.sum(rows * seen, axis=1)) / length
        if cosine.max() < 0.4 / np.sqrt(shape[1]):
            along = rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-8)
            moved = moved - along * np.sum(along * moved, axis=1, keepdims=True)
            whole = moved.reshape(units.shape).T.reshape(direction.shape)
            return whole + 0.1 * decay * variable
    return direction + decay * variable


def adamp(
    gradient: np.ndarray, variable: np.ndarray, count: int, rate: float, memory: Any
) -> np.ndarray:
    """Project Adam's direction; decay 0.1."""
    memory["mean"] = 0.9 * memory["mean"] + 0.1 * gradient
    memory["square"] = 0.999 * memory["square"] + 0.001 * gradient**2
    root = np.sqrt(memory["square"] / (1 - 0.999**count)) + 1e-8
    direction = memory["mean"] / (1 - 0.9**count) / root
    return -rate * without_radial(direction, gradient, variable, 0.1)


def sgdp(
    gradient: np.ndarray, variable: np.ndarray, count: int, rate: float, memory: Any
) -> np.ndarray:
    """Project momentum; decay 0.1 over 1 - momentum."""
    memory["mean"] = 0.9 * memory["mean"] + gradient
    return -rate * without_radial(memory["mean"], gradient, variable, 0.1 / (1 - 0.9))


def frank_wolfe(nuclear: bool) -> Step:
    """Move towards the corner of the ball of radius 0.5; the rate is what stays."""

    def step(
        gradient: np.ndarray, variable: np.ndarray, count: int, rate: float, memory: Any
    ) -> np.ndarray:
        corner = gradient / np.linalg.norm(gradient)
        if nuclear and gradient.ndim > 1:
            rows = gradient.reshape(-1, gradient.shape[-1])
            left, _, right = np.linalg.svd(rows, full_matrices=False)
            corner = np.outer(left[:, 0], right[0]).reshape(gradient.shape)
        return rate * variable - (1 - rate) * 0.5 * corner - variable

    return step


def madgrad(
    gradient: np.ndarray, variable: np.ndarray, count: int, rate: float, memory: Any
) -> np.ndarray:
    """Dual averaging with a cube root."""
    weight = (rate + 1e-6) * np.sqrt(count)
    memory["square"] = memory["square"] + weight * gradient**2
    memory["sum"] = memory["sum"] + weight * gradient
    target = memory["start"] - memory["sum"] / (np.cbrt(memory["square"]) + 1e-6)
    return 0.9 * variable + 0.1 * target - variable


def galore(
    gradient: np.ndarray, variable: np.ndarray, count: int, rate: float, memory: Any
) -> np.ndarray:
    """Adam in the two leading singular vectors of the first gradient."""
    basis = np.eye(1)
    if gradient.ndim == 2 and count == 1:
        memory["basis"] = np.linalg.svd(gradient, full_matrices=False)[0][:, :2]
        memory["mean"] = memory["square"] = np.zeros((2, gradient.shape[1]))
    if gradient.ndim == 2:
        basis = memory["basis"]
    seen = basis.T @ gradient if gradient.ndim == 2 else gradient
    memory["mean"] = 0.9 * memory["mean"] + 0.1 * seen
    memory["square"] = 0.999 * memory["square"] + 0.001 * seen**2
    root = np.sqrt(memory["square"] / (1 - 0.999**count)) + 1e-8
    direction = memory["mean"] / (1 - 0.9**count) / root
    return -rate * (0.5 * basis @ direction if gradient.ndim == 2 else direction)


def adahessian() -> Rule:
    """Adam with the diagonal of the quadratic, which any signs find."""
    memory: list[dict[str, np.ndarray]] = []

    def rule(
        gradients: Arrays, variables: Arrays, count: int, rate: float, value: float
    ) -> Arrays:
        memory.extend([] if memory else [moments(v) for v in variables])
        updates = []
        for gradient, own, curvature in zip(
            gradients, memory, curvatures(), strict=True
        ):
            own["mean"] = 0.9 * own["mean"] + 0.1 * gradient
            own["square"] = 0.999 * own["square"] + 0.001 * np.float64(curvature) ** 2
            root = np.sqrt(own["square"] / (1 - 0.999**count)) + 1e-8
            updates.append(-rate * own["mean"] / (1 - 0.9**count) / root)
        return updates

    return rule


def row(
    name: str,
    case: str,
    mine: Callable[[Any], Any],
    theirs: Callable[[], Rule],
    **traits: Any,
) -> Row:
    """A row against a rule in NumPy."""
    options = {"single": 5e-5, "note": FLOAT64} | traits
    return Row(
        name=name, library="numpy", case=case, ours=mine, theirs=theirs, **options
    )


FLOAT64 = "the rule is in float64, where powers of 0.999 keep more digits"
ROWS = [
    *[
        row(
            "clip_by_p_norm",
            f"norm_type={order}",
            lambda rate, order=order: ours.clip_by_p_norm(3.0, order),
            jointly(lambda gradients, order=order: clip_to_p_norm(gradients, order)),
        )
        for order in (1.0, 2.0, 3.0, float("inf"))
    ],
    row(
        "clip_by_percentile",
        "percentile=60, history=7",
        lambda rate: ours.clip_by_percentile(60.0, 7),
        clip_to_percentile,
    ),
    row("centralize", "", lambda rate: ours.centralize(), jointly(center)),
    row(
        "adaptive_grad_clip",
        "clipping=0.1",
        lambda rate: ours.adaptive_grad_clip(0.1),
        alone(moments, clip_units),
    ),
    row(
        "add_corrected_decayed_weights",
        "",
        lambda rate: ours.add_corrected_decayed_weights(0.1, rate, 2.0**-5),
        alone(moments, decay_corrected),
        scheduled=True,
        double=1e-5,
        note="schedules are float32",
    ),
    row(
        "cautious",
        "around sgd with momentum",
        lambda rate: ours.cautious(ours.sgd(rate, 0.9, flavor="optax")),
        alone(moments, go_with_caution),
    ),
    row(
        "laprop",
        "weight_decay=0.1",
        lambda rate: ours.laprop(rate, weight_decay=0.1),
        alone(moments, laprop),
        scheduled=True,
    ),
    row("mars", "", ours.mars, alone(moments, mars), scheduled=True),
    row(
        "adamp",
        "delta=0.4, weight_decay=0.1",
        lambda rate: ours.adamp(rate, weight_decay=0.1, delta=0.4),
        alone(moments, adamp),
    ),
    row(
        "sgdp",
        "delta=0.4, weight_decay=0.1",
        lambda rate: ours.sgdp(rate, weight_decay=0.1, delta=0.4),
        alone(moments, sgdp),
    ),
    *[
        row(
            "conditional_gradient",
            f"ord={ord}",
            lambda rate, ord=ord: ours.conditional_gradient(rate, 0.5, ord),
            alone(moments, frank_wolfe(ord == "nuclear")),
            of_weights=True,
            single=1e-3,
            note="singular vectors of float32 gradients",
        )
        for ord in ("fro", "nuclear")
    ],
    row("madgrad", "", ours.madgrad, alone(moments, madgrad), of_weights=True),
    row(
        "galore",
        "rank=2, scale=0.5",
        lambda rate: ours.galore(rate, 2, scale=0.5),
        alone(moments, galore),
        single=1e-3,
        note="singular vectors of float32 gradients",
    ),
    row("adahessian", "", ours.adahessian, adahessian, quadratic=True),
]
