"""PSGD Kron in NumPy: Q as one matrix, the product of Kronecker, on flat gradients."""

from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np
import tensorflow as tf
from tests.parity.row import Arrays, Row, Rule
from tests.parity.rows.soap_rules import unfolded

import loopc_runtime as ours
from loopc_runtime.random import random_normal, random_uniform


@dataclass
class Kron:
    """A case of the rule; `diagonal` says which axes of a shape have a diagonal factor.

    The draws are an input: those of our functions, at the site of the transform.
    """

    site: str
    diagonal: Any
    wait: int = 1  # updates from one that learns to the next
    raw: bool = False
    size: float = 1.0
    pace: float = 0.1
    merges: bool = False
    decay: float = 0.0
    means: Arrays = field(default_factory=list)
    factors: list[Arrays] = field(default_factory=list)

    def __call__(
        self,
        gradients: Arrays,
        variables: Arrays,
        count: int,
        rate: float,
        value: float,
    ) -> Arrays:
        """Return the updates of one step."""
        seen = [self.shaped(each) for each in gradients]
        if count == 1:
            self.means = [np.zeros_like(each) for each in seen]
            self.factors = [
                [self.size ** (1 / each.ndim) * np.eye(n) for n in each.shape]
                for each in seen
            ]
        pairs = zip(self.means, seen, strict=True)
        self.means = [0.9 * mean + 0.1 * each for mean, each in pairs]
        hats = [mean / (1 - 0.9**count) for mean in self.means]
        if count % self.wait == 0:
            self.learn(seen if self.raw else hats, count)
        updates = []
        for hat, factors, variable in zip(hats, self.factors, variables, strict=True):
            whole = reduce(np.kron, factors)
            found = whole.T @ whole @ hat.ravel()
            found *= min(1.0, 1.1 / (np.sqrt(np.mean(found**2)) + 1e-8))
            updates.append(
                -rate * (found.reshape(variable.shape) + self.decay * variable)
            )
        return updates

    def shaped(self, tensor: np.ndarray) -> np.ndarray:
        """Return a scalar as a vector, and a kernel as a matrix if that is the case."""
        if self.merges and tensor.ndim > 2:
            return tensor.reshape(-1, tensor.shape[-1])
        return tensor.reshape(tensor.shape or (1,))

    def learn(self, seen: Arrays, count: int) -> None:
        """Let every factor take a step, by the draws of this update."""
        with ours.step_scope(7, tf.constant(count - 1)):
            chances = random_uniform([len(seen)], self.site).numpy()
            draws = [random_normal(each.shape, self.site).numpy() for each in seen]
        for place, (each, draw) in enumerate(zip(seen, draws, strict=True)):
            factors = self.factors[place]
            if chances[place] < 0.01 and each.ndim > 1:
                sizes = np.array([np.abs(factor).max() for factor in factors])
                mean = np.prod(sizes) ** (1 / len(sizes))
                factors = [f * mean / n for f, n in zip(factors, sizes, strict=True)]
            self.factors[place] = self.moved(factors, each, np.float64(draw))

    def moved(self, factors: Arrays, seen: np.ndarray, draw: np.ndarray) -> Arrays:
        """Return the factors after a step on |Q seen|^2 + |Q^-T draw|^2."""
        whole = reduce(np.kron, factors)
        forth = (whole @ seen.ravel()).reshape(seen.shape)
        back = np.linalg.solve(whole.T, draw.ravel()).reshape(seen.shape)
        moved = []
        for axis, factor in enumerate(factors):
            first = unfolded(forth, axis) @ unfolded(forth, axis).T
            second = unfolded(back, axis) @ unfolded(back, axis).T
            slope, curvature = np.triu(first - second), first + second
            if self.diagonal(seen.shape, axis):
                slope, curvature = (np.diag(np.diag(m)) for m in (slope, curvature))
                bound = np.abs(curvature).max()
            else:
                column = np.argmax(np.sum(curvature**2, axis=0))
                towards = curvature @ curvature[:, column]
                towards = towards / np.linalg.norm(towards)
                bound = np.linalg.norm(curvature @ towards)
            moved.append(factor - self.pace / bound * slope @ factor)
        return moved


def few_or_single(shape: tuple[int, ...], axis: int) -> bool:
    """Diagonal factors by default: of vectors, and along axes of one element."""
    return len(shape) < 2 or shape[axis] == 1


def longest_too(shape: tuple[int, ...], axis: int) -> bool:
    """And along the longest axis."""
    return few_or_single(shape, axis) or axis == int(np.argmax(shape))


def longer_than_three(shape: tuple[int, ...], axis: int) -> bool:
    """Only along axes of more than three elements, or of one."""
    return shape[axis] > 3 or shape[axis] == 1


def kron_row(
    name: str, case: str, mine: Any, theirs: dict[str, Any], **traits: Any
) -> Row:
    """A row against the rule on flattened gradients."""

    def rule() -> Rule:
        return Kron(**theirs)

    return Row(
        name=name,
        library="numpy",
        case=f"from the paper, {case}",
        ours=mine,
        theirs=rule,
        single=1e-2,
        note="factors follow gradients of magnitudes from 1e-6 to 10",
        **traits,
    )


ROWS = [
    kron_row(
        "kron",
        "weight_decay=0.1",
        lambda rate: ours.kron(rate, weight_decay=0.1, site="kron_plain"),
        {"site": "kron_plain", "diagonal": few_or_single, "decay": 0.1},
    ),
    kron_row(
        "kron",
        "update_probability=0.3, memory_save=one_diag, precond_init_scale=0.5,"
        " raw gradients, flatten_kernels",
        lambda rate: ours.kron(
            rate,
            update_probability=0.3,
            memory_save="one_diag",
            momentum_into_precond_update=False,
            precond_lr=0.25,
            precond_init_scale=0.5,
            flatten_kernels=True,
            site="kron_rare",
        ),
        {
            **{"site": "kron_rare", "diagonal": longest_too, "wait": 4, "raw": True},
            **{"size": 0.5, "pace": 0.25, "merges": True},
        },
        scheduled=True,
        shown=(0, 1, 3),
    ),
    kron_row(
        "scale_by_kron",
        "max_size_triangular=3, min_ndim_triangular=1",
        lambda rate: ours.chain(
            ours.scale_by_kron(
                max_size_triangular=3, min_ndim_triangular=1, site="kron_short"
            ),
            ours.scale(-rate),
        ),
        {"site": "kron_short", "diagonal": longer_than_three},
    ),
]
