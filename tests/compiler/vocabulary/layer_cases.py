"""Layers with inputs and options on which the rules are compared with Keras."""

from dataclasses import dataclass, field
from typing import Any

from loopc.vocabulary.types import TensorType

Shape = tuple[int, ...]


@dataclass(frozen=True)
class LayerCase:
    """A layer applied to inputs; `inner` is the wrapped layer of a wrapper."""

    name: str
    inputs: tuple[Shape, ...]
    options: dict[str, Any] = field(default_factory=dict)
    inner: "LayerCase | None" = None
    beside: "tuple[LayerCase, ...]" = ()  # further cells of a stack
    integers: bool = False  # the inputs are labels below 5
    keywords: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        inputs = "_".join("x".join(map(str, shape)) for shape in self.inputs)
        options = "_".join(f"{k}{v}" for k, v in self.options.items())
        held = [self.inner, *self.beside] if self.inner else []
        inside = f"({'_'.join(map(str, held))})" if held else ""
        return f"{self.name}{inside}-{inputs}-{options}".replace(" ", "")

    def types(self) -> tuple[TensorType, ...]:
        """Return the inputs as values of the language."""
        if self.integers:
            return tuple(TensorType("i32", s, "class", 5, "x") for s in self.inputs)
        return tuple(TensorType("f32", shape, stream="x") for shape in self.inputs)


def one(name: str, shape: Shape, **options: Any) -> LayerCase:
    """Make the case of a layer with one input."""
    return LayerCase(name, (shape,), options)


def many(name: str, *shapes: Shape, **options: Any) -> LayerCase:
    """Make the case of a layer with several inputs."""
    return LayerCase(name, shapes, options)


def wrapped(name: str, inner: LayerCase, **options: Any) -> LayerCase:
    """Make the case of a wrapper around the layer of another case."""
    return LayerCase(name, inner.inputs, options, inner)


SPACES: dict[int, Shape] = {1: (9, 4), 2: (9, 8, 4), 3: (7, 6, 5, 4)}

CONVOLUTIONS = [
    one(f"conv{rank}d", shape, **options)
    for rank, shape in SPACES.items()
    for options in (
        {"filters": 3, "kernel_size": 3},
        {"filters": 4, "kernel_size": 2, "strides": 2, "padding": "same"},
        {"filters": 4, "kernel_size": 3, "strides": 2, "use_bias": False},
        {"filters": 6, "kernel_size": 2, "dilation_rate": 2, "activation": "relu"},
        {"filters": 6, "kernel_size": 3, "groups": 2, "padding": "same"},
    )
] + [
    one(f"conv{rank}d_transpose", shape, **options)
    for rank, shape in SPACES.items()
    for options in (
        {"filters": 3, "kernel_size": 3},
        {"filters": 3, "kernel_size": 2, "strides": 3},
        {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"},
        {"filters": 3, "kernel_size": 4, "strides": 2, "padding": "same",
         "output_padding": 1, "use_bias": False},
        {"filters": 3, "kernel_size": 3, "strides": 2, "output_padding": 1},
        {"filters": 2, "kernel_size": 3, "dilation_rate": 2},
    )
] + [
    one(f"{kind}_conv{rank}d", SPACES[rank], **size, **options)
    for rank in (1, 2)
    for kind, size in (("depthwise", {}), ("separable", {"filters": 5}))
    for options in (
        {"kernel_size": 3},
        {"kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2},
        {"kernel_size": 2, "dilation_rate": 2, "use_bias": False},
    )
] + [
    one("conv1d", (9, 4), filters=2, kernel_size=3, padding="causal"),
    one("conv1d", (9, 4), filters=2, kernel_size=3, padding="causal", strides=2),
    one("conv2d", (9, 8, 4), filters=2, kernel_size=(3, 5), strides=(2, 1)),
]  # fmt: skip

POOLING = [
    one(f"{kind}_pooling{rank}d", shape, **options)
    for rank, shape in SPACES.items()
    for kind in ("max", "average")
    for options in (
        {"pool_size": 2}, {"pool_size": 3, "strides": 1, "padding": "same"},
        {"pool_size": 3, "strides": 2, "padding": "same"}, {"pool_size": 2,
                                                            "strides": 3},
    )
] + [
    one(f"global_{kind}_pooling{rank}d", shape, keepdims=keepdims)
    for rank, shape in SPACES.items()
    for kind in ("max", "average")
    for keepdims in (False, True)
] + [
    one(f"adaptive_{kind}_pooling{rank}d", shape, output_size=3)
    for rank, shape in SPACES.items()
    for kind in ("max", "average")
] + [one("max_pooling2d", (9, 8, 4)), one("max_pooling1d", (9, 4))]  # fmt: skip

CORE = [
    one("dense", (7,), units=3),
    one("dense", (5, 7), units=3, activation="relu", use_bias=False),
    one("dense", (2, 5, 7), units=1),
    one("einsum_dense", (5, 7), equation="abc,cd->abd", output_shape=(5, 3)),
    one("einsum_dense", (5, 8), equation="abc,cde->abde", output_shape=(5, 2, 4),
        bias_axes="de"),
    one("identity", (3, 4)), one("masking", (3, 4), mask_value=1.0),
    LayerCase("embedding", ((),), {"input_dim": 5, "output_dim": 3}, integers=True),
    LayerCase("embedding", ((4,),), {"input_dim": 9, "output_dim": 3}, integers=True),
    LayerCase("reversible_embedding", ((4,),),
              {"input_dim": 9, "output_dim": 3, "tie_weights": False}, integers=True),
    LayerCase("reversible_embedding", ((4,),), {"input_dim": 9, "output_dim": 3},
              integers=True),
]  # fmt: skip

NORMALIZATION = [
    one(name, shape, **options)
    for name in ("batch_normalization", "layer_normalization", "group_normalization")
    for shape in ((8,), (5, 8), (4, 5, 8))
    for options in ({}, {"center": False}, {"scale": False})
    if not (name == "group_normalization" and len(shape) == 1)
]  # fmt: skip
NORMALIZATION = [
    LayerCase(c.name, c.inputs, {**c.options, "groups": 4})
    if c.name == "group_normalization" else c
    for c in NORMALIZATION
] + [
    one("batch_normalization", (4, 5, 8), axis=-3),
    one("layer_normalization", (4, 8), axis=(-2, -1)),
    one("group_normalization", (4, 8), groups=-1),
    one("rms_normalization", (4, 8)), one("rms_normalization", (4, 8), axis=(-2, -1)),
    one("unit_normalization", (4, 8)),
]  # fmt: skip

ATTENTION = [
    many("multi_head_attention", (6, 8), (6, 8), num_heads=2, key_dim=3),
    many("multi_head_attention", (6, 8), (5, 7), num_heads=2, key_dim=3, value_dim=5,
         use_bias=False),
    many("multi_head_attention", (6, 8), (5, 7), (5, 4), num_heads=2, key_dim=3,
         output_shape=9, dropout=0.1),
    many("multi_head_attention", (6, 8), (6, 8), num_heads=2, key_dim=3, use_gate=True),
    many("group_query_attention", (6, 8), (6, 8), head_dim=4, num_query_heads=6,
         num_key_value_heads=2),
    many("group_query_attention", (6, 8), (5, 8), head_dim=4, num_query_heads=4,
         num_key_value_heads=4, use_bias=False),
    many("group_query_attention", (6, 8), (6, 8), head_dim=4, num_query_heads=4,
         num_key_value_heads=2, use_gate=True),
    many("attention", (6, 8), (5, 8)), many("attention", (6, 8), (5, 3), (5, 8)),
    many("attention", (6, 8), (5, 8), use_scale=True, score_mode="concat"),
    many("additive_attention", (6, 8), (5, 8)),
    many("additive_attention", (6, 8), (5, 8), use_scale=False),
]  # fmt: skip

RECURRENT = [
    one(name, (6, 5), units=3, **options)
    for name in ("lstm", "gru", "simple_rnn")
    for options in (
        {}, {"return_sequences": True}, {"return_state": True}, {"use_bias": False},
        {"return_sequences": True, "return_state": True},
    )
] + [
    one("gru", (6, 5), units=3, reset_after=False),
    one("conv_lstm1d", (4, 7, 2), filters=3, kernel_size=3),
    one("conv_lstm2d", (4, 7, 6, 2), filters=3, kernel_size=3, return_sequences=True),
    one("conv_lstm2d", (4, 7, 6, 2), filters=3, kernel_size=2, padding="same",
        strides=2, use_bias=False, return_state=True),
    one("conv_lstm3d", (3, 5, 5, 4, 2), filters=2, kernel_size=2),
]  # fmt: skip

WRAPPERS = [
    wrapped("bidirectional", one("lstm", (6, 5), units=3)),
    wrapped("bidirectional", one("gru", (6, 5), units=3, return_sequences=True),
            merge_mode="sum"),
    wrapped("bidirectional", one("gru", (6, 5), units=3), merge_mode=None),
    wrapped("bidirectional", one("lstm", (6, 5), units=3, return_state=True)),
    LayerCase("time_distributed", ((6, 5),), {}, one("dense", (5,), units=3)),
    LayerCase("time_distributed", ((6, 9, 8, 4),), {},
              one("conv2d", (9, 8, 4), filters=2, kernel_size=3)),
    wrapped("rnn", one("lstm_cell", (6, 5), units=3, dropout=0.5)),
    wrapped("rnn", one("gru_cell", (6, 5), units=3, reset_after=False),
            return_sequences=True),
    LayerCase("rnn", ((6, 5),), {"return_sequences": True},
              one("lstm_cell", (6, 5), units=3),
              beside=(one("gru_cell", (6, 3), units=4),
                      one("simple_rnn_cell", (6, 4), units=2, use_bias=False))),
    wrapped("spectral_normalization", one("dense", (5,), units=3)),
    wrapped("spectral_normalization", one("conv2d", (9, 8, 4), filters=2,
                                          kernel_size=3)),
    wrapped("spectral_normalization",
            one("conv2d_transpose", (9, 8, 4), filters=2, kernel_size=3)),
]  # fmt: skip

NOISE = [
    one("dropout", (3, 4), rate=0.5), one("spatial_dropout1d", (3, 4), rate=0.5),
    one("spatial_dropout2d", (3, 4, 5), rate=0.5),
    one("spatial_dropout3d", (3, 4, 5, 2), rate=0.5),
    one("gaussian_noise", (3, 4), stddev=0.1), one("gaussian_dropout", (3,), rate=0.5),
    one("alpha_dropout", (3,), rate=0.5),
]  # fmt: skip

RESHAPING = [
    one("flatten", (3, 4, 5)), one("flatten", ()), one("flatten", (7,)),
    one("reshape", (3, 4), target_shape=(2, 6)),
    one("reshape", (3, 4), target_shape=(2, -1, 2)),
    one("permute", (3, 4, 5), dims=(3, 1, 2)), one("repeat_vector", (4,), n=3),
    one("zero_padding1d", (5, 4)), one("zero_padding1d", (5, 4), padding=(1, 2)),
    one("zero_padding2d", (5, 6, 4), padding=2),
    one("zero_padding2d", (5, 6, 4), padding=(2, 1)),
    one("zero_padding2d", (5, 6, 4), padding=((2, 1), (0, 3))),
    one("zero_padding3d", (5, 6, 7, 4)), one("zero_padding3d", (5, 6, 7, 4), padding=2),
    one("cropping1d", (5, 4)), one("cropping1d", (5, 4), cropping=2),
    one("cropping2d", (5, 6, 4), cropping=((2, 1), (0, 3))),
    one("cropping2d", (5, 6, 4)), one("cropping3d", (5, 6, 7, 4)),
    one("upsampling1d", (5, 4)), one("upsampling1d", (5, 4), size=3),
    one("upsampling2d", (5, 6, 4), size=(2, 3), interpolation="bilinear"),
    one("upsampling3d", (5, 6, 7, 4)),
]  # fmt: skip

MERGING = [
    *(many(name, (3, 4), (3, 4), (3, 1)) for name in
      ("add", "multiply", "average", "maximum", "minimum")),
    many("subtract", (3, 4), (3, 4)), many("add", (3, 4), (4,)),
    many("concatenate", (3, 4), (3, 2)), many("concatenate", (3, 4), (2, 4), axis=-2),
    many("dot", (4,), (4,), axes=-1), many("dot", (3, 4), (5, 4), axes=-1),
    many("dot", (3, 4), (4, 5), axes=(-1, -2), normalize=True),
]  # fmt: skip

ACTIVATIONS = [
    one("activation", (3, 4), activation="relu"),
    one("activation", (3, 4), activation="softmax"),
    one("prelu", (3, 4)), one("prelu", (3, 4, 5), shared_axes=(1, 2)),
    one("relu_layer", (3, 4), max_value=6.0), one("leaky_relu_layer", (3, 4)),
    one("elu_layer", (3, 4)), one("softmax_layer", (3, 4)),
    one("softmax_layer", (3, 4), axis=-2),
]  # fmt: skip

IMAGE = (8, 6, 3)
PREPARING = [
    one("rescaling", (3, 4), scale=0.5), one("center_crop", IMAGE, height=4, width=5),
    one("resizing", IMAGE, height=4, width=9), one("random_crop", IMAGE, height=4,
                                                   width=5),
    one("normalization", (3, 4), mean=0.5, variance=2.0),
    one("normalization", (3, 2), mean=(0.5, 1.0), variance=(2.0, 1.0)),
    one("discretization", (3, 4), bin_boundaries=(0.0, 1.0)),
    one("discretization", (4,), bin_boundaries=(0.0, 1.0), output_mode="multi_hot"),
    LayerCase("category_encoding", ((4,),), {"num_tokens": 5}, integers=True),
    LayerCase("category_encoding", ((4,),),
              {"num_tokens": 5, "output_mode": "one_hot"}, integers=True),
    LayerCase("category_encoding", ((1,),),
              {"num_tokens": 5, "output_mode": "one_hot"}, integers=True),
    one("mel_spectrogram", (1600,), fft_length=128, sequence_stride=32,
        num_mel_bins=16),
    *(one("stft_spectrogram", (1600, 2), **options) for options in (
        {}, {"padding": "same"}, {"mode": "stft"}, {"mode": "real",
         "frame_length": 200},
        {"fft_length": 512, "frame_step": 64}, {"expand_dims": True},
        {"trainable": False})),
    *(one(name, IMAGE) for name in (
        "random_flip", "random_shear", "random_perspective", "random_elastic_transform",
        "random_erasing", "random_color_jitter", "random_grayscale",
        "random_gaussian_blur", "random_invert", "solarization", "aug_mix",
        "rand_augment", "auto_contrast", "equalization",
        "contrast_limited_adaptive_histogram_equalization")),
    *(one(name, IMAGE, factor=0.2) for name in (
        "random_rotation", "random_brightness", "random_contrast", "random_hue",
        "random_saturation", "random_color_degeneration", "random_sharpness")),
    one("random_translation", IMAGE, height_factor=0.1, width_factor=(-0.1, 0.1)),
    one("random_zoom", IMAGE, height_factor=0.1),
    one("random_posterization", IMAGE, factor=4),
]  # fmt: skip

APPLICATIONS = [
    one(name, (71, 71, 3))
    for name in (
        "mobilenet", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large",
        "efficientnet_b0", "efficientnet_v2_b0", "resnet50", "resnet50_v2",
        "densenet121", "xception", "vgg16",
    )
]  # fmt: skip

CASES = [
    *CORE, *CONVOLUTIONS, *POOLING, *NORMALIZATION, *ATTENTION, *RECURRENT, *WRAPPERS,
    *NOISE, *RESHAPING, *MERGING, *ACTIVATIONS, *PREPARING, *APPLICATIONS,
]  # fmt: skip
