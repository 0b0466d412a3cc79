"""Rules that combine gradients by their directions, each from its paper."""

import numpy as np
from tests.parity.objectives import Rule, Shown
from tests.parity.rows.objective_rules import norms, over


def pcgrad(tasks: int) -> Rule:
    """Yu and others, 2020, algorithm 1, in the order that was drawn."""

    def rule(s: Shown) -> np.ndarray:
        total = np.zeros(s.gradients.shape[1])
        for task, order in enumerate(s.draws.orders["pcgrad"]):
            own = s.gradients[task].copy()
            for other in np.delete(s.gradients, task, 0)[order]:
                if own @ other < 0:
                    own -= own @ other / (other @ other) * other
            total += own
        return total

    return rule


def gradvac(tasks: int) -> Rule:
    """Wang and others, 2021, algorithm 1, beta 0.5."""
    targets = np.zeros((tasks, tasks))

    def rule(s: Shown) -> np.ndarray:
        total = np.zeros(s.gradients.shape[1])
        for task, order in enumerate(s.draws.orders["gradvac"]):
            own = s.gradients[task].copy()
            for place in np.delete(np.arange(tasks), task)[order]:
                other, target = s.gradients[place], targets[task, place]
                length, norm = np.linalg.norm(own), np.linalg.norm(other)
                cosine = own @ other / (length * norm) if length * norm else 0.0
                if cosine < target and norm:
                    wished = np.sqrt(1 - target**2)
                    across = np.sqrt(max(1 - cosine**2, 0.0))
                    share = length * (target * across - cosine * wished)
                    own = own + share / (norm * wished) * other
                targets[task, place] = 0.5 * target + 0.5 * cosine
            total += own
        return total

    return rule


def graddrop(tasks: int) -> Rule:
    """Chen and others, 2020, algorithm 1, a quarter leaking."""

    def rule(s: Shown) -> np.ndarray:
        g = s.gradients
        purity = 0.5 * (1 + g.sum(0) / np.abs(g).sum(0))
        positive = purity > s.draws.signs
        kept = np.where(positive, g > 0, g < 0)
        return (g * np.where(kept, 1.0, 0.25)).sum(0)

    return rule


def imtl(tasks: int) -> Rule:
    """Liu and others, 2021: an affine sum with equal projections on unit gradients."""

    def rule(s: Shown) -> np.ndarray:
        g = s.gradients
        units = over(g, norms(g)[:, None])
        rows = [g @ (units[0] - unit) for unit in units[1:]]
        system = np.stack([*rows, np.ones(tasks)])
        wanted = np.eye(tasks)[-1]
        return np.asarray(np.linalg.lstsq(system, wanted, rcond=1e-9)[0] @ g)

    return rule


def aligned(tasks: int) -> Rule:
    """Senushkin and others, 2023: all singular values that there are, the smallest."""

    def rule(s: Shown) -> np.ndarray:
        u, singular, v = np.linalg.svd(s.gradients, full_matrices=False)
        real = singular > 1e-6 * singular.max()
        return np.asarray((u * np.where(real, singular[real].min(), 0.0) @ v).sum(0))

    return rule
