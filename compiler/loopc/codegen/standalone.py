"""`--standalone`: the runtime definitions that a script reaches move into its file.

Definitions keep the order in which Python would have run them: modules in the order of
their imports, statements in the order of their module. So every decorator, base class,
default and constant finds what it needs. A name that the script has taken is renamed.
"""

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from importlib.metadata import version
from itertools import chain, pairwise

from loopc.codegen.formatting import format_python
from loopc.codegen.import_block import import_block
from loopc.codegen.renaming import identifiers, loop_variables
from loopc.codegen.runtime_source import (
    Binding,
    Definition,
    Import,
    Runtime,
    RuntimeModule,
    imported,
)
from loopc.codegen.scopes import module_names, names_bound
from loopc.codegen.verify import verify_standalone
from loopc.diagnostics.model import CompilerBug
from loopc.records import dataclass
from loopc.semantics.checked import CheckedExtern


def standalone(script: str, externs: Iterable[CheckedExtern] = ()) -> str:
    """Return `script` with what it imports from the runtime written out.

    The result imports the standard library, NumPy, Keras and TensorFlow, and what the
    program names as `externs`; it computes the same bits. Raises CompilerBug where the
    runtime cannot be taken apart.
    """
    parsed = _Script(script)
    inlined = _Inlined(Runtime(), parsed)
    head = import_block([*parsed.kept, *inlined.imports()])
    text = _laid_out(
        [
            format_python(f"{parsed.docstring}\n{head}"),
            f"# What this script uses of loopc's runtime (loopc {version('loopc')}).",
            *inlined.sections(),
            "# The program.",
            parsed.body,
        ]
    )
    verify_standalone(text, externs)
    return text


def _laid_out(pieces: list[str]) -> str:
    """Join pieces of black's layout as black would, which would take it seconds."""
    stripped = [piece.strip("\n") for piece in pieces]
    blocks = [_is_block(piece) for piece in stripped]
    gaps = ["\n\n\n" if any(pair) else "\n\n" for pair in pairwise(blocks)]
    return "".join(chain.from_iterable(zip(stripped, [*gaps, "\n"], strict=True)))


def _is_block(piece: str) -> bool:
    """Say whether a piece defines functions or classes: two blank lines around it."""
    return re.search(r"^(@|def |class )", piece, re.MULTILINE) is not None


class _Script:
    """An emitted script in its parts: docstring, imports, the rest."""

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text)
        lines = text.splitlines(keepends=True)
        heads = [
            s for s in self.tree.body if isinstance(s, ast.Import | ast.ImportFrom)
        ]
        imports = [i for statement in heads for i in imported(statement)]
        self.kept = [i for i in imports if not i.is_ours]
        self.wanted = [i for i in imports if i.is_ours]
        first, last = heads[0].lineno - 1, heads[-1].end_lineno
        self.docstring, self.body = "".join(lines[:first]), "".join(lines[last:])

    def names(self) -> set[str]:
        """Return the script's own top-level names, and those of its kept imports."""
        own = {n for s in self.tree.body for n in names_bound(s)}
        return own - {i.name for i in self.wanted}


@dataclass(slots=True)
class _Inlined:
    """The definitions that a script reaches, and the names they have in its file."""

    runtime: Runtime
    script: _Script
    reached: dict[tuple[str, int], None] = field(default_factory=dict)
    bound: dict[Binding, str] = field(default_factory=dict)
    builtin: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for wanted in self.script.wanted:
            binding = self.runtime.resolve(wanted)
            self.bound[binding] = wanted.name
            self.reach(binding)
        self.name_everything()

    # ---------------------------------------------------------------- reaching

    def reach(self, start: Binding) -> None:
        """Follow what definitions mention, without recursion."""
        pending = [start]
        while pending:
            binding = pending.pop()
            self.bound.setdefault(binding, "")
            if isinstance(binding, Definition):
                place = (binding.module, binding.index)
                if place not in self.reached:
                    self.reached[place] = None
                    pending.extend(self.mentioned(*place))

    def mentioned(self, module: str, index: int) -> Iterator[Binding]:
        source = self.runtime.module(module)
        for node in module_names(source.tree.body[index]).nodes:
            binding = source.bindings.get(node.id)
            if binding is not None:
                yield self.runtime.resolve(binding)
            else:
                self.builtin.add(node.id)
            if binding is None and not _is_builtin(node.id):
                raise CompilerBug(f"{module} mentions {node.id}, which cannot move")

    # ------------------------------------------------------------------ naming

    def name_everything(self) -> None:
        """Give every binding the name it has, or a new one where that is taken.

        A new name is none that any definition uses, so that nothing hides it.
        """
        own = self.script.names()
        hidden = self.builtin & (own | {i.name for i in self.script.wanted})
        if hidden:
            raise CompilerBug(f"the script hides builtins: {', '.join(hidden)}")
        taken = own | self.builtin | set(self.bound.values())
        used = taken | set().union(*map(identifiers, self.statements()))
        loops = set().union(*map(loop_variables, self.statements()))
        for binding, given in self.bound.items():
            if isinstance(binding, Import) and binding in self.script.kept:
                self.bound[binding] = binding.name
            elif not given:
                avoided = loops if isinstance(binding, Import) else set()
                self.bound[binding] = _fresh(binding.name, taken | avoided, used)
                taken.add(self.bound[binding])

    def statements(self) -> Iterator[ast.AST]:
        """Yield what the file will consist of."""
        yield self.script.tree
        for module, index in self.reached:
            yield self.runtime.module(module).tree.body[index]

    # ----------------------------------------------------------------- printing

    def imports(self) -> list[Import]:
        """Return what the definitions import from outside the runtime."""
        return [
            Import(binding.module, binding.member, name)
            for binding, name in self.bound.items()
            if isinstance(binding, Import)
        ]

    def sections(self) -> Iterator[str]:
        """Yield each module's definitions, under the first line of its docstring."""
        for module in self.order():
            indices = sorted(i for name, i in self.reached if name == module.name)
            if indices:
                yield f"# {module.summary}"
                yield from (self.definition(module, index) for index in indices)

    def order(self) -> list[RuntimeModule]:
        """Return the modules as Python would run them: imported ones first."""
        done: dict[str, RuntimeModule] = {}
        for module, _ in self.reached:
            self.visit(module, done, ())
        return list(done.values())

    def visit(
        self, name: str, done: dict[str, RuntimeModule], above: tuple[str, ...]
    ) -> None:
        if name in above:
            raise CompilerBug(f"runtime modules import in a circle: {above}")
        if name in done:
            return
        module = self.runtime.module(name)
        for item in module.imports:
            target = self.runtime.resolve(item)
            if isinstance(target, Definition):
                self.visit(target.module, done, (*above, name))
        done[name] = module

    def definition(self, module: RuntimeModule, index: int) -> str:
        """Return a definition as it was written, or rewritten where names change."""
        names = {
            name: self.bound[resolved]
            for name, binding in module.bindings.items()
            if (resolved := self.runtime.resolve(binding)) in self.bound
        }
        node = module.tree.body[index]
        found = module_names(node)
        mentioned = {n.id for n in found.nodes} | set(names_bound(node))
        changed = {n: names[n] for n in mentioned & names.keys() if names[n] != n}
        text = module.source(index, changed)
        return format_python(text) if changed else text


def _fresh(name: str, taken: set[str], used: set[str]) -> str:
    """Return `name` if it is free, else a name like it that is used nowhere."""
    if name not in taken:
        return name
    while name in used:
        name += "_"
    return name


def _is_builtin(name: str) -> bool:
    """Say whether a name is Python's wherever it stands; `__name__` is the module's."""
    return hasattr(builtins, name) and not name.startswith("__")
