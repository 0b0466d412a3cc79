"""An `if` whose condition is settled: the text of the branch that is taken, alone."""

import ast

from loopc.codegen.shaking.pieces import Block, Edit, Piece


def settled_branch(piece: Piece, statement: ast.If, truth: bool) -> Edit:
    """Return the edit that leaves one branch of an `if`, moved to its place."""
    first, last = piece.lines_of(statement)
    start, end = piece.line_span(first, last)
    if not truth and is_elif(piece, statement.orelse):
        begin, _ = piece.span(statement.orelse[0])
        indent = b" " * statement.col_offset
        rest = piece.raw[begin + 2 : end]  # `elif` without its first two letters
        return Edit(start, end, (indent + rest).decode())
    chosen = statement.body if truth else statement.orelse
    text = moved(piece, statement, chosen, statement.col_offset)
    comments = "".join(
        piece.line(number) + "\n" for number in range(first, statement.lineno)
    )
    return Edit(start, end, comments + text if chosen else "")


def settled_elif(piece: Piece, statement: ast.If, truth: bool) -> Edit:
    """Return the edit that drops an `elif`, or makes it the `else`."""
    first = statement.lineno
    start, end = piece.line_span(first, statement.end_lineno or first)
    indent = " " * statement.col_offset
    if truth:
        body = moved(piece, statement, statement.body, statement.col_offset + 4)
        return Edit(start, end, f"{indent}else:\n{body}")
    if not statement.orelse:
        return Edit(start, end)
    if is_elif(piece, statement.orelse):
        return Edit(start, piece.line_span(statement.orelse[0].lineno, first)[0])
    body = moved(piece, statement, statement.orelse, statement.col_offset + 4)
    return Edit(start, end, f"{indent}else:\n{body}")


def is_elif(piece: Piece, block: Block) -> bool:
    """Say whether what follows `if` is an `elif`."""
    return (
        len(block) == 1
        and isinstance(block[0], ast.If)
        and piece.source(block[0]).startswith("elif")
    )


def moved(piece: Piece, around: ast.If, block: Block, column: int) -> str:
    """Return the lines of a block with another indentation.

    Lines inside a string of several lines stay as they are.
    """
    if not block:
        return ""
    first = max(piece.lines_of(block[0])[0], around.lineno + 1)
    last = block[-1].end_lineno or block[-1].lineno
    shift = block[0].col_offset - column
    fixed = {
        number
        for statement in block
        for node in ast.walk(statement)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        and node.end_lineno
        and piece.source(node).lstrip("rbfRBF").startswith(('"""', "'''"))
        for number in range(node.lineno + 1, node.end_lineno + 1)
    }
    lines = [
        piece.line(n) if n in fixed else piece.line(n)[shift:]
        for n in range(first, last + 1)
    ]
    return "\n".join(lines) + "\n"
