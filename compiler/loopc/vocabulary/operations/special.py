"""Special functions of single elements, and quotients that bear zeros."""

from loopc.vocabulary.operations.build import elementwise

LN_2, LN_10 = "0.6931471805599453", "2.302585092994046"

ENTRIES = (
    elementwise(
        "log2", f"(tf.math.log({{0}}) / {LN_2})", "keras.ops.log2({0})",
        "The logarithm to the base 2.",
        "Nats divided by log(2): bits. Minus infinity at 0.",
    ),
    elementwise(
        "log10", f"(tf.math.log({{0}}) / {LN_10})", "keras.ops.log10({0})",
        "The logarithm to the base 10.",
        "The natural one divided by log(10). Minus infinity at 0.",
    ),
    elementwise(
        "asinh", "tf.asinh({0})", "keras.ops.arcsinh({0})",
        "The inverse of sinh.",
        "log(x + sqrt(x^2 + 1)): a logarithm for numbers of either sign.",
        aliases=("arcsinh",),
    ),
    elementwise(
        "acosh", "tf.acosh({0})", "keras.ops.arccosh({0})",
        "The inverse of cosh, for numbers from 1 on.",
        "log(x + sqrt(x^2 - 1)); not a number below 1.",
        aliases=("arccosh",),
    ),
    elementwise(
        "atanh", "tf.atanh({0})", "keras.ops.arctanh({0})",
        "The inverse of tanh, for numbers between -1 and 1.",
        "log((1 + x) / (1 - x)) / 2; infinite at both ends.",
        aliases=("arctanh",),
    ),
    elementwise(
        "erfc", "tf.math.erfc({0})", "keras.ops.erfc({0})",
        "1 - erf(x), exact for large x.",
        "Twice the upper tail of the normal distribution at x sqrt(2).",
    ),
    elementwise(
        "erfinv", "tf.math.erfinv({0})", "keras.ops.erfinv({0})",
        "The inverse of erf, for numbers between -1 and 1.",
        "sqrt(2) erfinv(2 p - 1) is the normal quantile of p.",
    ),
    elementwise(
        "log_gamma", "tf.math.lgamma({0})", None,
        "The logarithm of the absolute value of the gamma function.",
        "log((x - 1)!) of whole numbers, for likelihoods of counts; its derivative is "
        "`digamma`.",
        aliases=("lgamma",),
    ),
    elementwise(
        "digamma", "tf.math.digamma({0})", None,
        "The derivative of `log_gamma`.",
        "Expectations of logarithms under Dirichlet and gamma distributions have it.",
    ),
    elementwise(
        "divide_no_nan", "tf.math.divide_no_nan({0}, {1})",
        "keras.ops.divide_no_nan({0}, {1})",
        "The quotient, and 0 where the divisor is 0.",
        "Its gradient is 0 there too.",
        operands=2,
    ),
    elementwise(
        "xlogy", "tf.math.xlogy({0}, {1})", None,
        "x log(y), and 0 where x is 0.",
        "`-sum(xlogy(p, p))` is an entropy that bears probabilities of 0; so does its "
        "gradient with respect to y.",
        operands=2,
    ),
)  # fmt: skip
