"""The runtime as text: its modules, what each defines and imports; nothing is run."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import field
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from loopc.codegen.renaming import renamed_lines, renamed_tree
from loopc.codegen.scopes import names_bound
from loopc.diagnostics.model import CompilerBug
from loopc.records import dataclass

PACKAGE = "loopc_runtime"


@dataclass(frozen=True, slots=True)
class Import:
    """`import module as name` (`member` is None), or `from module import member`."""

    module: str
    member: str | None
    name: str

    @property
    def is_ours(self) -> bool:
        return self.module.split(".")[0] == PACKAGE


@dataclass(frozen=True, slots=True)
class Definition:
    """A top-level name that the statement number `index` of a module defines."""

    module: str
    index: int
    name: str


Binding: TypeAlias = Import | Definition


@dataclass(frozen=True, slots=True)
class RuntimeModule:
    """One source file, and what each of its top-level names stands for."""

    name: str
    text: str
    tree: ast.Module
    bindings: dict[str, Binding]

    @property
    def imports(self) -> list[Import]:
        return [b for b in self.bindings.values() if isinstance(b, Import)]

    @property
    def summary(self) -> str:
        """The first line of the module's docstring."""
        return (ast.get_docstring(self.tree) or "").partition("\n")[0]

    def source(self, index: int, names: Mapping[str, str]) -> str:
        """Return a top-level statement as it was written, comments above it included.

        `names` maps names of the module to others that are to stand for them.
        """
        lines, node = self.text.splitlines(), self.tree.body[index]
        changed = renamed_lines(lines, node, names) if names else lines
        if changed is None:
            return renamed_tree(node, names)
        decorators = getattr(node, "decorator_list", [])
        first = min(part.lineno for part in (node, *decorators)) - 1
        while first > 0 and lines[first - 1].startswith("#"):
            first -= 1
        return "\n".join(changed[first : node.end_lineno])


@dataclass(slots=True)
class Runtime:
    """The runtime's modules, read when they are first asked for."""

    _modules: dict[str, RuntimeModule] = field(default_factory=dict)

    def module(self, name: str) -> RuntimeModule:
        """Read and parse a module. Raises CompilerBug where there is none."""
        if name not in self._modules:
            text = _path(name).read_text(encoding="utf-8")
            tree = ast.parse(text)
            bindings = self._bindings(name, tree)
            self._modules[name] = RuntimeModule(name, text, tree, bindings)
        return self._modules[name]

    def _bindings(self, module: str, tree: ast.Module) -> dict[str, Binding]:
        bindings: dict[str, Binding] = {}
        for index, statement in enumerate(tree.body):
            if isinstance(statement, ast.Import | ast.ImportFrom):
                bindings |= {b.name: b for b in self._imported(statement)}
            else:
                _verify_inlinable(module, statement)
                names = names_bound(statement)
                bindings |= {n: Definition(module, index, n) for n in names}
        return bindings

    def _imported(self, statement: ast.Import | ast.ImportFrom) -> Iterator[Import]:
        """Yield what an import binds; `*` stands for every name of its module."""
        for item in imported(statement):
            if item.member == "*":
                names = self.module(item.module).bindings
                yield from (Import(item.module, name, name) for name in names)
            else:
                yield item

    def resolve(self, binding: Binding) -> Binding:
        """Follow imports within the runtime to the definition."""
        while isinstance(binding, Import) and binding.is_ours:
            names = self.module(binding.module).bindings
            if binding.member not in names:
                raise CompilerBug(
                    f"{binding.module} has no definition {binding.member!r}"
                )
            binding = names[binding.member]
        return binding


def _path(module: str) -> Path:
    """Find the file of a module without importing it, or the packages above it."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CompilerBug(f"{PACKAGE} is not installed beside the compiler")
    path = Path(spec.submodule_search_locations[0], *module.split(".")[1:])
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    raise CompilerBug(f"{PACKAGE} has no module {module}")


def imported(statement: ast.Import | ast.ImportFrom) -> list[Import]:
    """Return what an import statement binds."""
    found = []
    for alias in statement.names:
        name = alias.asname or alias.name.split(".")[0]
        if isinstance(statement, ast.ImportFrom):
            found.append(Import(statement.module or "", alias.name, name))
        elif alias.asname is None and "." in alias.name:
            raise CompilerBug(f"`import {alias.name}` needs a name: `as ...`")
        else:
            found.append(Import(alias.name, None, name))
    return found


def _verify_inlinable(module: str, statement: ast.stmt) -> None:
    """Allow only what can move: definitions, assignments, docstrings."""
    definitions = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
    text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    if not text and not isinstance(statement, definitions):
        raise CompilerBug(
            f"{module}, line {statement.lineno}: the runtime's modules hold "
            f"definitions only, not {type(statement).__name__}"
        )
