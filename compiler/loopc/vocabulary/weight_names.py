"""What the trainable weights of a layer are called, below its name, as Keras does."""

from loopc.vocabulary.entry import Inner, LayerEntry, Options

_CELLS = {"lstm": "lstm_cell", "gru": "gru_cell", "simple_rnn": "simple_rnn_cell"}
_PROJECTIONS = ("query", "key", "value", "attention_output")
_PROJECTED = ("multi_head_attention", "group_query_attention")
_SCALED = ("attention", "additive_attention")
_TABLES = ("embedding", "reversible_embedding")


def weight_names(
    entry: LayerEntry, options: Options, inner: Inner | None = None
) -> tuple[str, ...]:
    """Name the trainable weights that a layer with these options may have."""
    name = entry.name
    if inner is not None and entry.stacks:
        return _names_of_cells(inner)
    if inner is not None:
        below = weight_names(inner.entry, inner.options)
        return tuple(
            f"{prefix}{each}" for prefix in _prefixes(name, inner) for each in below
        )
    if name in _CELLS:
        return tuple(f"{_CELLS[name]}/{each}" for each in _of_cell(options))
    if name in _PROJECTED:
        own = ("kernel", *_bias(options))
        return tuple(f"{part}/{each}" for part in _PROJECTIONS for each in own)
    if name in _TABLES:
        untied = name == "reversible_embedding" and options.get("tie_weights") is False
        return ("embeddings", *(["reverse_embeddings"] if untied else []))
    if name == "rms_normalization" or name in _SCALED:
        return ("scale",)
    if name == "weight":
        return ("weight",)
    if name == "stft_spectrogram":
        return ("real_kernel", "imag_kernel")
    if name == "prelu":
        return ("alpha",)
    if "norm" in name:
        return (*_if(options, "scale", "gamma"), *_if(options, "center", "beta"))
    if name.startswith("separable"):
        return ("depthwise_kernel", "pointwise_kernel", *_bias(options))
    return ("kernel", *_bias(options))


def _of_cell(options: Options) -> tuple[str, ...]:
    return ("kernel", "recurrent_kernel", *_bias(options))


def _names_of_cells(inner: Inner) -> tuple[str, ...]:
    """Below `rnn`: a cell by itself, or those of a stack, which has a name too."""
    above = "*/" if inner.beside else ""
    return tuple(
        f"{above}{cell.instance}/{each}"
        for cell in inner.stack()
        for each in _of_cell(cell.options)
    )


def _prefixes(wrapper: str, inner: Inner) -> tuple[str, ...]:
    if wrapper == "bidirectional":
        return (f"forward_{inner.entry.name}/", f"backward_{inner.entry.name}/")
    return (f"{inner.entry.name}/",)


def _bias(options: Options) -> tuple[str, ...]:
    if "bias_axes" in options:
        return ("bias",) if options["bias_axes"] is not None else ()
    return _if(options, "use_bias", "bias")


def _if(options: Options, option: str, name: str) -> tuple[str, ...]:
    return () if options.get(option) is False else (name,)
