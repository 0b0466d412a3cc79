"""Transforms against optax: every update of fifty, in a graph and under XLA."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import optax
import pytest
from tests.parity.trajectories import optax_updates, our_updates, update_error

import loopc_runtime as ours

MASK = [True, False, True]


def fall(count):
    """Fall from 1 to 0.2 over 40 counts: one formula for both libraries."""
    return 1.0 - 0.02 * jnp.minimum(count, 40.0)


def our_fall() -> ours.Schedule:
    """Return the schedule that `fall` is in optax."""
    return ours.linear(1.0, 0.2, 40)


CASES: dict[str, tuple[Callable, Callable]] = {
    "identity": (ours.identity, optax.identity),
    "set_to_zero": (ours.set_to_zero, optax.set_to_zero),
    "scale": (lambda: ours.scale(-0.3), lambda: optax.scale(-0.3)),
    "scale_by_sign": (ours.scale_by_sign, optax.scale_by_sign),
    "scale_by_schedule": (
        lambda: ours.scale_by_schedule(our_fall()),
        lambda: optax.scale_by_schedule(fall),
    ),
    "scale_by_learning_rate": (
        lambda: ours.scale_by_learning_rate(0.01),
        lambda: optax.scale_by_learning_rate(0.01),
    ),
    "scale_by_learning_rate_scheduled": (
        lambda: ours.scale_by_learning_rate(our_fall()),
        lambda: optax.scale_by_learning_rate(fall),
    ),
    "scale_by_learning_rate_unflipped": (
        lambda: ours.scale_by_learning_rate(0.01, flip_sign=False),
        lambda: optax.scale_by_learning_rate(0.01, flip_sign=False),
    ),
    "clip": (lambda: ours.clip(0.5), lambda: optax.clip(0.5)),
    "clip_by_global_norm": (
        lambda: ours.clip_by_global_norm(8.0),
        lambda: optax.clip_by_global_norm(8.0),
    ),
    "add_decayed_weights": (
        lambda: ours.add_decayed_weights(0.1),
        lambda: optax.add_decayed_weights(0.1),
    ),
    "add_decayed_weights_masked": (
        lambda: ours.add_decayed_weights(0.1, MASK),
        lambda: optax.add_decayed_weights(0.1, MASK),
    ),
    "add_decayed_weights_scheduled": (
        lambda: ours.add_decayed_weights(our_fall()),
        lambda: optax.add_decayed_weights(fall),
    ),
    "trace": (lambda: ours.trace(0.9), lambda: optax.trace(0.9)),
    "trace_nesterov": (
        lambda: ours.trace(0.9, nesterov=True),
        lambda: optax.trace(0.9, nesterov=True),
    ),
    "trace_scheduled": (
        lambda: ours.trace(our_fall()),
        lambda: optax.inject_hyperparams(optax.trace)(decay=fall),
    ),
    "ema": (lambda: ours.ema(0.9), lambda: optax.ema(0.9)),
    "ema_biased": (
        lambda: ours.ema(0.9, debias=False),
        lambda: optax.ema(0.9, debias=False),
    ),
    "scale_by_adam": (ours.scale_by_adam, optax.scale_by_adam),
    "scale_by_adam_eps_root": (
        lambda: ours.scale_by_adam(0.8, 0.95, 1e-5, 1e-4),
        lambda: optax.scale_by_adam(0.8, 0.95, 1e-5, 1e-4),
    ),
    "scale_by_adam_nesterov": (
        lambda: ours.scale_by_adam(nesterov=True),
        lambda: optax.scale_by_adam(nesterov=True),
    ),
    "scale_by_adam_scheduled": (
        lambda: ours.scale_by_adam(b1=our_fall() * 0.9),
        lambda: optax.inject_hyperparams(optax.scale_by_adam)(
            b1=lambda count: fall(count) * 0.9
        ),
    ),
    "scale_by_amsgrad": (ours.scale_by_amsgrad, optax.scale_by_amsgrad),
    "scale_by_adamax": (ours.scale_by_adamax, optax.scale_by_adamax),
    "scale_by_rms": (ours.scale_by_rms, optax.scale_by_rms),
    "scale_by_rms_outside": (
        lambda: ours.scale_by_rms(0.95, 1e-6, 0.3, eps_in_sqrt=False),
        lambda: optax.scale_by_rms(0.95, 1e-6, 0.3, eps_in_sqrt=False),
    ),
    "scale_by_rms_corrected": (
        lambda: ours.scale_by_rms(bias_correction=True),
        lambda: optax.scale_by_rms(bias_correction=True),
    ),
    "scale_by_stddev": (ours.scale_by_stddev, optax.scale_by_stddev),
    "scale_by_stddev_outside": (
        lambda: ours.scale_by_stddev(eps_in_sqrt=False, bias_correction=False),
        lambda: optax.scale_by_stddev(eps_in_sqrt=False, bias_correction=False),
    ),
    "scale_by_rss": (ours.scale_by_rss, optax.scale_by_rss),
    "scale_by_adadelta": (ours.scale_by_adadelta, optax.scale_by_adadelta),
    "scale_by_lion": (ours.scale_by_lion, optax.scale_by_lion),
    "sgd": (
        lambda: ours.sgd(our_fall(), momentum=0.9, nesterov=True, flavor="optax"),
        lambda: optax.sgd(fall, momentum=0.9, nesterov=True),
    ),
    "adam": (
        lambda: ours.adam(our_fall(), epsilon=1e-8, flavor="optax"),
        lambda: optax.adam(fall),
    ),
    "adamw": (
        lambda: ours.adamw(
            1e-3, epsilon=1e-8, weight_decay=0.1, mask=ours.kernels, flavor="optax"
        ),
        lambda: optax.adamw(1e-3, weight_decay=0.1, mask=[True, False, False]),
    ),
    "amsgrad": (
        lambda: ours.adam(1e-3, epsilon=1e-8, amsgrad=True, flavor="optax"),
        lambda: optax.amsgrad(1e-3),
    ),
    "nadamw": (
        lambda: ours.nadam(1e-3, epsilon=1e-8, weight_decay=0.1, flavor="optax"),
        lambda: optax.nadamw(1e-3, weight_decay=0.1),
    ),
    "adamaxw": (
        lambda: ours.adamax(1e-3, epsilon=1e-8, weight_decay=0.1, flavor="optax"),
        lambda: optax.adamaxw(1e-3, weight_decay=0.1),
    ),
    "rmsprop": (
        lambda: ours.rmsprop(our_fall(), 0.9, 0.8, 1e-8, flavor="optax"),
        lambda: optax.rmsprop(fall, momentum=0.8),
    ),
    "rmsprop_centered": (
        lambda: ours.rmsprop(1e-3, 0.9, 0.8, 1e-8, centered=True, flavor="optax"),
        lambda: optax.rmsprop(1e-3, momentum=0.8, centered=True),
    ),
    "adagrad": (
        lambda: ours.adagrad(1e-2, flavor="optax"),
        lambda: optax.adagrad(1e-2),
    ),
    "adadelta": (
        lambda: ours.adadelta(1.0, 0.9, 1e-6, weight_decay=0.1, flavor="optax"),
        lambda: optax.adadelta(1.0, weight_decay=0.1),
    ),
    "lion": (
        lambda: ours.lion(our_fall(), weight_decay=0.1, flavor="optax"),
        lambda: optax.lion(fall, weight_decay=0.1),
    ),
    "clipped_chain": (
        lambda: ours.chain(
            ours.clip_by_global_norm(1.0), ours.scale_by_adam(), ours.scale(-0.1)
        ),
        lambda: optax.chain(
            optax.clip_by_global_norm(1.0), optax.scale_by_adam(), optax.scale(-0.1)
        ),
    ),
}


@pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])
@pytest.mark.parametrize("name", CASES)
def test_updates_equal_those_of_optax(name: str, xla: bool) -> None:
    """Every update equals optax's, whatever the gradients' magnitude."""
    make_ours, make_theirs = CASES[name]
    theirs = optax_updates(make_theirs())

    mine = our_updates(make_ours(), xla=xla)

    assert all(np.isfinite(update).all() for update in mine)
    assert update_error(mine, theirs) <= 1e-5
