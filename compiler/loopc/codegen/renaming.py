"""Renaming what a top-level statement says of its module, in its text or its tree."""

import ast
import copy
import re
from collections.abc import Iterator, Mapping

from loopc.codegen.scopes import ModuleNames, module_names
from loopc.records import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace `old` by `new` at a line (from 1) and a byte of it (from 0)."""

    line: int
    column: int
    old: str
    new: str

    def apply(self, lines: list[bytes]) -> bool:
        """Change `lines` in place; tell whether `old` stood there."""
        line, end = lines[self.line - 1], self.column + len(self.old)
        if line[self.column : end] != self.old.encode():
            return False
        lines[self.line - 1] = line[: self.column] + self.new.encode() + line[end:]
        return True


def identifiers(tree: ast.AST) -> set[str]:
    """Return every name that a tree reads, binds or takes as a parameter."""
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    return names | {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}


def loop_variables(tree: ast.AST) -> set[str]:
    """Return the names that `for` statements bind: linters want no such imports."""
    targets = [n.target for n in ast.walk(tree) if isinstance(n, ast.For)]
    return {name for target in targets for name in identifiers(target)}


def renamed_lines(
    lines: list[str], statement: ast.stmt, names: Mapping[str, str]
) -> list[str] | None:
    """Return a module's lines with the statement's names replaced, its layout kept.

    None where a name stands in an f-string, whose places Python 3.11 does not tell.
    """
    changed = [line.encode() for line in lines]
    edits = sorted(_edits(lines, statement, names), reverse=True)
    if _in_formatted_text(statement, names):
        return None
    if not all(edit.apply(changed) for edit in edits):
        return None
    return [line.decode() for line in changed]


def renamed_tree(statement: ast.stmt, names: Mapping[str, str]) -> str:
    """Return the statement printed anew, without its comments and line breaks."""
    node = copy.deepcopy(statement)
    found = module_names(node)
    for name in found.nodes:
        name.id = names.get(name.id, name.id)
    for quoted in found.quoted:
        quoted.constant.value = ast.unparse(quoted.expression)
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        node.name = names.get(node.name, node.name)
    return ast.unparse(node)


def _edits(
    lines: list[str], statement: ast.stmt, names: Mapping[str, str]
) -> Iterator[Edit]:
    found = module_names(statement)
    shifts = _places_of_quoted_names(found)
    for node in found.nodes:
        if node.id in names:
            line, column = shifts.get(id(node), (node.lineno, node.col_offset))
            yield Edit(line, column, node.id, names[node.id])
    if (
        isinstance(statement, ast.FunctionDef | ast.ClassDef)
        and statement.name in names
    ):
        line = statement.lineno
        head = re.match(r"(def|class)\s+", lines[line - 1])
        column = head.end() if head else 0
        yield Edit(line, column, statement.name, names[statement.name])


def _places_of_quoted_names(found: ModuleNames) -> dict[int, tuple[int, int]]:
    """Map names inside quoted annotations to their places in the file."""
    return {
        id(node): (q.constant.lineno, q.constant.col_offset + 1 + node.col_offset)
        for q in found.quoted
        for node in ast.walk(q.expression)
        if isinstance(node, ast.Name)
    }


def _in_formatted_text(statement: ast.stmt, names: Mapping[str, str]) -> bool:
    texts = (n for n in ast.walk(statement) if isinstance(n, ast.JoinedStr))
    return any(identifiers(text) & names.keys() for text in texts)
