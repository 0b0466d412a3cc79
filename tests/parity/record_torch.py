"""Record what torch's optimizers and schedulers do, for tests that run without torch.

    python -m tests.parity.record_torch

It needs torch and NumPy alone, and writes `torch_vectors.npz`: for each optimizer the
updates of fifty steps in float64, for each scheduler its rate at 97 counts, and the
version of torch. Gradients and variables are those of `walks.py`: before every step the
parameters are put where the walk is, so that errors do not add up.

torch keeps the units of a kernel on the first axis, Keras on the last: Muon sees the
transposed matrix. Its iteration runs in bfloat16 there, which hides everything behind
the third digit: it is recorded with that cast left out.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tests.parity.walks import STEPS, curvatures, gradients, variables

VECTORS = Path(__file__).parent / "torch_vectors.npz"
RATE = 2.0**-7
COUNTS = 97
SMALL, EVERY, WIDE = (0, 1, 2), (0, 1, 2, 3), (0, 1, 3)
optim, rates = torch.optim, torch.optim.lr_scheduler
Make = Callable[[Any], Any]

# Maker, shown variables.
OPTIMIZERS: dict[str, tuple[Make, tuple[int, ...]]] = {
    "sgd": (lambda p: optim.SGD(p, RATE, 0.9, weight_decay=0.1), EVERY),
    "sgd_nesterov": (
        lambda p: optim.SGD(p, RATE, 0.9, weight_decay=0.1, nesterov=True),
        SMALL,
    ),
    "sgd_dampening": (lambda p: optim.SGD(p, RATE, 0.9, dampening=0.3), SMALL),
    "adam": (lambda p: optim.Adam(p, RATE, weight_decay=0.1), EVERY),
    "adam_amsgrad": (lambda p: optim.Adam(p, RATE, eps=1e-6, amsgrad=True), SMALL),
    "adamw": (lambda p: optim.AdamW(p, RATE), SMALL),
    "adamw_amsgrad": (lambda p: optim.AdamW(p, RATE, amsgrad=True), SMALL),
    "nadam": (lambda p: optim.NAdam(p, RATE, weight_decay=0.1), SMALL),
    "adamax": (lambda p: optim.Adamax(p, RATE, weight_decay=0.1), SMALL),
    "rmsprop": (
        lambda p: optim.RMSprop(p, RATE, weight_decay=0.1, momentum=0.9),
        SMALL,
    ),
    "rmsprop_centered": (lambda p: optim.RMSprop(p, RATE, centered=True), SMALL),
    "adagrad": (lambda p: optim.Adagrad(p, RATE, weight_decay=0.1), SMALL),
    "adadelta": (lambda p: optim.Adadelta(p, RATE, weight_decay=0.1), SMALL),
    "radam": (lambda p: optim.RAdam(p, RATE, weight_decay=0.1), SMALL),
    "rprop": (lambda p: optim.Rprop(p, RATE), SMALL),
    "asgd": (lambda p: optim.ASGD(p, RATE, 0.01, weight_decay=0.1), SMALL),
    "adafactor": (lambda p: optim.Adafactor(p, RATE, eps=(2.0**-23, 1e-3)), EVERY),
    "adafactor_decay": (
        lambda p: optim.Adafactor(p, 0.5, -0.6, (1e-6, 1e-2), d=1.5, weight_decay=0.1),
        SMALL,
    ),
    "sparse_adam": (lambda p: optim.SparseAdam(p, RATE), WIDE),
    "muon": (lambda p: optim.Muon(p, RATE), (0,)),
    "muon_matched": (
        lambda p: optim.Muon(
            p, RATE, 0.0, nesterov=False, adjust_lr_fn="match_rms_adamw"
        ),
        (0,),
    ),
    "lbfgs": (lambda p: optim.LBFGS(p, RATE, max_iter=4), SMALL),
    "lbfgs_once": (lambda p: optim.LBFGS(p, RATE, max_iter=1, history_size=5), SMALL),
    "lbfgs_wolfe": (
        lambda p: optim.LBFGS(p, 0.3, max_iter=5, line_search_fn="strong_wolfe"),
        SMALL,
    ),
}
SCHEDULERS: dict[str, Make] = {
    "one_cycle": lambda o: rates.OneCycleLR(o, 1.0, total_steps=COUNTS),
    "one_cycle_three_phase": lambda o: rates.OneCycleLR(
        o, 1.0, total_steps=COUNTS, three_phase=True
    ),
    "cyclic_triangular": lambda o: rates.CyclicLR(o, 0.1, 1.0, 10, 5),
    "cyclic_triangular2": lambda o: rates.CyclicLR(o, 0.1, 1.0, 10, 5, "triangular2"),
    "cyclic_exp_range": lambda o: rates.CyclicLR(o, 0.1, 1.0, 10, 5, "exp_range", 0.97),
    "warm_restarts": lambda o: rates.CosineAnnealingWarmRestarts(o, 20, eta_min=0.1),
    "warm_restarts_doubling": lambda o: rates.CosineAnnealingWarmRestarts(o, 20, 2),
    "multistep": lambda o: rates.MultiStepLR(o, [30, 60], 0.1),
    "step": lambda o: rates.StepLR(o, 20, 0.5),
    "exponential": lambda o: rates.ExponentialLR(o, 0.97),
    "polynomial": lambda o: rates.PolynomialLR(o, 60, 2.0),
    "linear": lambda o: rates.LinearLR(o, 0.25, 1.0, 30),
}


def updates_of(name: str) -> list[np.ndarray]:
    """Return one [steps, ...] array of updates for each variable shown."""
    make, shown = OPTIMIZERS[name]
    turned, searches = name.startswith("muon"), name.startswith("lbfgs")
    stacks = gradients(searches)
    first = [turn(variables()[i][0], turned) for i in shown]
    parameters = [torch.nn.Parameter(torch.tensor(np.float64(v))) for v in first]
    optimizer = make(parameters)
    steps = []
    with double_precision(turned):
        for step in range(STEPS):
            present = [np.float64(turn(variables()[i][step], turned)) for i in shown]
            slopes = [np.float64(turn(stacks[i][step], turned)) for i in shown]
            if name == "sparse_adam":
                slopes = [odd_rows(each) for each in slopes]
            put(parameters, present, slopes, sparse=name == "sparse_adam")
            optimizer.step(closure_of(parameters, shown) if searches else None)
            pairs = zip(parameters, present, strict=True)
            steps.append([turn(p.detach().numpy() - v, turned) for p, v in pairs])
    return [np.stack(each) for each in zip(*steps, strict=True)]


def turn(array: np.ndarray, turned: bool) -> np.ndarray:
    """Return a matrix transposed if it is to be."""
    return array.T if turned else array


def odd_rows(gradient: np.ndarray) -> np.ndarray:
    """Return the gradient with zeros in the even rows."""
    kept = gradient.copy()
    kept[::2] = 0.0
    return kept


def put(parameters: Any, values: Any, slopes: Any, *, sparse: bool) -> None:
    """Set parameters and gradients; sparse ones have the odd rows alone."""
    for parameter, value, slope in zip(parameters, values, slopes, strict=True):
        parameter.data.copy_(torch.tensor(value))
        gradient = torch.tensor(slope)
        parameter.grad = gradient.to_sparse(1) if sparse else gradient


def closure_of(parameters: Any, shown: tuple[int, ...]) -> Callable[[], Any]:
    """Return what evaluates the quadratic at the parameters, and its gradients."""
    curved = [torch.tensor(np.float64(curvatures()[i])) for i in shown]

    def closure() -> Any:
        value = 0.0
        for parameter, curve in zip(parameters, curved, strict=True):
            parameter.grad = (curve * parameter).detach()
            value = value + (curve * parameter**2).sum() / 2
        return value

    return closure


@contextmanager
def double_precision(wanted: bool) -> Iterator[None]:
    """Let casts to bfloat16 change nothing within the block."""
    cast = torch.Tensor.bfloat16
    if wanted:
        torch.Tensor.bfloat16 = lambda self: self.clone()
    try:
        yield
    finally:
        torch.Tensor.bfloat16 = cast


def rates_of(name: str) -> np.ndarray:
    """Return the rate at every count, from a first one of 1."""
    optimizer = optim.SGD([torch.nn.Parameter(torch.zeros(1))], 1.0, momentum=0.9)
    scheduler = SCHEDULERS[name](optimizer)
    found = []
    for _ in range(COUNTS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(found) < COUNTS:
            scheduler.step()
    return np.array(found)


def recorded() -> dict[str, np.ndarray]:
    """Return everything that the file holds, by name."""
    found = {f"rate/{name}": rates_of(name) for name in SCHEDULERS}
    for name in OPTIMIZERS:
        for place, update in enumerate(updates_of(name)):
            found[f"update/{name}/{place}"] = update
    return {"version": np.array(torch.__version__), **found}


if __name__ == "__main__":
    np.savez_compressed(VECTORS, **recorded())
    print(f"{VECTORS}: {VECTORS.stat().st_size / 1024:.0f} KiB of {torch.__version__}")
