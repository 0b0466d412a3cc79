"""The runtime without what a script never uses, in rounds until nothing falls."""

import ast
from collections.abc import Iterable, Iterator
from weakref import WeakKeyDictionary

from loopc.codegen.runtime_source import Import, Runtime
from loopc.codegen.shaking.folding import Folding
from loopc.codegen.shaking.leftovers import (
    Change,
    dead_types,
    unread_members,
    unread_names,
    unused_parameters,
)
from loopc.codegen.shaking.pieces import Edit
from loopc.codegen.shaking.program import Program
from loopc.codegen.shaking.reach import Reach
from loopc.codegen.shaking.world import Place, ScriptLibrary, ScriptPiece, World
from loopc.diagnostics.model import CompilerBug

MOST_ROUNDS = 100
# Functions in which there was nothing to fold, and the facts that told so.
SETTLED: WeakKeyDictionary[ast.FunctionDef, str] = WeakKeyDictionary()


def shaken(wanted: Iterable[Import], statements: Iterable[str]) -> Reach:
    """Return what the statements of a script reach of the runtime, cut to its use.

    `wanted` are the script's imports of the runtime. Raises CompilerBug where a module
    of the runtime mentions a name that it does not have.
    """
    script = [ScriptPiece("", number, text) for number, text in enumerate(statements)]
    library = ScriptLibrary(Runtime(), wanted)
    for _ in range(MOST_ROUNDS):
        reach = Reach(library)
        for item in library.wanted.values():
            reach.follow(library.runtime.resolve(item))
        reach.from_script(script)
        edits = reach.unreached() or cuts(library, script, reach)
        if not edits:
            return reach
        make(library, edits)
    raise CompilerBug("the runtime of a standalone script goes on shrinking")


def cuts(
    library: ScriptLibrary, script: list[ScriptPiece], reach: Reach
) -> dict[Place, list[Edit]]:
    """Return what can be cut out of statements that are all reached."""
    program = Program(World(library, script, list(reach.pieces.values())))
    found: dict[Place, list[Edit]] = {}
    for cuts_of_a_kind in (folds, leftovers, unread_members, unused_parameters):
        taken = set(found)
        for together in cuts_of_a_kind(program):
            places = {(piece.module, piece.index) for piece, _ in together}
            # What was cut in this round is looked at again in the next.
            if not places & taken:
                for piece, edit in together:
                    found.setdefault((piece.module, piece.index), []).append(edit)
    return found


def folds(program: Program) -> Iterator[list[Change]]:
    """Yield what settled conditions give way to."""
    for context in program.own_contexts:
        facts = program.facts(context)
        if SETTLED.get(context.function) != facts:
            edits = list(Folding(program, context).edits())
            yield [(context.piece, edit) for edit in edits]
            if not edits:
                SETTLED[context.function] = facts


def leftovers(program: Program) -> Iterator[list[Change]]:
    """Yield what nobody reads, and types without instances."""
    for context in program.own_contexts:
        yield [(context.piece, edit) for edit in unread_names(program, context)]
    for piece in program.world.reached:
        yield [(piece, edit) for edit in dead_types(program, piece)]


def make(library: ScriptLibrary, edits: dict[Place, list[Edit]]) -> None:
    """Change statements of the runtime."""
    for place, changes in edits.items():
        library.edited[place] = library.piece(place).edited(changes)
