"""`import`: declarations of other files, selected and put beside the program's."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, fields, is_dataclass, replace
from posixpath import dirname, isabs, join, normpath

from loopc.diagnostics.model import Diagnostics, Severity
from loopc.diagnostics.sources import moved
from loopc.records import dataclass
from loopc.semantics.errors import imports as errors
from loopc.source import Source
from loopc.syntax import ast
from loopc.syntax.parser import parse
from loopc.vocabulary import suggest

MAX_FILES = 64

# The text of a file by its path below the folder of the program, None where there is
# none. Raises UnreadableImport to say why it may not be read.
Resolver = Callable[[str], str | None]
Named = Mapping[str, ast.Declaration]


class UnreadableImport(Exception):
    """Why a file that a program imports is not read."""


@dataclass(slots=True)
class ImportedFile:
    """One file: what it declares, and the names that its imports bring it."""

    path: str
    program: ast.Program
    declared: Named
    imports: list[tuple[ast.Import, "ImportedFile"]] = field(default_factory=list)


def with_imports(
    program: ast.Program, source: Source, resolve: Resolver, found: Diagnostics
) -> tuple[ast.Program, tuple[Source, ...]]:
    """Return the program with all that it imports, and the texts of the files.

    Spans of the second text begin after the end of the first, and so on. An import that
    fails stays in the program, so that unknown names are put down to it.
    """
    loader = _Loader(resolve, found, [source])
    main = ImportedFile(source.name, program, _declared(program))
    loader.open_imports(main, "", ())
    chosen = _Chosen()
    _choose_mentioned(main, program.declarations, chosen)
    _advise(main, found)
    done = {node.span for node, _ in main.imports}
    own = tuple(
        d
        for d in program.declarations
        if not (isinstance(d, ast.Import) and d.span in done)
    )
    merged = replace(program, declarations=(*chosen.declarations.values(), *own))
    return merged, tuple(loader.texts[1:])


@dataclass(slots=True)
class _Loader:
    """Opens each file once, the files that it imports before it is done."""

    resolve: Resolver
    found: Diagnostics
    texts: list[Source]
    files: dict[str, ImportedFile] = field(default_factory=dict)

    def open_imports(
        self, file: ImportedFile, folder: str, above: tuple[str, ...]
    ) -> None:
        for node in file.program.declarations:
            if isinstance(node, ast.Import):
                imported = self.open(node, folder, above)
                if imported is not None and self.has_names(node, imported):
                    file.imports.append((node, imported))

    def open(
        self, node: ast.Import, folder: str, above: tuple[str, ...]
    ) -> ImportedFile | None:
        written = node.path.value
        path = normpath(join(folder, written))
        if not _is_below(written, path):
            self.found.add(errors.outside_root(written, node.path.span))
        elif path in above:
            circle = [*above[above.index(path) :], path]
            self.found.add(errors.circular(circle, node.path.span))
        elif path in self.files:
            return self.files[path]
        elif len(self.files) >= MAX_FILES:
            self.found.add(errors.too_many(MAX_FILES, node.path.span))
        else:
            return self.read(node, path, above)
        return None

    def read(
        self, node: ast.Import, path: str, above: tuple[str, ...]
    ) -> ImportedFile | None:
        try:
            text = self.resolve(path)
            reason = "there is no such file beside the program"
        except UnreadableImport as problem:
            text, reason = None, str(problem)
        if text is None:
            self.found.add(errors.unreadable(path, reason, node.path.span))
            return None
        program = self.parsed(path, text)
        if program is None:
            return None
        file = ImportedFile(path, program, _declared(program))
        self.files[path] = file
        self.open_imports(file, dirname(path), (*above, path))
        return file

    def parsed(self, path: str, text: str) -> ast.Program | None:
        """Parse a file, with spans that count on behind the texts so far."""
        base = sum(len(each.text) + 1 for each in self.texts)
        source = Source(text, join(dirname(self.texts[0].name), path))
        self.texts.append(source)
        local = Diagnostics()
        program = parse(source, local)
        errors_only = (d for d in local.every() if d.severity is Severity.ERROR)
        self.found.extend(moved(diagnostic, base) for diagnostic in errors_only)
        return None if program is None else moved(program, base)

    def has_names(self, node: ast.Import, file: ImportedFile) -> bool:
        sound = True
        for name in node.names:
            if name.text not in file.declared and not file.program.lost:
                guess = suggest(name.text, file.declared)
                known = list(file.declared)
                problem = errors.lacks_name(
                    node.path.value, name.text, name.span, guess, known
                )
                self.found.add(problem)
                sound = False
        return sound


def _is_below(written: str, path: str) -> bool:
    plain = not isabs(written) and "\\" not in written and ":" not in written
    return plain and path.split("/")[0] != ".." and path != "."


def _declared(program: ast.Program) -> Named:
    return {
        d.name.text: d
        for d in program.declarations
        if not isinstance(d, ast.Train | ast.Import)
    }


@dataclass(slots=True)
class _Chosen:
    """Declarations of other files that the program is made of, in their order."""

    declarations: dict[int, ast.Declaration] = field(default_factory=dict)


def _choose_mentioned(
    file: ImportedFile, roots: Iterable[ast.Declaration], chosen: _Chosen
) -> None:
    """Choose what `roots` of a file mention, and what that is made of in turn."""
    waiting: list[tuple[ImportedFile, ast.Declaration]]
    waiting = [(file, root) for root in roots if not isinstance(root, ast.Import)]
    while waiting:
        owner, declaration = waiting.pop()
        for name in mentions(declaration):
            for where, found in _visible(owner, name, file):
                key = found.span.start
                if key not in chosen.declarations:
                    chosen.declarations[key] = found
                    waiting.append((where, found))
    chosen.declarations = dict(sorted(chosen.declarations.items()))


def _visible(
    owner: ImportedFile, name: str, main: ImportedFile
) -> Iterator[tuple[ImportedFile, ast.Declaration]]:
    """What a name of a file stands for: its own declarations, then imported ones."""
    if owner is not main and name in owner.declared:
        yield owner, owner.declared[name]
    for node, imported in owner.imports:
        listed = not node.names or name in {each.text for each in node.names}
        if listed and name in imported.declared:
            yield imported, imported.declared[name]


def mentions(root: ast.Node) -> frozenset[str]:
    """Every name that stands below a node, bound or read, without recursion."""
    names: set[str] = set()
    stack: list[object] = [root]
    while stack:
        top = stack.pop()
        if isinstance(top, tuple):
            stack.extend(top)
        elif isinstance(top, ast.Identifier | ast.Name):
            names.add(top.text)
        elif isinstance(top, ast.Node) and is_dataclass(top):
            stack.extend(getattr(top, each.name) for each in fields(top))
    return frozenset(names)


def _advise(main: ImportedFile, found: Diagnostics) -> None:
    """Warn of imports that the program does nothing with."""
    own = [d for d in main.program.declarations if not isinstance(d, ast.Import)]
    mentioned = frozenset[str]().union(*(mentions(d) for d in own))
    if found.has_errors():
        return
    for node, imported in main.imports:
        for name in node.names:
            if name.text not in mentioned:
                found.add(errors.unused_import(name.text, name.span))
        if not node.names and not _touches(imported.declared, mentioned):
            found.add(errors.unused_import(node.path.value, node.path.span))


def _touches(declared: Named, mentioned: Sequence[str] | frozenset[str]) -> bool:
    return any(name in mentioned for name in declared)
