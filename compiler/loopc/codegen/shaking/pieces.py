"""A top-level statement of the runtime as text that edits make shorter."""

import ast
from collections.abc import Iterable, Iterator
from functools import cached_property

from loopc.codegen.scopes import every_argument, module_names
from loopc.records import dataclass

Block = list[ast.stmt]
READ_ONLY = ("Mapping", "Sequence", "Collection", "Iterable")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Put `text` in the place of the bytes from `start` up to `end`."""

    start: int
    end: int
    text: str = ""


class Piece:
    """The statement number `index` of a module, with the comments above it."""

    def __init__(self, module: str, index: int, text: str) -> None:
        self.module, self.index, self.text = module, index, text
        self._mentioned: dict[ast.AST, list[str]] = {}

    @cached_property
    def tree(self) -> ast.stmt:
        return ast.parse(self.text).body[0]

    @cached_property
    def anchors(self) -> list[tuple[ast.Name, ast.AST]]:
        """The names of the module that the statement mentions, and where they stand.

        A name in a quoted annotation stands where the quotes stand.
        """
        found = module_names(self.tree)
        quoted: dict[ast.AST, ast.AST] = {
            name: each.constant
            for each in found.quoted
            for name in ast.walk(each.expression)
        }
        return [(node, quoted.get(node, node)) for node in found.nodes]

    @cached_property
    def module_level(self) -> set[ast.AST]:
        """The nodes that name something of the module."""
        return {node for node, _ in self.anchors}

    def mentioned_in(self, tree: ast.AST) -> list[str]:
        """Return what a part of the statement names of its module."""
        if tree not in self._mentioned:
            inside = set(ast.walk(tree))
            self._mentioned[tree] = [
                node.id for node, anchor in self.anchors if anchor in inside
            ]
        return self._mentioned[tree]

    @cached_property
    def types(self) -> set[ast.AST]:
        """Every node inside an annotation, a base, or a type of `isinstance`."""
        return type_nodes(self.tree)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node around each node."""
        return {
            inner: outer
            for outer in ast.walk(self.tree)
            for inner in ast.iter_child_nodes(outer)
        }

    @cached_property
    def raw(self) -> bytes:
        return self.text.encode()

    @cached_property
    def line_starts(self) -> list[int]:
        """The byte at which each line begins, and the end of the text."""
        starts = [0]
        for line in self.raw.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        return starts

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return the bytes that a node covers."""
        starts = self.line_starts
        begin = starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        end = starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return begin, end

    def source(self, node: ast.AST) -> str:
        """Return the text of a node."""
        begin, end = self.span(node)
        return self.raw[begin:end].decode()

    def line(self, number: int) -> str:
        """Return a line, counted from 1, without its end."""
        starts = self.line_starts
        return self.raw[starts[number - 1] : starts[number]].decode().rstrip("\n")

    def lines_of(self, node: ast.stmt) -> tuple[int, int]:
        """Return the first and last line of a statement, with comments above it."""
        decorators = getattr(node, "decorator_list", [])
        first = min(part.lineno for part in (node, *decorators))
        while first > 1 and self.line(first - 1).lstrip().startswith("#"):
            first -= 1
        return first, node.end_lineno or node.lineno

    def line_span(self, first: int, last: int) -> tuple[int, int]:
        """Return the bytes of whole lines."""
        return self.line_starts[first - 1], self.line_starts[last]

    def edited(self, edits: Iterable[Edit]) -> "Piece":
        """Return the piece with edits made; one inside another is left for later."""
        raw, place, parts = self.raw, 0, []
        for edit in sorted(edits, key=lambda e: (e.start, -e.end)):
            if edit.start >= place:
                parts += [raw[place : edit.start], edit.text.encode()]
                place = edit.end
        return Piece(self.module, self.index, b"".join([*parts, raw[place:]]).decode())


def blocks(tree: ast.AST) -> Iterator[tuple[ast.AST, Block]]:
    """Yield every list of statements, with the node that it belongs to."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield node, block


def without(piece: Piece, block: Block, gone: Iterable[ast.stmt]) -> Iterator[Edit]:
    """Yield the edits that take statements out of a block; `pass` if none is left."""
    gone = list(gone)
    left = len(block) - len(gone)
    for number, statement in enumerate(gone):
        start, end = piece.line_span(*piece.lines_of(statement))
        stands_for_all = left == 0 and number == 0
        indent = " " * statement.col_offset
        yield Edit(start, end, f"{indent}pass\n" if stands_for_all else "")


def type_nodes(tree: ast.AST) -> set[ast.AST]:
    """Return every node inside an annotation, a base, or a type of `isinstance`."""
    roots: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            roots += [a.annotation for a in every_argument(node.args) if a.annotation]
            roots += [node.returns] if node.returns else []
        elif isinstance(node, ast.AnnAssign):
            roots.append(node.annotation)
        elif isinstance(node, ast.ClassDef):
            roots += node.bases
        elif is_isinstance(node):
            roots.append(node.args[1])  # type: ignore[attr-defined]
    if is_alias(tree):
        roots.append(tree.value)  # type: ignore[attr-defined]
    return {inner for root in roots for inner in ast.walk(root)}


def is_isinstance(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "isinstance"
    )


def is_alias(tree: ast.AST) -> bool:
    """Say whether a statement names a type: `Supply = tuple[tf.Tensor, ...]`."""
    if not isinstance(tree, ast.Assign | ast.AnnAssign) or tree.value is None:
        return False
    targets = tree.targets if isinstance(tree, ast.Assign) else [tree.target]
    named = all(isinstance(t, ast.Name) and t.id[:1].isupper() for t in targets)
    spelled = isinstance(tree.value, ast.Subscript | ast.Name) or (
        isinstance(tree.value, ast.BinOp) and isinstance(tree.value.op, ast.BitOr)
    )
    return named and spelled


def is_read_only_type(annotation: ast.expr) -> bool:
    """Say whether a type is of collections that are not added to: `Mapping[...]`."""
    return ast.unparse(annotation).startswith(READ_ONLY)
