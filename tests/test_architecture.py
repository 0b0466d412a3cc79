"""The rules that hold the house up: who imports whom, and how big things may grow."""

import ast
import re
import subprocess
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GRAMMAR, COMPILER, RUNTIME = (
    ROOT / name for name in ("grammar", "compiler", "runtime")
)
BENCHMARKS = ROOT / "benchmarks"

# From the top down: a module imports from its own part and from lower layers only.
LAYERS = (
    {"__main__"},
    {"cli", "language_server"},
    {"loopc"},  # the package itself: the public names
    {"driver"},
    {"codegen"},
    {"planning"},
    {"semantics"},
    {"vocabulary", "syntax"},
    {"diagnostics"},
    {"source"},
    {"records"},
)
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
SILENCED = re.compile(r"type: *ignore|noqa")
SILENCED_WITH_REASON = re.compile(
    r"# (type: ignore\[[\w, -]+\]|noqa: [A-Z]+\d+(, [A-Z]+\d+)*) +[#(] ?\w+ \w+"
)


def files(*folders: Path, suffixes: tuple[str, ...] = (".py",)) -> list[Path]:
    """Return the source files below the folders, without generated ones."""
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in suffixes and ROOT / "tests" / "golden" not in path.parents
    )


@cache
def tree_of(path: Path) -> ast.Module:
    """Parse a file, once for all tests."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, node: ast.stmt) -> str:
    """Name where a statement stands, as terminals and editors link it."""
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def imported_modules(path: Path, source_root: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Yield every import statement of a file with the absolute name it imports."""
    package = path.relative_to(source_root).parent.parts
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *filter(None, [node.module])])
            yield from ((node, f"{module}.{alias.name}") for alias in node.names)


def part_of(module: str) -> str:
    """Return the part of the compiler that a dotted name lies in: `syntax`, `cli`."""
    name = [*module.split("."), "loopc"][1]
    return name if name in LEVEL else "loopc"


def compiler_imports() -> Iterator[tuple[str, str, str]]:
    """Yield (place, importing part, imported name) for every import of the compiler."""
    for path in files(COMPILER):
        parts = path.relative_to(COMPILER).with_suffix("").parts
        for node, module in imported_modules(path, COMPILER):
            yield place(path, node), part_of(".".join(parts)), module


def violations(source_root: Path, forbidden: set[str]) -> list[str]:
    """Return where files below a root import one of the forbidden packages."""
    return [
        f"{place(path, node)}: {module}"
        for path in files(source_root)
        for node, module in imported_modules(path, source_root)
        if module.split(".")[0] in forbidden
    ]


def test_every_part_of_the_compiler_has_its_layer() -> None:
    """A new folder or file beside the stages is given its place in LAYERS."""
    folder = COMPILER / "loopc"
    parts = {path.relative_to(folder).parts[0] for path in files(folder)}
    names = {part.removesuffix(".py") for part in parts} - {"__init__"}
    assert names <= set(LEVEL)


def test_compiler_imports_point_downward() -> None:
    """A stage sees itself and the layers below; neighbours in a layer are strangers."""
    upward = [
        f"{where}: {importer} imports {module}"
        for where, importer, module in compiler_imports()
        if module.split(".")[0] == "loopc"
        and part_of(module) != importer
        and LEVEL[part_of(module)] <= LEVEL[importer]
    ]
    assert upward == []


def test_codegen_reads_results_and_calls_no_earlier_stage() -> None:
    """Codegen knows the plan and the checked expressions in it, no tree, no checker."""
    earlier = [
        f"{where}: {module}"
        for where, importer, module in compiler_imports()
        if importer == "codegen"
        and module.startswith(("loopc.semantics", "loopc.syntax"))
        and not module.startswith("loopc.semantics.checked")
    ]
    assert earlier == []


def test_findings_are_worded_by_modules_that_come_when_they_are_needed() -> None:
    """`from ...errors import names` imports nothing yet; `errors.names` would."""
    words = COMPILER / "loopc" / "semantics" / "errors"
    early = [
        f"{place(path, node)}: {node.module}"
        for path in files(COMPILER)
        for node in tree_of(path).body
        if isinstance(node, ast.ImportFrom) and path.parent != words
        if (node.module or "").startswith("loopc.semantics.errors.")
    ]
    assert early == []


def test_only_syntax_imports_the_grammar() -> None:
    """The surface syntax is data that the parser alone reads."""
    readers = {
        importer
        for _, importer, module in compiler_imports()
        if module.split(".")[0] == "loopc_grammar"
    }
    assert readers <= {"syntax"}


def test_compiler_never_imports_tensorflow() -> None:
    """Checking, formatting and building need no TensorFlow."""
    assert violations(COMPILER, {"tensorflow", "keras", "loopc_runtime"}) == []


def test_runtime_never_imports_the_compiler() -> None:
    """A generated script runs where the compiler is not installed."""
    compiler_only = {"loopc", "loopc_grammar", "lark", "jinja2", "black", "click"}
    assert violations(RUNTIME, compiler_only) == []


def test_grammar_imports_nothing_of_ours() -> None:
    """The grammar is data below everything else; a script beside it may write it."""
    ours = violations(GRAMMAR, {"loopc", "loopc_runtime"})
    assert [place for place in ours if "/loopc_grammar/" in place] == []


def runtime_statements(kind: type[ast.stmt]) -> Iterator[tuple[Path, ast.stmt]]:
    """Yield the statements of a kind in the runtime's modules, nested ones too."""
    for path in files(RUNTIME):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, kind):
                yield path, node


def is_runtime_module(dotted: str) -> bool:
    """Say whether a dotted name is a module or package of the runtime."""
    path = RUNTIME.joinpath(*dotted.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def test_runtime_imports_its_own_definitions_by_name() -> None:
    """`--standalone` moves definitions into one file: each is imported by name."""
    wrong = [
        place(path, node)
        for path, node in runtime_statements(ast.Import)
        if isinstance(node, ast.Import)
        and any(alias.name.split(".")[0] == "loopc_runtime" for alias in node.names)
    ]
    for path, node in runtime_statements(ast.ImportFrom):
        assert isinstance(node, ast.ImportFrom)
        module = node.module or ""
        ours = module.split(".")[0] == "loopc_runtime"
        if node.level or any(
            ours
            and (
                alias.asname not in (None, alias.name)
                or is_runtime_module(f"{module}.{alias.name}")
            )
            for alias in node.names
        ):
            wrong.append(place(path, node))
    assert wrong == []


def test_runtime_imports_stand_at_the_top() -> None:
    """Only rich, which few runs need, is imported inside a function."""
    late = [
        f"{place(path, node)}: {module}"
        for path in files(RUNTIME)
        for node, module in imported_modules(path, RUNTIME)
        if node.col_offset and module.split(".")[0] != "rich"
    ]
    assert late == []


def top_level_names(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module's own statements define; imports define none."""
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (t.id for t in targets if isinstance(t, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def test_runtime_names_are_unique() -> None:
    """Definitions of different runtime modules can stand in one file."""
    owners = defaultdict(set)
    for path in files(RUNTIME):
        for name in top_level_names(tree_of(path)):
            if name != "__all__":
                owners[name].add(str(path.relative_to(RUNTIME)))
    shared = {name: sorted(paths) for name, paths in owners.items() if len(paths) > 1}
    assert shared == {}


def test_files_stay_small() -> None:
    """No source file outgrows 400 lines."""
    sources = files(
        *(GRAMMAR, COMPILER, RUNTIME, ROOT / "samples", ROOT / "tests"),
        suffixes=(".py", ".jinja", ".lark"),
    )
    sizes = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in sources}
    large = {
        str(path.relative_to(ROOT)): size
        for path, size in sizes.items()
        if size > MAX_FILE_LINES
    }
    assert large == {}


def test_functions_stay_small() -> None:
    """No function outgrows 60 lines, its docstring counted."""
    large = [
        f"{place(path, node)}: {node.name}"
        for path in files(GRAMMAR, COMPILER, RUNTIME, ROOT / "samples", ROOT / "tests")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= MAX_FUNCTION_LINES
    ]
    assert large == []


def asserts(function: ast.FunctionDef, known: set[str]) -> bool:
    """Say whether a function asserts something, itself or by one of `known` names."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).split(".")[-1]
            if name in known or name.startswith(("assert_", "check_")):
                return True
    return False


def test_tests_assert_something() -> None:
    """Each test says what it expects, by itself or by a function beside it."""
    silent = []
    for path in files(ROOT / "tests"):
        nodes = ast.walk(tree_of(path))
        functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
        known = {f.name for f in functions if asserts(f, set())} | {"raises", "warns"}
        silent += [
            f"{place(path, function)}: {function.name}"
            for function in functions
            if function.name.startswith("test_") and not asserts(function, known)
        ]
    assert silent == []


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the comments of a file with their lines."""
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def test_silenced_checks_have_a_reason() -> None:
    """`type: ignore` and `noqa` name what they silence, and say why on the line."""
    bare = [
        f"{path.relative_to(ROOT)}:{line}: {comment}"
        for path in files(GRAMMAR, COMPILER, RUNTIME, ROOT / "tests", BENCHMARKS)
        if SILENCED.search(path.read_text(encoding="utf-8"))
        for line, comment in comments(path)
        if SILENCED.search(comment) and not SILENCED_WITH_REASON.search(comment)
    ]
    assert bare == []


def test_no_module_is_called_utils() -> None:
    """A module's name says what it holds."""
    vague = {"utils", "util", "helpers", "misc", "common"}
    sources = files(GRAMMAR, COMPILER, RUNTIME)
    assert [str(path) for path in sources if path.stem in vague] == []


def loaded_after(statement: str, packages: set[str]) -> set[str]:
    """Return which of the packages a fresh interpreter has loaded after a statement."""
    code = f"{statement}; import sys; print(*sorted({packages!r} & sys.modules.keys()))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(result.stdout.split())


@pytest.mark.parametrize("module", ["loopc", "loopc.cli.main"])
def test_importing_the_compiler_is_light(module: str) -> None:
    """The compiler starts in a fraction of a second, without anything heavy."""
    if not (COMPILER.joinpath(*module.split(".")).with_suffix(".py")).exists():
        module = "loopc"
    heavy = {"tensorflow", "keras", "jax", "pandas", "pygls"}
    assert loaded_after(f"import {module}", heavy) == set()


def test_importing_the_runtime_leaves_the_compiler_out() -> None:
    """A generated script loads neither the compiler nor its dependencies."""
    compiler_only = {"loopc", "loopc_grammar", "lark", "jinja2", "black", "click"}
    assert loaded_after("import loopc_runtime", compiler_only) == set()
