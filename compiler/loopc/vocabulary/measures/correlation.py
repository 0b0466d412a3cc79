"""How closely predicted numbers follow the true ones over a whole window."""

from loopc.vocabulary.entry import Option, StatefulMetricEntry
from loopc.vocabulary.measures.fits import numbers, regressors, series

_AXIS = Option(
    name="axis", kind="int", default=-1, high=-1,
    doc="the axis to correlate along, counted from the last",
)  # fmt: skip

ENTRIES = (
    StatefulMetricEntry(
        name="root_mean_squared_error",
        aliases=("rmse",),
        summary="The root of the mean squared error over the window.",
        doc="The mean is taken over the whole window before the root.",
        family="correlation",
        python="keras.metrics.RootMeanSquaredError",
        verify=numbers,
        additive=True,
        better="min",
    ),
    StatefulMetricEntry(
        name="r2_score",
        summary="The share of the variance of the target that the output explains.",
        doc="1 is perfect, 0 as good as the mean of the window, below 0 worse.",
        family="correlation",
        python="keras.metrics.R2Score",
        options=(
            Option(name="class_aggregation", kind="enum", default="uniform_average",
                   choices=("uniform_average", "variance_weighted_average"),
                   doc="how the columns become one number"),
            Option(name="num_regressors", kind="int", default=0, low=0,
                   doc="for the adjusted score: how many inputs there are"),
        ),
        verify=regressors,
        additive=True,
        vectors=True,
    ),
    StatefulMetricEntry(
        name="pearson_correlation",
        summary="The correlation of target and output along an axis, averaged.",
        doc="Of each example by itself; over the split it takes another statistic.",
        family="correlation",
        python="keras.metrics.PearsonCorrelation",
        options=(_AXIS,),
        verify=series,
        additive=True,
    ),
    StatefulMetricEntry(
        name="concordance_correlation",
        summary="A correlation that also counts differences of mean and scale.",
        doc="Of each example along an axis, averaged (Lin, 1989).",
        family="correlation",
        python="keras.metrics.ConcordanceCorrelation",
        options=(_AXIS,),
        verify=series,
        additive=True,
    ),
)  # fmt: skip
