"""Layers that change images at random in training: how things look."""

from loopc.vocabulary.entry import Option
from loopc.vocabulary.keras_layers.augmentation import INTERPOLATION, changed, factor
from loopc.vocabulary.keras_layers.options import count, flag, number
from loopc.vocabulary.keras_layers.preprocessing import VALUE_RANGE


def _strength(name: str, meaning: str) -> Option:
    return factor(name, doc=f"{meaning}; left out, nothing changes", none=True)


ENTRIES = (
    changed("random_brightness", "RandomBrightness", "An image lighter or darker.",
            factor(doc="how much is added at most, as a share of `value_range`; or "
                   "`[low, high]`, from -1 to 1"), VALUE_RANGE),
    changed("random_contrast", "RandomContrast", "An image with more or less contrast.",
            factor(doc="`[a, b]`: distances from the mean times 1 - a to 1 + b; one "
                   "number f is `[0, f]`, which only adds contrast"), VALUE_RANGE),
    changed("random_hue", "RandomHue", "An image with its colors turned.",
            factor(doc="twice the largest turn either way, as a part of the circle"),
            VALUE_RANGE),
    changed("random_saturation", "RandomSaturation", "An image more or less colorful.",
            factor(doc="`[low, high]` around 0.5, which leaves the image: 0 is gray, "
                   "f multiplies by f / (1 - f); one number f is `[-f, f]`, near gray"),
            VALUE_RANGE),
    changed("random_color_jitter", "RandomColorJitter",
            "Brightness, contrast, saturation and hue together.", VALUE_RANGE,
            *(_strength(f"{name}_factor", f"as `factor` of `random_{name}`")
              for name in ("brightness", "contrast", "saturation", "hue"))),
    changed("random_color_degeneration", "RandomColorDegeneration",
            "An image mixed with its gray version.",
            factor(doc="`[low, high]`: the share of gray; one number f is `[-f, f]`"),
            VALUE_RANGE),
    changed("random_grayscale", "RandomGrayscale",
            "An image without colors, sometimes.",
            number("factor", 0.5, "how often", low=0.0, high=1.0)),
    changed("random_sharpness", "RandomSharpness", "An image sharper or softer.",
            factor(doc="`[low, high]` around 0.5, which leaves the image: 0 is soft, "
                   "1 is sharp; one number f is `[0, f]`"), VALUE_RANGE),
    changed("random_gaussian_blur", "RandomGaussianBlur",
            "An image blurred, sometimes.",
            factor("factor", 1.0, "how often"),
            Option(name="kernel_size", kind="ints", default=3, low=1,
                   doc="the size of the blur"),
            factor("sigma", 1.0, "its standard deviation"), VALUE_RANGE),
    changed("random_invert", "RandomInvert", "An image as its negative, sometimes.",
            factor("factor", 1.0, "how often"), VALUE_RANGE),
    changed("random_posterization", "RandomPosterization",
            "An image with fewer bits of color.",
            Option(name="factor", kind="int", low=1, high=8, doc="how many bits"),
            VALUE_RANGE),
    changed("solarization", "Solarization",
            "An image whose bright pixels are inverted.",
            factor("addition_factor", 0.0, "what is added first"),
            factor("threshold_factor", 0.0, "above what is inverted"), VALUE_RANGE),
    changed("aug_mix", "AugMix", "An image mixed with several changed versions of it.",
            VALUE_RANGE, count("num_chains", "how many versions", 3),
            count("chain_depth", "how many changes in each", 3),
            factor("factor", 0.3), number("alpha", 1.0, "how even the mixture is"),
            flag("all_ops", True, "change brightness and contrast too"), INTERPOLATION,
            graph=True),
    changed("rand_augment", "RandAugment", "A few changes drawn from a list.",
            VALUE_RANGE, count("num_ops", "how many", 2),
            number("factor", 0.5, "how strong", low=0.0, high=1.0), INTERPOLATION,
            graph=True),
    changed("auto_contrast", "AutoContrast", "An image stretched to the whole range.",
            VALUE_RANGE, random=False),
    changed("equalization", "Equalization",
            "An image whose brightness is spread evenly.",
            VALUE_RANGE, count("bins", "how fine", 256), random=False),
    changed("contrast_limited_adaptive_histogram_equalization",
            "ContrastLimitedAdaptiveHistogramEqualization",
            "An image whose brightness is spread evenly, tile by tile.",
            VALUE_RANGE, number("clip_limit", 4.0, "how much contrast may grow"),
            Option(name="tile_grid_size", kind="ints", default=(8, 8), low=1,
                   doc="tiles down and across"), random=False),
)  # fmt: skip
