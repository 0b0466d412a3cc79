"""Transforms and schedules: options of the runtime, defaults of each flavor."""

import inspect
from typing import Any

import keras
import optax
import pytest

import loopc_runtime
from loopc.vocabulary import schedules, transforms
from loopc.vocabulary.entry import REQUIRED, Option, ScheduleEntry, TransformEntry

MASKS = {"only", "decay"}  # masks; `decay` of `trace` and others is a number
OF_THE_RUNTIME = {
    *("mask", "flip_sign", "momentum_decay", "eps_in_max", "eps_corrected", "site"),
    *("tasks", "groups"),  # written by the compiler: how many objectives, which weights
    *("tasks", "learner"),
    *("measures", "skip_zeros"),  # of a probe: what reports read, where it stands
}
NO_EPS_CHOICE = {("scale_by_rss", "eps_in_sqrt"), ("sam", "eps")}


def unique(mapping: Any) -> list[Any]:
    """Return the entries of a mapping once each."""
    return [
        entry
        for name, entry in mapping.items()
        if name == entry.name and not getattr(entry, "internal", False)
    ]


def is_mask(option: Option) -> bool:
    """Say whether an option is printed as the `mask` of the runtime function."""
    return option.kind == "enum" and option.name in MASKS


EVERY = pytest.mark.parametrize(
    "entry", unique(transforms()), ids=lambda entry: entry.name
)
OPTIMIZERS = [e for e in unique(transforms()) if e.role == "optimizer"]


@EVERY
def test_options_are_those_of_the_runtime(entry: TransformEntry) -> None:
    """Names, order and defaults are those of the function that the script calls."""
    signature = inspect.signature(getattr(loopc_runtime, entry.python))
    found = {
        name: parameter.default
        for name, parameter in signature.parameters.items()
        if name not in OF_THE_RUNTIME and (entry.name, name) not in NO_EPS_CHOICE
    }
    expected = {
        option.name: (
            inspect.Parameter.empty if option.default is REQUIRED else option.default
        )
        for option in entry.options
        if not is_mask(option) and option.name not in OF_THE_RUNTIME
    }

    assert list(expected.items()) == list(found.items())
    if entry.role == "optimizer":
        assert ("mask" in signature.parameters) == any(map(is_mask, entry.options))


def in_names_of_optax(options: dict[str, Any]) -> dict[str, Any]:
    """Rename options of Keras to those of optax."""
    names = {"beta_1": "b1", "beta_2": "b2", "epsilon": "eps", "rho": "decay"}
    return {names.get(name, name): value for name, value in options.items()}


# Optimizers that optax lacks, or has with other options (held to its path instead).
NOT_OF_OPTAX = {
    *("adafactor", "muon", "ftrl", "asgd", "rprop", "sgdp", "adamp", "laprop", "mars"),
    *("lazy_adam", "adahessian", "dog", "optimistic_adam", "dadapt_adamw", "prodigy"),
    *("lbfgs", "dpsgd", "proximal_adagrad", "soap", "kron"),
}


@pytest.mark.parametrize(
    "entry",
    [e for e in OPTIMIZERS if e.name not in NOT_OF_OPTAX],
    ids=lambda entry: entry.name,
)
def test_defaults_of_optax_are_its_own(entry: TransformEntry) -> None:
    """`flavor: optax` has the defaults of optax, where optax has one."""
    theirs = getattr(optax, entry.name, None) or getattr(optax.contrib, entry.name)
    signature = inspect.signature(theirs)
    defaults = {o.name: o.default for o in entry.options if not is_mask(o)}
    ours = in_names_of_optax({**defaults, **entry.flavors.get("optax", {})})
    ours["rho"] = ours.get("decay")

    for name, parameter in signature.parameters.items():
        has_default = parameter.default not in (inspect.Parameter.empty, None)
        if name in ours and has_default and name != "learning_rate":
            absent = ours[name] is None and parameter.default == 0.0
            assert absent or ours[name] == parameter.default, name


KERAS_NAMES = {
    "sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop",
    "nadam": "Nadam", "adamax": "Adamax", "adagrad": "Adagrad",
    "adadelta": "Adadelta", "lion": "Lion", "lamb": "Lamb", "ftrl": "Ftrl",
    "adafactor": "Adafactor", "muon": "Muon",
}  # fmt: skip


@pytest.mark.parametrize(
    "entry",
    [e for e in OPTIMIZERS if e.name in KERAS_NAMES],
    ids=lambda entry: entry.name,
)
def test_defaults_are_those_of_keras(entry: TransformEntry) -> None:
    """Without a flavor an optimizer has the defaults of Keras' class of that name."""
    signature = inspect.signature(getattr(keras.optimizers, KERAS_NAMES[entry.name]))
    shared = [o for o in entry.options if o.name in signature.parameters]

    assert len(shared) >= 3
    for option in shared:
        assert option.default == signature.parameters[option.name].default, option.name


# What torch 2.13 documents; it is not among the dependencies.
TORCH: dict[str, dict[str, Any]] = {
    "sgd": {"learning_rate": 1e-3, "momentum": 0.0, "dampening": 0.0},
    "adam": {"learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8},
    "adamw": {"learning_rate": 1e-3, "epsilon": 1e-8, "weight_decay": 0.01},
    "adamax": {"learning_rate": 2e-3, "epsilon": 1e-8},
    "nadam": {"learning_rate": 2e-3, "epsilon": 1e-8, "momentum_decay": 4e-3},
    "rmsprop": {"learning_rate": 0.01, "rho": 0.99, "epsilon": 1e-8, "momentum": 0.0},
    "adagrad": {"learning_rate": 0.01, "initial_accumulator_value": 0.0},
    "adadelta": {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-6},
    "adafactor": {"learning_rate": 0.01, "beta_2_decay": -0.8, "clip_threshold": 1.0},
    "muon": {"learning_rate": 1e-3, "momentum": 0.95, "weight_decay": 0.1},
    "radam": {"b1": 0.9, "b2": 0.999, "eps": 1e-8},
    "lbfgs": {"learning_rate": 1.0, "memory_size": 100, "max_iter": 20},
    "asgd": {"learning_rate": 0.01, "lambd": 1e-4, "alpha": 0.75, "t0": 1e6},
    "rprop": {"learning_rate": 0.01, "eta_minus": 0.5, "eta_plus": 1.2},
}


@pytest.mark.parametrize("name", TORCH)
def test_defaults_of_torch_are_its_own(name: str) -> None:
    """`flavor: torch` has the defaults of torch, and so have its own optimizers."""
    entry = transforms()[name]
    defaults = {o.name: o.default for o in entry.options}
    found = {**defaults, **entry.flavors.get("torch", {})}

    assert {option: found[option] for option in TORCH[name]} == TORCH[name]


@EVERY
def test_flavors_change_options_that_exist(entry: TransformEntry) -> None:
    """Each flavor is a choice of `flavor` and gives values to known options."""
    flavor = entry.option("flavor")

    assert set(entry.flavors) == set(flavor.choices if flavor else ())
    for options in entry.flavors.values():
        assert all(entry.option(name) is not None for name in options)


@EVERY
def test_roles_tell_what_a_chain_ends_in(entry: TransformEntry) -> None:
    """A clip says over what it takes its norm, and mathematics is written out."""
    clips = entry.role == "clip" and "per_example" not in entry.needs
    assert clips == bool(entry.scope)
    assert entry.mathematics


@pytest.mark.parametrize("entry", unique(schedules()), ids=lambda entry: entry.name)
def test_schedules_are_those_of_the_runtime(entry: ScheduleEntry) -> None:
    """Names and defaults are those of the function that the script calls."""
    signature = inspect.signature(getattr(loopc_runtime, entry.python))
    parameters = dict(signature.parameters)
    if entry.name == "exponential":
        parameters.pop("rate")

    assert ("steps" in parameters) == (entry.time in ("lasts", "period"))
    assert ("schedule" in parameters) == bool(entry.inner)
    parameters.pop("steps", None)
    parameters.pop("schedule", None)
    if entry.watches:
        assert parameters.pop("mode").default == "min"  # written out in each script
    names = {o.name for o in entry.options} - ({"mode"} if entry.watches else set())
    assert names == set(parameters)
    for option in entry.options:
        if option.name not in parameters:
            continue
        default = parameters[option.name].default
        required = default is inspect.Parameter.empty
        assert option.default == (REQUIRED if required else default)
    assert entry.arrow in (None, ("start", "end"))
