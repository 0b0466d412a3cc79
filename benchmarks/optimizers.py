"""What a step of an optimizer costs: ours, Keras' and optax', on two kinds of models.

Gradients are given, so that nothing else is measured. All loops run many steps in one
call: ours and Keras' in a `tf.while_loop`, optax' in a `fori_loop` under jit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import tensorflow as tf
from benchmarks.timing import interleaved, middle, rate

import loopc_runtime as ours

SECONDS_A_ROUND = 0.3
STEPS = 20
MODELS = {"100 of 32 x 32": (100, (32, 32)), "4 of 512 x 512": (4, (512, 512))}
OPTIMIZERS: dict[str, tuple[Callable[..., Any], Callable[..., Any], Any]] = {
    "sgd, momentum": (
        lambda: ours.sgd(0.01, 0.9),
        lambda: keras.optimizers.SGD(0.01, 0.9),
        lambda: optax.sgd(0.01, 0.9),
    ),
    "adamw": (
        lambda: ours.adamw(1e-3),
        lambda: keras.optimizers.AdamW(1e-3),
        lambda: optax.adamw(1e-3),
    ),
    "clip, adam": (
        lambda: ours.chain(ours.clip_by_global_norm(1.0), ours.adam(1e-3)),
        lambda: keras.optimizers.Adam(1e-3, global_clipnorm=1.0),
        lambda: optax.chain(optax.clip_by_global_norm(1.0), optax.adam(1e-3)),
    ),
}


@dataclass
class CompiledLoop:
    """Steps that one call takes."""

    call: Callable[[], Any]

    def advance(self) -> int:
        """Take the steps and wait for them."""
        self.call()
        return STEPS


def values(count: int, shape: tuple[int, ...], seed: int) -> list[np.ndarray]:
    """Return random arrays."""
    random = np.random.default_rng(seed)
    return [np.float32(random.normal(size=shape)) for _ in range(count)]


def tensorflow_loop(
    apply: Callable[[Sequence[Any]], Any], gradients: Sequence[np.ndarray], xla: bool
) -> CompiledLoop:
    """Drive `apply(gradients)` in a device loop; the gradients change a little."""
    constants = [tf.constant(each) for each in gradients]

    @tf.function(jit_compile=xla)
    def run() -> None:
        def body(step: tf.Tensor) -> list[tf.Tensor]:
            factor = 1.0 + 1e-3 * tf.cast(step, tf.float32)
            apply([each * factor for each in constants])
            return [step + 1]

        tf.while_loop(lambda step: step < STEPS, body, [tf.constant(0)])

    # Traced here: many functions of one line look like one that is traced anew.
    return CompiledLoop(run.get_concrete_function())


def our_loop(make: Any, count: int, shape: Any, xla: bool, flat: bool) -> CompiledLoop:
    """Drive our optimizer."""
    variables = [keras.Variable(each) for each in values(count, shape, 0)]
    transform = ours.flat_state(make()) if flat else make()
    optimizer = ours.Optimizer(transform, variables)

    def apply(gradients: Sequence[tf.Tensor]) -> None:
        optimizer.apply_gradients(zip(gradients, variables, strict=True))

    return tensorflow_loop(apply, values(count, shape, 1), xla)


def keras_loop(make: Any, count: int, shape: Any, xla: bool) -> CompiledLoop:
    """Drive a Keras optimizer."""
    variables = [keras.Variable(each) for each in values(count, shape, 0)]
    optimizer = make()
    optimizer.build(variables)

    def apply(gradients: Sequence[tf.Tensor]) -> None:
        optimizer.apply(gradients, variables)

    return tensorflow_loop(apply, values(count, shape, 1), xla)


def optax_loop(make: Any, count: int, shape: Any) -> CompiledLoop:
    """Drive an optax optimizer under jit; parameters and state are donated."""
    transform = make()
    gradients = [jnp.asarray(each) for each in values(count, shape, 1)]

    def body(step: Any, carry: tuple[Any, Any]) -> tuple[Any, Any]:
        params, state = carry
        current = [each * (1.0 + 1e-3 * step) for each in gradients]
        updates, state = transform.update(current, state, params)
        return optax.apply_updates(params, updates), state

    run = jax.jit(
        lambda carry: jax.lax.fori_loop(0, STEPS, body, carry), donate_argnums=0
    )
    params = [jnp.asarray(each) for each in values(count, shape, 0)]
    kept = [(params, transform.init(params))]

    def call() -> None:
        kept[0] = run(kept[0])
        jax.block_until_ready(kept[0])

    return CompiledLoop(call)


def loops(name: str, count: int, shape: Any) -> dict[str, CompiledLoop]:
    """Return the contestants for one optimizer and model."""
    mine, kerases, optaxes = OPTIMIZERS[name]
    return {
        "ours": our_loop(mine, count, shape, xla=False, flat=False),
        "ours, flat": our_loop(mine, count, shape, xla=False, flat=True),
        "Keras": keras_loop(kerases, count, shape, xla=False),
        "ours, XLA": our_loop(mine, count, shape, xla=True, flat=False),
        "Keras, XLA": keras_loop(kerases, count, shape, xla=True),
        "optax, jit": optax_loop(optaxes, count, shape),
    }


def show_costs(rounds: int) -> None:
    """Print one line per model, optimizer and contestant."""
    print("\n| tensors | optimizer | contestant | ms per step | CPU ms per step |")
    print("|---|---|---|--:|--:|")
    for model, (count, shape) in MODELS.items():
        for name in OPTIMIZERS:
            contestants = loops(name, count, shape)
            for loop in contestants.values():
                loop.advance()
            found = interleaved(
                {
                    label: lambda loop=loop: rate(loop, SECONDS_A_ROUND)
                    for label, loop in contestants.items()
                },
                rounds,
            )
            for label, rates in found.items():
                wall = 1e3 / middle([each.wall for each in rates])
                cpu = 1e3 / middle([each.cpu for each in rates])
                line = f"| {model} | {name} | {label} | {wall:.3f} | {cpu:.3f} |"
                print(line, flush=True)
