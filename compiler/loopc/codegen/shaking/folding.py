"""Folding: conditions that are settled give way to the branch that is taken."""

import ast
from collections.abc import Iterator

from loopc.codegen.shaking.branches import settled_branch, settled_elif
from loopc.codegen.shaking.contexts import Context
from loopc.codegen.shaking.pieces import Block, Edit, without
from loopc.codegen.shaking.program import Program
from loopc.codegen.shaking.removing import removed_items
from loopc.codegen.shaking.values import EMPTY_OF, Known, given, is_pure

LEAVING = ast.Return | ast.Raise | ast.Continue | ast.Break
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


class Folding:
    """The edits that one function gets from what is known."""

    def __init__(self, program: Program, context: Context) -> None:
        self.values, self.context = program.values, context
        self.piece = context.piece
        self.program, self.silent = program, program.silent

    def edits(self) -> Iterator[Edit]:
        """Yield the edits of the function's body."""
        yield from self.block(self.context.function.body)

    def truth(self, node: ast.AST) -> bool | None:
        return self.values.truth(node, self.context)

    def known(self, node: ast.AST) -> Known | None:
        return self.values.of(node, self.context)

    def block(self, block: Block) -> Iterator[Edit]:
        """Yield the edits of statements that follow one another."""
        gone = [s for s in block if self.is_idle(s)]
        for number, statement in enumerate(block):
            if isinstance(statement, LEAVING):
                gone += [s for s in block[number + 1 :] if s not in gone]
        yield from without(self.piece, block, gone)
        for statement in block:
            if statement not in gone:
                yield from self.statement(statement)

    def is_idle(self, statement: ast.stmt) -> bool:
        """Say whether a statement does nothing."""
        match statement:
            case ast.For(iter=source, orelse=[]):
                return self.values.empty(source, self.context)
            case ast.Assert(test=test):
                return self.truth(test) is True
            case ast.If(test=test, orelse=[]):
                # An `elif` stands in the block of the `if` above it.
                return self.truth(test) is False and not self.is_elif(statement)
            case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
                return name in self.silent and self.is_bare(statement)
            case ast.Expr(value=ast.Call(func=ast.Attribute()) as call):
                key = self.values.callee(call, self.context)
                return key in self.program.silent_methods and self.is_bare(statement)
        return False

    def is_bare(self, statement: ast.Expr) -> bool:
        """Say whether what a call is given can be left out with it."""
        call = statement.value
        return isinstance(call, ast.Call) and all(map(is_pure, given(call)))

    def is_elif(self, statement: ast.If) -> bool:
        return self.piece.source(statement).startswith("elif")

    def statement(self, statement: ast.stmt) -> Iterator[Edit]:
        match statement:
            case ast.If(test=test):
                truth = self.truth(test)
                if truth is None:
                    yield from self.expression(test, as_truth=True)
                    yield from self.block(statement.body)
                    yield from self.orelse(statement.orelse)
                elif self.is_elif(statement):
                    yield settled_elif(self.piece, statement, truth)
                else:
                    yield settled_branch(self.piece, statement, truth)
            case ast.FunctionDef():
                yield from self.block(statement.body)
            case _:
                yield from self.inside(statement)

    def orelse(self, block: Block) -> Iterator[Edit]:
        """Yield the edits of what follows `else:`, or of an `elif`."""
        if len(block) == 1 and isinstance(block[0], ast.If) and self.is_elif(block[0]):
            yield from self.statement(block[0])
        else:
            yield from self.block(block)

    def inside(self, node: ast.AST) -> Iterator[Edit]:
        """Yield the edits of a node's parts."""
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "ctx"):
                continue
            parts = value if isinstance(value, list) else [value]
            if parts and isinstance(parts[0], ast.stmt):
                yield from self.block(parts)
            else:
                for part in parts:
                    yield from self.part(node, part)

    def part(self, parent: ast.AST, part: object) -> Iterator[Edit]:
        if isinstance(part, ast.expr):
            tests = isinstance(parent, ast.Assert | ast.While | ast.IfExp)
            is_test = tests and part is parent.test  # type: ignore[attr-defined]
            listed = isinstance(parent, ast.comprehension) and part in parent.ifs
            negated = isinstance(parent, ast.UnaryOp)
            yield from self.expression(part, as_truth=is_test or listed or negated)
        elif isinstance(part, ast.AST):
            yield from self.inside(part)

    def expression(self, node: ast.expr, *, as_truth: bool = False) -> Iterator[Edit]:
        """Yield the edits of an expression; `as_truth` where only its truth counts."""
        if isinstance(node, ast.JoinedStr | ast.Constant):
            return  # Python 3.11 does not tell the places inside an f-string
        if isinstance(getattr(node, "ctx", None), ast.Store):
            return
        known = self.known(node)
        if known is not None and (known.value is None or isinstance(known.value, bool)):
            yield self.instead(node, repr(known.value))
        elif (alias := self.alias(node)) is not None:
            yield self.instead(node, self.piece.source(alias))
        elif isinstance(node, COMPREHENSIONS) and known is not None:
            yield self.nothing(node)
        elif isinstance(node, ast.IfExp) and self.truth(node.test) is not None:
            chosen = node.body if self.truth(node.test) else node.orelse
            yield self.instead(node, self.piece.source(chosen), chosen)
        elif isinstance(node, ast.BoolOp) and (kept := self.operands(node, as_truth)):
            yield self.joined(node, kept)
        else:
            yield from self.nothing_spread(node)
            inner = as_truth and isinstance(node, ast.BoolOp)
            for part in node.values if inner else ():  # type: ignore[attr-defined]
                yield from self.expression(part, as_truth=True)
            if not inner:
                yield from self.inside(node)

    def alias(self, node: ast.expr) -> ast.Name | None:
        """Return the function that a local name always stands for."""
        if not isinstance(node, ast.Name) or node in self.piece.module_level:
            return None
        value = self.context.assigned.get(node.id)
        if not isinstance(value, ast.Name) or value not in self.piece.module_level:
            return None
        return value if self.program.world.ours(self.piece, value) else None

    def operands(self, node: ast.BoolOp, as_truth: bool) -> list[ast.expr]:
        """Return the operands that are left, none where all stay.

        One that decides nothing goes, if it is not the value of the whole.
        """
        neutral = isinstance(node.op, ast.And)
        kept = [
            each
            for number, each in enumerate(node.values)
            if self.truth(each) is not neutral
            or (not as_truth and number == len(node.values) - 1)
        ]
        return kept if len(kept) < len(node.values) else []

    def joined(self, node: ast.BoolOp, kept: list[ast.expr]) -> Edit:
        word = " and " if isinstance(node.op, ast.And) else " or "
        text = word.join(self.grouped(each) for each in kept)
        return self.instead(node, text, kept[0] if len(kept) == 1 else None)

    def grouped(self, node: ast.expr) -> str:
        """Return an operand's text, in parentheses where it needs them."""
        text = self.piece.source(node)
        loose = isinstance(node, ast.BoolOp | ast.IfExp | ast.Lambda)
        return f"({text})" if loose else text

    def instead(
        self, node: ast.expr, text: str, chosen: ast.expr | None = None
    ) -> Edit:
        """Return the edit that puts a text in the place of an expression."""
        start, end = self.piece.span(node)
        loose = isinstance(chosen, ast.BoolOp | ast.IfExp | ast.Lambda | ast.Compare)
        if chosen is None or not loose:
            start, end = without_parentheses(self.piece.raw, start, end)
        elif not is_enclosed(self.piece.raw, start, end):
            text = f"({text})"
        return Edit(start, end, text)

    def nothing(self, node: ast.expr) -> Edit:
        """Return the edit that puts an empty collection in a comprehension's place."""
        start, end = self.piece.span(node)
        if isinstance(node, ast.DictComp):
            return Edit(start, end, "{}")
        if not isinstance(node, ast.GeneratorExp):
            return Edit(start, end, "[]")
        call = self.piece.parents[node]
        alone = isinstance(call, ast.Call) and len(call.args) + len(call.keywords) == 1
        into = call.func.id if alone and isinstance(call.func, ast.Name) else ""  # type: ignore[attr-defined]
        return Edit(start, end, "(())" if alone and into not in EMPTY_OF else "()")

    def nothing_spread(self, node: ast.expr) -> Iterator[Edit]:
        """Yield the edits that take out `*()` and `**{}`."""
        match node:
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                gone = [i for i in items if self.is_nothing(i)]
                if gone and not (
                    isinstance(node, ast.Tuple) and len(items) == len(gone)
                ):
                    left = len(items) - len(gone)
                    single = isinstance(node, ast.Tuple) and left == 1
                    yield from removed_items(self.piece, items, gone, single=single)
            case ast.Call(args=args, keywords=keywords):
                spread = [k for k in keywords if k.arg is None]
                void = [k for k in spread if self.values.empty(k.value, self.context)]
                idle = [a for a in args if self.is_nothing(a)]
                given_all: list[ast.AST] = [*args, *keywords]
                yield from removed_items(self.piece, given_all, (*idle, *void))

    def is_nothing(self, item: ast.expr) -> bool:
        return isinstance(item, ast.Starred) and self.values.empty(
            item.value, self.context
        )


def without_parentheses(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Widen a span by the parentheses that only group it."""
    while is_grouped(raw, start, end):
        start = raw[:start].rstrip().__len__() - 1
        end = end + len(raw[end:]) - len(raw[end:].lstrip()) + 1
    return start, end


def is_grouped(raw: bytes, start: int, end: int) -> bool:
    """Say whether parentheses around a span group it; those of a call do not."""
    if not is_enclosed(raw, start, end):
        return False
    before = raw[: len(raw[:start].rstrip()) - 1]
    last = before[-1:]
    if last.isspace():
        words = before.split()
        return (bool(words) and words[-1] in KEYWORDS) or not before.rstrip()[
            -1:
        ].isalnum()
    return not (last.isalnum() or last in b")]_")


KEYWORDS = {b"return", b"if", b"else", b"in", b"not", b"and", b"or", b"is", b"for"}


def is_enclosed(raw: bytes, start: int, end: int) -> bool:
    """Say whether a span stands between parentheses."""
    return raw[:start].rstrip().endswith(b"(") and raw[end:].lstrip().startswith(b")")
