"""Options that many layers share, and how their values are read."""

from loopc.vocabulary.entry import Mismatch, Option, Options, OptionValue
from loopc.vocabulary.rules import as_integers, axis_index, require_float
from loopc.vocabulary.types import Axis, Kind, TensorType

ACTIVATIONS_TO_PROBABILITIES = ("softmax", "sigmoid")

# ----------------------------------------------------------------------------- makers


def count(name: str, doc: str, default: int | None = None, low: int = 1) -> Option:
    """Make a whole number that must be written, or has a default."""
    if default is None:
        return Option(name=name, kind="int", low=low, doc=doc)
    return Option(name=name, kind="int", default=default, low=low, doc=doc)


def optional_count(name: str, doc: str) -> Option:
    """Make a positive whole number that may be left out."""
    return Option(name=name, kind="int", default=None, none=True, low=1, doc=doc)


def number(
    name: str, default: float, doc: str, low: float | None = None,
    high: float | None = None,
) -> Option:  # fmt: skip
    """Make a float with a default."""
    return Option(name=name, kind="float", default=default, low=low, high=high, doc=doc)


def flag(name: str, default: bool, doc: str) -> Option:
    """Make a truth value."""
    return Option(name=name, kind="bool", default=default, doc=doc)


def choice(name: str, default: str, choices: tuple[str, ...], doc: str) -> Option:
    """Make a word out of several."""
    return Option(name=name, kind="enum", default=default, choices=choices, doc=doc)


def sizes(
    name: str, doc: str, default: "OptionValue" = None, low: int = 1
) -> Option:  # fmt: skip
    """Make one number for all axes or one for each, required without a default."""
    if default is None:
        return Option(name=name, kind="ints", low=low, doc=doc)
    return Option(name=name, kind="ints", default=default, low=low, doc=doc)


def optional_sizes(name: str, doc: str, low: int = 1) -> Option:
    """Make one number or one for each axis, which may be left out."""
    return Option(name=name, kind="ints", default=None, none=True, low=low, doc=doc)


def activation(
    name: str = "activation", default: str | None = None, of: str = "output"
) -> Option:  # fmt: skip
    """Make the option that names a function applied to the output, or to `of`."""
    doc = f"the function applied to the {of}" + (
        "" if default else "; none if left out"
    )
    return Option(name=name, kind="activation", default=default, none=True, doc=doc)


def weight_options(*weights: tuple[str, str]) -> tuple[Option, ...]:
    """Make initializer, regularizer and constraint of each (weight, initializer)."""
    return (
        *(initializer(f"{name}_initializer", default) for name, default in weights),
        *(penalty(f"{name}_regularizer", "regularizer") for name, _ in weights),
        *(penalty(f"{name}_constraint", "constraint") for name, _ in weights),
    )


def initializer(name: str, default: str) -> Option:
    """Make the option that says how a weight starts."""
    doc = f"how the {_weight_of(name)} starts"
    return Option(name=name, kind="initializer", default=default, doc=doc)


def penalty(name: str, kind: str) -> Option:
    """Make the option that names a regularizer or constraint of a weight."""
    weight = _weight_of(name)
    if kind == "regularizer":
        doc = f"what `regularization(model)` adds for the {weight}"
        return Option(name=name, kind="regularizer", default=None, none=True, doc=doc)
    doc = f"where the {weight} is projected after each update"
    return Option(name=name, kind="constraint", default=None, none=True, doc=doc)


def _weight_of(option: str) -> str:
    """What the weight of `recurrent_initializer` is called: the recurrent kernel."""
    weight = option.rsplit("_", 1)[0]
    kernels = ("depthwise", "pointwise", "recurrent")
    return f"{weight} kernel" if weight in kernels else weight


def padding(*more: str) -> Option:
    """Make the option `padding`: valid, same and what else the layer knows."""
    doc = (
        "`valid`: windows lie inside; `same`: they reach over the border, and a stride "
        "of 1 keeps the length"
    )
    return choice("padding", "valid", ("valid", "same", *more), doc)


USE_BIAS = flag("use_bias", True, "add a bias to each output channel")

# ---------------------------------------------------------------------------- readers


def integer(options: Options, name: str) -> int:
    """Return a whole-number option."""
    return as_integers(options[name])[0]


def integers(options: Options, name: str, rank: int) -> tuple[int, ...]:
    """Return an `ints` option as one number per axis; Mismatch for another count."""
    values = as_integers(options[name])
    if len(values) == 1:
        return values * rank
    if len(values) == rank:
        return values
    fact = f"`{name}` has {len(values)} numbers for {rank} axes"
    raise Mismatch(fact, f"write one number, or {rank}")


def from_last(options: Options, name: str, rank: int) -> tuple[int, ...]:
    """Return axes that are written from the last one, counted from 0.

    Keras counts the batch as axis 0 and the language does not, so an axis of a layer is
    written as a negative number, which means the same in both. Raises Mismatch
    where it is not.
    """
    axes = as_integers(options[name])
    wrong = next((axis for axis in axes if axis >= 0), None)
    if wrong is not None:
        fact = f"`{name}` of a layer counts from the last axis, found {wrong}"
        raise Mismatch(fact, f"write {wrong - rank} for axis {wrong}")
    return tuple(axis_index(axis, rank) for axis in axes)


def named(value: OptionValue) -> str | None:
    """Return the name in an activation or initializer: a word, or that of a call."""
    if isinstance(value, tuple):
        return str(value[0])
    return None if value is None else str(value)


def activated(
    options: Options, shape: tuple[Axis, ...], name: str = "activation"
) -> TensorType:
    """Type a layer's output: probabilities after softmax or sigmoid, else a value."""
    squashed = named(options.get(name)) in ACTIVATIONS_TO_PROBABILITIES
    kind: Kind = "probabilities" if squashed else "value"
    return TensorType("f32", shape, kind)


def float_input(inputs: tuple[TensorType, ...], rank: int | None = None) -> TensorType:
    """Return the one input, a float of `rank` axes.

    Raises Mismatch otherwise, and says how images and sequences are arranged.
    """
    source = inputs[0]
    require_float(source, "the input")
    if rank is not None and len(source.shape) != rank:
        raise Mismatch(_rank_fact(source, rank), _rank_help(source, rank))
    return source


ARRANGED = {
    2: "steps, channels",
    3: "height, width, channels",
    4: "depth, height, width, channels",
}


def _rank_fact(source: TensorType, rank: int) -> str:
    expected = "1 axis" if rank == 1 else f"{rank} axes"
    return f"needs {expected} ({ARRANGED.get(rank, 'features')}), found {source}"


def _rank_help(source: TensorType, rank: int) -> str:
    if len(source.shape) == rank - 1:
        axes = ", ".join(str(a) for a in (*source.shape, 1))
        help = f"add an axis: `reshape([{axes}])`, or `expand` before it"
        if rank == 2:
            help += "; behind a recurrent layer, give that `return_sequences: true`"
        return help
    return "arrange the example so"


def with_bias(options: Options, weights: int, bias: int) -> tuple[int, int]:
    """Count trainable weights, the bias only where it is used; none are frozen."""
    return weights + (bias if options.get("use_bias") else 0), 0


def no_weights(inputs: tuple[TensorType, ...], options: Options) -> tuple[int, int]:
    """Count the weights of a layer that has none."""
    return 0, 0
