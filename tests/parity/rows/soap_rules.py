"""SOAP in NumPy, by the algorithm of Vyas and others (2024) for any number of axes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from tests.parity.row import Row
from tests.parity.rows.numpy_rules import alone

import loopc_runtime as ours


@dataclass(frozen=True)
class Soap:
    """The options of a case, those of the paper's code where it says nothing else."""

    longest: int = 4  # of what is shown, all first products then have full rank
    frequency: int = 10
    beta: float = 0.95  # of the products
    merges: bool = False
    corrects: bool = True
    normalizes: bool = False
    decay: float = 0.0

    def step(
        self,
        gradient: np.ndarray,
        variable: np.ndarray,
        count: int,
        rate: float,
        memory: Any,
    ) -> np.ndarray:
        """Take Adam's step for the rotated gradient; the first one rotates alone."""
        decayed = -rate * self.decay * variable
        if self.merges and gradient.ndim > 2:
            gradient = gradient.reshape(-1, gradient.shape[-1])
        axes = [i for i, n in enumerate(gradient.shape) if n <= self.longest]
        axes = axes if gradient.ndim > 1 else []
        products = {i: unfolded(gradient, i) @ unfolded(gradient, i).T for i in axes}
        if count == 1:
            memory["L"] = {i: (1 - self.beta) * each for i, each in products.items()}
            found = {i: np.linalg.eigh(each)[1] for i, each in memory["L"].items()}
            memory["Q"] = {i: vectors[:, ::-1] for i, vectors in found.items()}
            memory["M"] = memory["V"] = np.zeros_like(gradient)
            return decayed
        direction = self.direction(gradient, count - 1, memory)
        for i in axes:
            kept = self.beta * memory["L"][i]
            memory["L"][i] = kept + (1 - self.beta) * products[i]
        for i in axes if (count - 1) % self.frequency == 0 else ():
            self.turn(i, memory)
        return decayed - rate * direction.reshape(variable.shape)

    def direction(self, gradient: np.ndarray, past: int, memory: Any) -> np.ndarray:
        """Return Adam's direction, rotated back."""
        down = {i: q.T for i, q in memory["Q"].items()}
        memory["M"] = 0.95 * memory["M"] + 0.05 * gradient
        memory["V"] = 0.95 * memory["V"] + 0.05 * rotated(gradient, down) ** 2
        seen = rotated(memory["M"], down) / (np.sqrt(memory["V"]) + 1e-8)
        found = rotated(seen, memory["Q"])
        if self.corrects:
            found = found * np.sqrt(1 - 0.95**past) / (1 - 0.95**past)
        return found / np.sqrt(np.mean(found**2)) if self.normalizes else found

    def turn(self, axis: int, memory: Any) -> None:
        """Take a step of orthogonal iteration, the largest eigenvalue first."""
        power = memory["L"][axis] @ memory["Q"][axis]
        order = np.argsort(-np.diag(memory["Q"][axis].T @ power), kind="stable")
        memory["Q"][axis] = np.linalg.qr(power[:, order])[0]
        memory["V"] = np.take(memory["V"], order, axis=axis)


def unfolded(tensor: np.ndarray, axis: int) -> np.ndarray:
    """Return the slices along one axis as rows."""
    return np.moveaxis(tensor, axis, 0).reshape(tensor.shape[axis], -1)


def rotated(tensor: np.ndarray, rotations: dict[int, np.ndarray]) -> np.ndarray:
    """Return the tensor with each of some axes multiplied by a matrix."""
    for axis, matrix in rotations.items():
        tensor = np.moveaxis(np.tensordot(matrix, tensor, (1, axis)), 0, axis)
    return tensor


def soap_row(
    name: str,
    case: str,
    mine: Callable[[Any], ours.GradientTransform],
    theirs: Soap,
    **traits: Any,
) -> Row:
    """A row against the paper's algorithm."""
    return Row(
        name=name,
        library="numpy",
        case=f"from the paper, max_precond_dim=4, {case}",
        ours=mine,
        theirs=alone(lambda value: {}, theirs.step),
        single=1e-3,
        note="eigenvectors of float32 gradients",
        **traits,
    )


ROWS = [
    soap_row(
        "soap",
        "weight_decay=0.01",
        lambda rate: ours.soap(rate, max_precond_dim=4),
        Soap(decay=0.01),
    ),
    soap_row(
        "soap",
        "flatten_kernels, precondition_frequency=3, shampoo_beta=0.9, normalize_grads",
        lambda rate: ours.soap(
            rate,
            shampoo_beta=0.9,
            precondition_frequency=3,
            max_precond_dim=4,
            normalize_grads=True,
            weight_decay=None,
            flatten_kernels=True,
        ),
        Soap(frequency=3, beta=0.9, merges=True, normalizes=True),
        scheduled=True,
        shown=(0, 1, 3),
    ),
    soap_row(
        "scale_by_soap",
        "correct_bias=False",
        lambda rate: ours.chain(
            ours.scale_by_soap(max_precond_dim=4, correct_bias=False), ours.scale(-rate)
        ),
        Soap(corrects=False),
    ),
]
