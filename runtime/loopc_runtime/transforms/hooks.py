"""What a transform may offer besides `init` and `update`, and how chains pass it on."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import tensorflow as tf

HookState = Any  # the state of the transform whose hook it is
Updates = list[tf.Tensor]


class Hooks(NamedTuple):
    """Pure functions of a transform's state that the shell and wrappers call.

    `weigh(values, state)` returns the weight of each of several objectives, for one
    backward pass through their weighted sum. `observe(state, values)` returns the state
    after the objectives were computed again behind a step. `real_updates(state)` counts
    the updates where not every step is one. `flush(state, variables)` returns the
    updates and state of what was held back, at the end of a run. `averaged(state,
    variables)` returns the values that stand for the variables when the model is
    evaluated. `probed(state)` returns the sums that probes hold, by name and measure.
    """

    weigh: Callable[[tf.Tensor, HookState], tf.Tensor] | None = None
    observe: Callable[[HookState, tf.Tensor], HookState] | None = None
    real_updates: Callable[[HookState], tf.Tensor] | None = None
    flush: (
        Callable[[HookState, Sequence[tf.Variable]], tuple[Updates, HookState]] | None
    ) = None
    averaged: Callable[[HookState, Sequence[tf.Variable]], Updates] | None = None
    probed: Callable[[HookState], dict[str, tf.Tensor]] | None = None


NO_HOOKS = Hooks()


def chained_hooks(links: Sequence[Any]) -> Hooks:
    """Return the hooks of a chain, whose state is the tuple of its links' states."""
    return Hooks(
        weigh=first_weigh(links),
        observe=every_observe(links),
        real_updates=first_count(links),
        flush=flush_through(links),
        averaged=last_averaged(links),
        probed=all_probed(links),
    )


def first_weigh(links: Sequence[Any]) -> Callable[..., tf.Tensor] | None:
    """Weights come from the link that combines the objectives, at the head."""
    for index, link in enumerate(links):
        weigh = link.hooks.weigh
        if weigh is not None:
            return lambda values, state: weigh(values, state[index])
    return None


def every_observe(links: Sequence[Any]) -> Callable[..., HookState] | None:
    """Each link that wants to see the objectives after the step sees them."""
    if not any(link.hooks.observe for link in links):
        return None

    def observe(state: HookState, values: tf.Tensor) -> HookState:
        return tuple(
            link.hooks.observe(part, values) if link.hooks.observe else part
            for link, part in zip(links, state, strict=True)
        )

    return observe


def first_count(links: Sequence[Any]) -> Callable[..., tf.Tensor] | None:
    """The first link that holds steps back counts the real ones."""
    for index, link in enumerate(links):
        count = link.hooks.real_updates
        if count is not None:
            return lambda state: count(state[index])
    return None


def flush_through(links: Sequence[Any]) -> Callable[..., Any] | None:
    """What the first link lets go of passes through the links behind it."""
    for index, link in enumerate(links):
        if link.hooks.flush is not None:
            return lambda state, variables: flushed_from(links, index, state, variables)
    return None


def flushed_from(
    links: Sequence[Any], index: int, state: HookState, variables: Sequence[tf.Variable]
) -> tuple[Updates, HookState]:
    """Flush link `index` and let the ones behind it transform what comes out."""
    updates, after = links[index].hooks.flush(state[index], variables)
    states = [*state[:index], after]
    for link, before in zip(links[index + 1 :], state[index + 1 :], strict=True):
        updates, after = link.update(updates, before, variables)
        states.append(after)
    return updates, tuple(states)


def last_averaged(links: Sequence[Any]) -> Callable[..., Updates] | None:
    """The last link that averages says what stands for the variables."""
    for index, link in reversed(list(enumerate(links))):
        averaged = link.hooks.averaged
        if averaged is not None:
            return lambda state, variables: averaged(state[index], variables)
    return None


def all_probed(links: Sequence[Any]) -> Callable[..., dict[str, tf.Tensor]] | None:
    """Measurements of every link together."""
    if not any(link.hooks.probed for link in links):
        return None

    def probed(state: HookState) -> dict[str, tf.Tensor]:
        found: dict[str, tf.Tensor] = {}
        for link, part in zip(links, state, strict=True):
            found |= link.hooks.probed(part) if link.hooks.probed else {}
        return found

    return probed


def lifted_hooks(inner: Hooks, **own: Any) -> Hooks:
    """Return the hooks of a wrapper whose state keeps that of `inner` as `.inner`.

    `own` are hooks of the wrapper itself, which come first. `flush` and `weigh` are
    not lifted: what wraps them has to say what they mean.
    """
    lifted: dict[str, Any] = {}
    if inner.real_updates is not None:
        count = inner.real_updates
        lifted["real_updates"] = lambda state: count(state.inner)
    if inner.averaged is not None:
        averaged = inner.averaged
        lifted["averaged"] = lambda state, variables: averaged(state.inner, variables)
    if inner.probed is not None:
        probed = inner.probed
        lifted["probed"] = lambda state: probed(state.inner)
    return Hooks(**(lifted | own))
