"""Wording of what is wrong with windows, text and axes of varying length."""

from loopc.diagnostics.model import Diagnostic, Label
from loopc.semantics.errors.make import error
from loopc.source import Span


def scattered_rows(split: str, parent: str, span: Span, windows: Span) -> Diagnostic:
    title = f"the windows of `{split}` would not be made of rows that follow each other"
    labels = [
        Label(span, "this takes rows at random"),
        Label(windows, "an example is a window of rows"),
    ]
    help = f"take rows in one piece: `last(10%) of {parent}`, `rest of {parent}`"
    return error("E336", "scattered-rows", title, labels, help)


def windows_differ(first: Span, other: Span) -> Diagnostic:
    title = "the fields of one data block are different windows"
    labels = [
        Label(other, "this has another length or stride"),
        Label(first, "than this window"),
    ]
    help = "use one length and one stride, and slice in the step: `x[:24]`, `x[24:]`"
    return error("E337", "windows-differ", title, labels, help)


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
