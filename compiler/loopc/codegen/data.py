"""The data of a program as Python: reading, carving, fitting, decoding."""

from collections.abc import Iterator
from dataclasses import field
from keyword import iskeyword

from loopc.codegen.expressions import TF_DTYPES, ExpressionPrinter
from loopc.codegen.extern_data import extern_columns
from loopc.codegen.imports import Imports
from loopc.codegen.literals import literal, string
from loopc.codegen.names import Names, reads_config
from loopc.codegen.source_files import column_of, files_read
from loopc.codegen.statics import ATOM, COMPARISON, Code, StaticPrinter
from loopc.diagnostics.model import CompilerBug
from loopc.planning.walk import walk
from loopc.records import dataclass
from loopc.semantics import checked
from loopc.vocabulary.types import TensorType

SOURCE_DEFAULTS = {"separator": ",", "header": True}

FIELD_TYPES = {"f32": "Float", "i32": "Integer", "bool": "Bool"}


@dataclass(frozen=True, slots=True)
class DataContext:
    """What the data template prints; all final text."""

    name: str
    load: str
    decode: str
    make_decode: str  # "" where decoding needs neither the config nor what is fitted
    given_parameters: str
    given_arguments: str
    fitted_mapping: str
    uses_arrays: bool
    source_lines: tuple[str, ...]
    fit_lines: tuple[str, ...]
    windows: str  # "" where an example is a row
    buckets: str  # "" where nothing is cut to buckets
    decode_lines: tuple[str, ...]
    decoded: str
    splits: str
    fields: tuple[str, ...]

    def parameters(self, uses_config: bool) -> list[tuple[str, str]]:
        """What the function that loads the data takes, with types."""
        found = [("config", "Config")] if uses_config else []
        if any("data_dir" in line for line in self.source_lines):
            found.append(("data_dir", "Path"))
        if self.uses_arrays:
            found.append(("arrays", "Mapping[str, Mapping[str, np.ndarray]] | None"))
        return found


@dataclass(slots=True)
class DecodePrinter(ExpressionPrinter):
    """Field expressions: columns come from the batch, fitted scales are called."""

    standardizers: dict[tuple[tuple[str, ...], str], str] = field(default_factory=dict)
    first: str = "[:, 0]"  # of the numbers of a row

    def special(self, node: checked.CheckedExpression) -> Code:
        match node:
            case checked.ColumnValue():
                return self.column(node)
            case checked.Standardized():
                name = self.standardizers[node.columns, node.over]
                scalar = isinstance(node.type, TensorType) and not node.type.shape
                return Code(f"{name}(columns){self.first if scalar else ''}")
            case checked.Category():
                return Code(f"columns[{string(node.column)}]")
            case checked.Windowed():
                return self.special(node.value)
            case checked.Words() if node.low == node.high:
                return Code(f"columns[{string(node.column)}]")
            case checked.Words():
                return Code(f"tf.maximum(columns[{string(node.column)}], 0)")
            case checked.RealPositions():
                return Code(f"columns[{string(node.column)}] >= 0", COMPARISON)
            case _:
                raise CompilerBug(f"no Python for {type(node).__name__} in a field")

    def column(self, node: checked.ColumnValue) -> Code:
        kind = node.type
        if not isinstance(kind, TensorType):
            raise CompilerBug("a column is a tensor")
        dtype = TF_DTYPES[kind.dtype]
        parts = [f"tf.cast(columns[{string(c)}], {dtype})" for c in node.columns]
        if len(parts) == 1 and (not kind.shape or len(node.columns) == 1):
            return Code(parts[0], ATOM)
        return Code(f"tf.stack([{', '.join(parts)}], axis=-1)", ATOM)


@dataclass(slots=True)
class DataPrinter:
    data: checked.CheckedData
    imports: Imports
    script: Names
    seed: str
    configured: frozenset[str] = frozenset()  # functions that take the config
    names: Names = field(default_factory=Names)

    def __post_init__(self) -> None:
        """The functions of the script first: names inside them stay clear of those."""
        for what in ("load", "decode", "make_decode"):
            self.function(what)
        self.names = self.script.inner()

    def function(self, what: str) -> str:
        name = self.data.name
        return self.script.of(what, name, f"{what}_{name}")

    def context(self) -> DataContext:
        standardizers = self.fitted_names()
        lines = tuple(self.decode_lines(standardizers))
        given = {name: "Standardizer" for name in standardizers.values()}
        if reads_config(lines):
            given = {"config": "Config", **given}
        name = self.data.name
        decoded = ", ".join(
            f"{string(f.name)}: {self.local(f)}" for f in self.data.fields
        )
        self.imports.need("Splits")
        if standardizers:
            self.imports.need("Standardizer")
        return DataContext(
            name=name,
            load=self.function("load"),
            decode="decode" if given else self.function("decode"),
            make_decode=self.function("make_decode") if given else "",
            given_parameters=", ".join(f"{n}: {t}" for n, t in given.items()),
            given_arguments=", ".join(given),
            fitted_mapping=self.fitted_mapping(standardizers),
            uses_arrays=any(
                isinstance(s, checked.CheckedSource) and s.format == "arrays"
                for s in self.data.splits
            ),
            source_lines=tuple(self.split_lines()),
            fit_lines=tuple(self.fit_lines(standardizers)),
            windows=self.windows(),
            buckets=self.buckets(),
            decode_lines=lines,
            decoded=f"{{{decoded}}}",
            splits=self.splits(),
            fields=tuple(self.field_line(f) for f in self.data.fields),
        )

    def local(self, item: checked.CheckedField) -> str:
        return self.names.of("local", item.name)

    # ------------------------------------------------------------------ splits

    def split_lines(self) -> Iterator[str]:
        sources = [s for s in self.data.splits if isinstance(s, checked.CheckedSource)]
        yield from map(self.source_line, sources)
        yield from self.alphabet_lines(sources)
        for split in self.data.splits:
            if isinstance(split, checked.CheckedSource):
                continue
            if split.how == "rest":
                self.imports.need("rest_of")
                given = f"{self.split(split.parent)}, name={string(split.split)}"
                yield f"{self.split(split.split)} = rest_of({given})"
            else:
                yield self.carve_line(split)

    def split(self, name: str) -> str:
        return self.names.of("split", name)

    def source_line(self, source: checked.CheckedSource) -> str:
        if source.extern:
            columns = extern_columns(source, self.names, self.imports)
            return f"{self.split(source.split)} = {columns}"
        function = f"read_{source.format}"
        self.imports.need(function)
        root = "arrays" if source.format == "arrays" else "data_dir"
        if source.format == "idx":
            files = files_read(self.data, source)
            plain = {c: f for c, f in files.items() if not iskeyword(c)}
            given = [f"{c}={string(f)}" for c, f in plain.items()]
            given += [
                f"**{{{string(c)}: {string(f)}}}"
                for c, f in files.items()
                if c not in plain
            ]
        else:
            given = [string(source.files[""])]
        given += [
            f"{n}={literal(v)}"
            for n, v in source.options.items()
            if v != SOURCE_DEFAULTS.get(n)
        ]
        table = f"{function}({', '.join([root, *given])})"
        if self.data.windows is not None and self.data.windows.by is not None:
            self.imports.need("in_series")
            table = f"in_series({table}, {string(self.data.windows.by)})"
        return f"{self.split(source.split)} = {table}"

    def alphabet_lines(self, sources: list[checked.CheckedSource]) -> Iterator[str]:
        """One alphabet, of whole files: every split is coded alike."""
        texts = [self.split(s.split) for s in sources if s.alphabet is not None]
        size = self.alphabet_size()
        if size is None:
            return
        self.imports.need("Alphabet")
        name = self.names.of("alphabet", "alphabet")
        yield f"{name} = Alphabet.fit([{', '.join(texts)}], size={size})"
        for text in texts:
            yield f"{text} = {name}.encode({text})"

    def alphabet_size(self) -> str | None:
        for split in self.data.splits:
            if isinstance(split, checked.CheckedSource) and split.alphabet is not None:
                return StaticPrinter(self.names).value(split.alphabet).text
        return None

    def windows(self) -> str:
        node = self.data.windows
        if node is None:
            return ""
        self.imports.need("Windows")
        printer = StaticPrinter(self.names)
        length, stride = (printer.value(v).text for v in (node.length, node.stride))
        return f"Windows(length={length}, stride={stride})"

    def carve_line(self, carve: checked.CheckedCarve) -> str:
        self.imports.need("carve")
        parent = self.split(carve.parent)
        given = [parent, *self.amount(carve)]
        if carve.by is not None:
            given.append(f"by={string(column_of(self.data, carve.by))}")
        given += [] if carve.how.startswith("last") else [f"seed={self.seed}"]
        given.append(f"name={string(carve.split)}")
        return f"{self.split(carve.split)}, {parent} = carve({', '.join(given)})"

    def amount(self, carve: checked.CheckedCarve) -> list[str]:
        if carve.amount is None:
            raise CompilerBug(f"the split {carve.split} has no amount")
        amount = StaticPrinter(self.names).value(carve.amount).text
        if carve.how == "fold":
            if carve.folds is None:
                raise CompilerBug(f"the fold {carve.split} has no number of folds")
            folds = StaticPrinter(self.names).value(carve.folds).text
            return [f"fold=({amount}, {folds})"]
        return [f"{carve.how}={amount}"]

    def live_splits(self) -> list[str]:
        """Splits that still hold rows: a parent whose rest was taken does not."""
        carves = [s for s in self.data.splits if isinstance(s, checked.CheckedCarve)]
        emptied = {c.parent for c in carves if c.how == "rest"}
        return [s.split for s in self.data.splits if s.split not in emptied]

    def splits(self) -> str:
        pairs = (f"{string(s)}: {self.split(s)}" for s in self.live_splits())
        return f"{{{', '.join(pairs)}}}"

    # ------------------------------------------------------------------ fitted

    def fitted_names(self) -> dict[tuple[tuple[str, ...], str], str]:
        found: dict[tuple[tuple[str, ...], str], str] = {}
        for item in self.data.fields:
            for node in walk(item.value):
                if isinstance(node, checked.Standardized):
                    key = (node.columns, node.over)
                    found.setdefault(key, self.names.fresh(f"scale_{item.name}"))
        return found

    def categories(self) -> dict[str, tuple[checked.CheckedField, checked.Category]]:
        found: dict[str, tuple[checked.CheckedField, checked.Category]] = {}
        for item in self.data.fields:
            for node in walk(item.value):
                if isinstance(node, checked.Category):
                    found.setdefault(node.column, (item, node))
        return found

    def fit_lines(
        self, standardizers: dict[tuple[tuple[str, ...], str], str]
    ) -> Iterator[str]:
        for (columns, over), name in standardizers.items():
            given = f"{self.split(over)}, {literal(columns)}"
            yield f"{name} = Standardizer.fit({given})"
        for column, (item, node) in self.categories().items():
            self.imports.need("Categories")
            name = self.category_name(column)
            unknown = "" if node.unknown is None else f", unknown={node.unknown}"
            given = (
                f"{self.split(node.over)}, {string(column)}, size={item.type.classes}"
            )
            yield f"{name} = Categories.fit({given}{unknown})"
            for split in self.live_splits():
                yield f"{self.split(split)} = {name}.encode({self.split(split)})"
        for column, (item, words) in self.vocabularies().items():
            yield from self.vocabulary_lines(column, item, words)

    def vocabularies(self) -> dict[str, tuple[checked.CheckedField, checked.Words]]:
        found: dict[str, tuple[checked.CheckedField, checked.Words]] = {}
        for item in self.data.fields:
            for node in walk(item.value):
                if isinstance(node, checked.Words):
                    found.setdefault(node.column, (item, node))
        return found

    def buckets(self) -> str:
        cuts = {c: w.buckets for c, (_, w) in self.vocabularies().items() if w.buckets}
        pairs = (f"{string(c)}: {literal(lengths)}" for c, lengths in cuts.items())
        return f"{{{', '.join(pairs)}}}" if cuts else ""

    def vocabulary_lines(
        self, column: str, item: checked.CheckedField, node: checked.Words
    ) -> Iterator[str]:
        self.imports.need("Vocabulary")
        name = self.vocabulary_name(column)
        given = [string(column), f"size={item.type.classes}"]
        given += [] if node.unknown is None else [f"unknown={node.unknown}"]
        if node.file is not None:
            call = f"read(data_dir, {string(node.file)}, {', '.join(given)})"
        elif node.over is not None:
            call = f"fit({self.split(node.over)}, {', '.join(given)})"
        yield f"{name} = Vocabulary.{call}"
        lengths = f"shortest={node.low}, longest={node.high}"
        for split in map(self.split, self.live_splits()):
            yield f"{split} = {name}.encode({split}, {lengths})"

    def vocabulary_name(self, column: str) -> str:
        safe = "".join(c if c.isalnum() and c.isascii() else "_" for c in column)
        return self.names.of("vocabulary", f"words_{safe}")

    def category_name(self, column: str) -> str:
        safe = "".join(c if c.isalnum() and c.isascii() else "_" for c in column)
        return self.names.of("category", f"index_{safe}")

    def fitted_mapping(
        self, standardizers: dict[tuple[tuple[str, ...], str], str]
    ) -> str:
        pairs = [f"{string(n)}: {n}" for n in standardizers.values()]
        if self.alphabet_size() is not None:
            alphabet = self.names.of("alphabet", "alphabet")
            pairs.append(f"{string(alphabet)}: {alphabet}")
        pairs += [
            f"{string(self.category_name(c))}: {self.category_name(c)}"
            for c in self.categories()
        ]
        pairs += [
            f"{string(self.vocabulary_name(c))}: {self.vocabulary_name(c)}"
            for c in self.vocabularies()
        ]
        return f"{{{', '.join(pairs)}}}" if pairs else ""

    # ------------------------------------------------------------------ fields

    def decode_lines(
        self, standardizers: dict[tuple[tuple[str, ...], str], str]
    ) -> Iterator[str]:
        printer = DecodePrinter(
            place="decode",
            names=self.names,
            imports=self.imports,
            configured=self.configured,
            standardizers=standardizers,
            first="[:, 0]" if self.data.windows is None else "[..., 0]",
        )
        for item in self.data.fields:
            yield self.imports.notice(
                f"{self.local(item)} = {printer.text(item.value)}"
            )

    def field_line(self, item: checked.CheckedField) -> str:
        kind = item.type
        columns = f"columns={literal(item.columns)}"
        if kind.kind == "class" or not kind.is_float:
            columns += "" if is_bare_column(item) else ", computed=True"
        shape = literal(item.padded)
        if kind.kind == "class":
            self.imports.need("Class")
            given = [str(kind.classes), *([f"shape={shape}"] if kind.shape else [])]
            return f"{string(item.name)}: Class({', '.join([*given, columns])})"
        name = FIELD_TYPES[kind.dtype]
        self.imports.need(name)
        return f"{string(item.name)}: {name}({shape}, {columns})"


def is_bare_column(item: checked.CheckedField) -> bool:
    """Whether the field is a column as it is, so that its cells must hold the field's
    type.
    """
    value = item.value
    value = value.value if isinstance(value, checked.Windowed) else value
    return isinstance(value, checked.ColumnValue)
