"""The formatter: one canonical text for a tree, with no options.

Two blanks of indentation, 88 columns, no alignment, at most one empty line in a row. A
line that is too long breaks after `=`, inside brackets (one item a line, a comma after
each), or before `|>`, `then`, `using`, `if`, `else` and other operators, all of one
chain or none. Comments keep their text and their order, and stay as close to their
place as a line can end.
"""

from loopc.source import Source
from loopc.syntax import ast
from loopc.syntax.printing.comments import Comments
from loopc.syntax.printing.declarations import ProgramPrinter
from loopc.syntax.printing.document import HardLine, concat, render


def format_program(source: Source, program: ast.Program) -> str:
    """The canonical text of a program that `parse` read from `source` without errors.

    Formatting its result again changes nothing, and parsing it gives an equal tree.
    """
    printer = ProgramPrinter(Comments(source, program.comments))
    end = len(source.text) + 1
    lines = printer.sequence(program.declarations, printer.declaration, end)
    return render(concat(*lines, HardLine())) if lines else ""
