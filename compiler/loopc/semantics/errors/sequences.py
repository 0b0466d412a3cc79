"""Wording of what is wrong with windows, text and axes of varying length."""

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error, warning
from loopc.source import Span


def scattered_rows(
    split: str, parent: str, span: Span, windows: Span, series: bool
) -> Diagnostic:
    title = f"the windows of `{split}` would not be made of rows that follow each other"
    labels = [
        Label(span, "this takes rows at random"),
        Label(windows, "an example is a window of rows"),
    ]
    help = f"take rows in one piece: `last(10%) of {parent}`, `rest of {parent}`"
    if series:
        help = f"take whole series, `10% of {parent}`, or the end of each, `last(10%)`"
    return error("E336", "scattered-rows", title, labels, help)


def windows_differ(first: Span, other: Span) -> Diagnostic:
    title = "the fields of one data block are different windows"
    labels = [
        Label(other, "this has another length or stride"),
        Label(first, "than this window"),
    ]
    help = "use one length and one stride, and slice in the step: `x[:24]`, `x[24:]`"
    return error("E337", "windows-differ", title, labels, help)


def series_differ(first: Span, other: Span) -> Diagnostic:
    title = "the fields of one data block are windows of different series"
    labels = [
        Label(other, "this has another `by`, or none"),
        Label(first, "than this window"),
    ]
    help = 'name one column in all of them: `by: column("station")`'
    return error("E337", "windows-differ", title, labels, help)


def lanes_cross_series(span: Span, windows: Span) -> Diagnostic:
    title = "the lanes of this stream would go from one series into the next"
    labels = [
        Label(span, "each lane is an equal part of all examples"),
        Label(windows, "the examples are windows of several series"),
    ]
    help = "leave `contiguous` out, or read one series"
    return error("E435", "lanes-cross-series", title, labels, help)


def not_a_window(field: str, span: Span, windows: Span) -> Diagnostic:
    title = f"the field `{field}` is a row where other fields are windows of rows"
    labels = [Label(span, "one row"), Label(windows, "a window")]
    help = "make it a window too, and take from it in the step: `x[0]`, `x[-1]`"
    return error("E337", "windows-differ", title, labels, help)


def alphabets_differ(first: Span, other: Span) -> Diagnostic:
    title = "two texts of one data block have alphabets of different sizes"
    labels = [Label(other, "this size"), Label(first, "differs from this one")]
    help = "give all of them one size: one alphabet is made of all their characters"
    return error("E338", "alphabet-mismatch", title, labels, help)


def too_few_classes(classes: int, size: int, span: Span, alphabet: Span) -> Diagnostic:
    title = f"an alphabet of {size} characters does not fit into class({classes})"
    labels = [
        Label(span, f"this field has {classes} classes"),
        Label(alphabet, f"{size} characters"),
    ]
    help = f"declare the field class({size})"
    return error("E338", "alphabet-mismatch", title, labels, help)


def reads_padding(axis: str, span: Span) -> Diagnostic:
    title = f"positions counted from the end of `{axis}` may be padding"
    help = "count from the front, or let a layer with `mask: mask(...)` give the last"
    return error("E432", "reads-padding", title, span, help)


def beyond_shortest(axis: str, shortest: int, span: Span) -> Diagnostic:
    title = f"not every example has this position of `{axis}`"
    labels = [Label(span, f"the shortest has {shortest}")]
    help = "stay below that, or raise the low end of the `dim`"
    return error("E432", "reads-padding", title, labels, help)


def bad_buckets(fact: str, low: int, high: int, span: Span) -> Diagnostic:
    title = "these are no buckets of the axis"
    middle = (low + high) // 2
    help = f"write lengths that ascend to the longest: `buckets [{middle}, {high}]`"
    return error("E339", "bad-buckets", title, [Label(span, fact)], help)


def buckets_differ(first: Span, other: Span) -> Diagnostic:
    title = "the axes of one data block have different numbers of buckets"
    labels = [Label(other, "this number"), Label(first, "differs from this one")]
    help = "give each as many: a batch takes the bucket of that place of all axes"
    return error("E339", "bad-buckets", title, labels, help)


def no_mask(span: Span) -> Diagnostic:
    title = "this value has no mask"
    labels = [Label(span, "not a field or input with one axis of varying length")]
    help = "name the field, and slice its mask: `mask(tokens)[1:]`"
    return error("E433", "no-mask", title, labels, help)


def mask_not_given(model: str, name: str, span: Span) -> Diagnostic:
    title = f"`{model}` reads the mask of `{name}`, and this has none"
    labels = [Label(span, "not a field, an input or a slice of one")]
    help = "hand over the field itself, or a slice of it"
    return error("E433", "no-mask", title, labels, help)


def padding_counts(span: Span) -> Diagnostic:
    title = "padding counts in this value"
    labels = [Label(span, "it has positions that are not of the example")]
    help = "weigh it: `mean(value, weight: mask(tokens))`"
    return warning("W621", "padding-counts", title, labels, help)


def layer_reads_padding(layer: str, span: Span) -> Diagnostic:
    title = f"`{layer}` mixes padding into what it gives"
    labels = [Label(span, "it reads positions that are not of the example")]
    help = "say which are: `mask: mask(tokens)`"
    return warning("W622", "layer-reads-padding", title, labels, help)


def table_too_short(rows: int, axis: str, longest: int, span: Span) -> Diagnostic:
    title = f"`{axis}` may be longer than what is sliced"
    labels = [Label(span, f"{rows} rows, and `{axis}` goes up to {longest}")]
    help = f"give it {longest} rows"
    return error("E434", "table-too-short", title, labels, help)


def no_such_axis(axis: str, span: Span) -> Diagnostic:
    title = f"nothing here says how long `{axis}` is"
    labels = [Label(span, "no input of the model has this axis")]
    help = f"slice by it in a model with an input such as `tokens: class(65)[{axis}]`"
    return error("E434", "table-too-short", title, labels, help)
