"""L-BFGS with its line search, as optax and torch arrange it."""

from loopc_runtime.schedules import ScheduleLike
from loopc_runtime.transforms.base import GradientTransform, chain
from loopc_runtime.transforms.elementary import scale, scale_by_learning_rate
from loopc_runtime.transforms.flavors import Flavor, check_flavor
from loopc_runtime.transforms.lbfgs_torch import scale_by_lbfgs_torch
from loopc_runtime.transforms.quasi_newton import scale_by_lbfgs
from loopc_runtime.transforms.zoom import scale_by_zoom_linesearch


def lbfgs(
    learning_rate: ScheduleLike = 1.0,
    memory_size: int = 10,
    scale_init_precond: bool = True,
    linesearch: str | None = "zoom",
    max_linesearch_steps: int = 20,
    max_iter: int = 20,
    tolerance_grad: float = 1e-7,
    tolerance_change: float = 1e-9,
    *,
    flavor: Flavor = "optax",
) -> GradientTransform:
    """Quasi-Newton steps by the inverse Hessian of the latest steps.

    optax: one step an update, by a zoom line search from 1 (`linesearch` of `zoom`) or
    without one (None). torch: `max_iter` iterations an update, each with a search
    (`strong_wolfe`) or without one (None), until gradients or changes are below their
    tolerances; `scale_init_precond` and `max_linesearch_steps` are optax', `max_iter`
    and the tolerances torch's. Needs `value`, `gradient` and `evaluate`, but for optax
    without a search.

    Raises:
        ValueError: unknown flavor, or a search that it does not have.
    """
    check_flavor("lbfgs", flavor, ("optax", "torch"))
    search = "zoom" if flavor == "optax" else "strong_wolfe"
    if linesearch not in (search, None):
        raise ValueError(
            f"The line search of {flavor}'s L-BFGS is `{search}`, or None; found "
            f"{linesearch!r}."
        )
    if flavor == "torch":
        return scale_by_lbfgs_torch(
            *(learning_rate, max_iter, tolerance_grad, tolerance_change, memory_size),
            search=linesearch is not None,
        )
    links = [scale_by_lbfgs(memory_size, scale_init_precond)]
    plain = not callable(learning_rate) and learning_rate == 1.0
    links.append(scale(-1.0) if plain else scale_by_learning_rate(learning_rate))
    if linesearch is not None:
        links.append(
            scale_by_zoom_linesearch(max_linesearch_steps, initial_guess_strategy="one")
        )
    return chain(*links)
