"""Networks of Keras' applications as layers: images in, features out."""

from collections.abc import Callable

from loopc.vocabulary.entry import LayerEntry, Mismatch, Operands, Options
from loopc.vocabulary.keras_layers.options import float_input
from loopc.vocabulary.rules import known
from loopc.vocabulary.types import TensorType

SMALLEST = 32
ALWAYS = 'include_top=False, weights=None, pooling="avg"'
DOC = (
    "The network without its classifier, its last feature map averaged: a vector of"
    " {features} features. Its weights are drawn, never fetched. Images have three"
    " channels and at least {smallest} rows and columns; scale them as the network's"
    " authors did."
)


def _network(
    name: str, python: str, source: str, features: int, trainable: int, others: int,
    *, smallest: int = SMALLEST, random: bool = False,
) -> LayerEntry:  # fmt: skip
    return LayerEntry(
        name=name,
        summary=f"{python} without its classifier ({source}).",
        doc=DOC.format(features=features, smallest=smallest),
        family="convolutional",
        python=f"keras.applications.{python}",
        always=ALWAYS,
        shape=_features(features, smallest),
        weights=lambda inputs, options: (trainable, others),
        coupled=others > 0,
        random=random,
    )


def _features(
    features: int, smallest: int
) -> Callable[[Operands, Options], TensorType]:
    def rule(inputs: Operands, options: Options) -> TensorType:
        image = float_input(inputs, 3)
        rows, columns, channels = (known(axis, "the network") for axis in image.shape)
        if channels != 3:
            help = "give it colors: `concat([image, image, image])`"
            raise Mismatch(f"the image has {channels} channels, not 3", help)
        if min(rows, columns) < smallest:
            help = f"enlarge it: `resizing({smallest}, {smallest})`"
            fact = f"the image is {rows} x {columns}, smaller than {smallest}"
            raise Mismatch(fact, help)
        return TensorType("f32", (features,))

    return rule


ENTRIES = (
    _network("mobilenet", "MobileNet", "Howard and others, 2017",
             1024, 3_206_976, 21_888),
    _network("mobilenet_v2", "MobileNetV2", "Sandler and others, 2018",
             1280, 2_223_872, 34_112),
    _network("mobilenet_v3_small", "MobileNetV3Small", "Howard and others, 2019",
             576, 927_008, 12_112),
    _network("mobilenet_v3_large", "MobileNetV3Large", "Howard and others, 2019",
             960, 2_971_952, 24_400),
    _network("efficientnet_b0", "EfficientNetB0", "Tan and Le, 2019",
             1280, 4_007_548, 42_023, random=True),
    _network("efficientnet_v2_b0", "EfficientNetV2B0", "Tan and Le, 2021",
             1280, 5_858_704, 60_608, random=True),
    _network("resnet50", "ResNet50", "He and others, 2015",
             2048, 23_534_592, 53_120),
    _network("resnet50_v2", "ResNet50V2", "He and others, 2016",
             2048, 23_519_360, 45_440),
    _network("densenet121", "DenseNet121", "Huang and others, 2016",
             1024, 6_953_856, 83_648),
    _network("xception", "Xception", "Chollet, 2016",
             2048, 20_806_952, 54_528, smallest=71),
    _network("vgg16", "VGG16", "Simonyan and Zisserman, 2014", 512, 14_714_688, 0),
)  # fmt: skip
