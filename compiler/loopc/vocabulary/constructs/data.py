"""What stands in a `data` block: sources, carved splits, columns."""

from typing import Final

from loopc.vocabulary.constructs import Construct


def _data(name: str, *written: str, summary: str, doc: str = "") -> Construct:
    return Construct(
        name=name,
        kind="data",
        written=written,
        summary=summary,
        doc=doc,
        section="`data`",
    )


CONSTRUCTS: Final = (
    _data(
        "npz",
        'train = npz("digits.npz")',
        summary="The arrays of a NumPy archive; their first axes are the rows.",
        doc="Pickled arrays are refused.",
    ),
    _data(
        "csv",
        'train = csv("houses.csv", separator: ";")',
        summary="The columns of a text file with a header line.",
        doc="A column is numbers where every cell is one, text elsewhere.",
    ),
    _data(
        "idx",
        'train = idx(image: "images.gz", label: "labels.gz")',
        summary="One IDX file a column, plain or compressed, as of MNIST.",
    ),
    _data(
        "characters",
        'all = characters("text.txt", alphabet: 65)',
        summary="The characters of a text, one a row, as a column `text` of codes.",
    ),
    _data(
        "arrays",
        'train = arrays("train")',
        summary="Arrays from memory, for programs that are run from Python.",
    ),
    _data(
        "last",
        "valid = last(10%) of train",
        summary="A split of the rows at the end of another.",
    ),
    _data(
        "fold",
        "valid = fold(0, 5) of train",
        summary="A split that is one of several equal parts of another.",
    ),
    _data(
        "field",
        'field image: f32[8, 8] = column("image") / 16',
        "field label: class(10)",
        summary="A part of an example: its type, and how it is made of columns.",
        doc="Without `=` it is the column of its name. What a column holds is checked"
        " before the first step.",
    ),
    _data(
        "augment",
        "augment train { image = image |> pad(4) |> random_crop(32, 32) }",
        summary="Fields that change at random whenever a step takes an example.",
    ),
    _data(
        "column",
        'field x: f32 = column("x")',
        summary="A column of the split, in the shape and dtype of the field.",
    ),
    _data(
        "columns",
        'field x: f32[2] = columns("height", "width")',
        summary="Several columns side by side.",
    ),
    _data(
        "standardize",
        'field x: f32 = standardize(column("x"), over: train)',
        summary="A column with the mean 0 and deviation 1 over a split.",
    ),
    _data(
        "category",
        'field kind: class(5) = category(column("kind"), over: train, unknown: 0)',
        summary="A code for each value of a column, fitted on a split.",
    ),
    _data(
        "words",
        'field t: class(8_000)[time] = words(column("text"), over: train, unknown: 0)',
        'field t: class(8_000)[time] = words("en.vocab", column("text"), unknown: 0)',
        summary="The words of a text as codes, by a file or the most frequent ones.",
    ),
    _data(
        "windows",
        'field x: f32[48] = windows(column("x"), 48, stride: 12)',
        summary="Consecutive rows as one example.",
    ),
)
