"""Docstrings and comments of the script, from what the program says in its own."""

import textwrap

from loopc.codegen.literals import prose
from loopc.semantics import checked

WIDTH = 88
UNBROKEN = "\0"  # a blank at which no line ends


def remark(program: checked.CheckedProgram, name: str) -> str:
    """What the program says about a part of it, as a sentence; "" for nothing."""
    text = prose(program.remarks.get(name, ""))
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def docstring(*paragraphs: str, indent: int = 4) -> tuple[str, ...]:
    """The lines of a docstring of these paragraphs; none where there is no text.

    `indent` is where the template prints them.
    """
    texts = [text for text in paragraphs if text]
    if not texts:
        return ()
    width = WIDTH - indent
    if len(texts) == 1 and len(texts[0]) <= width - 6:
        return (_broken(f'"""{texts[0]}"""'),)
    lines = textwrap.wrap(f'"""{texts[0]}', width, break_long_words=False)
    for text in texts[1:]:
        lines += ["", *textwrap.wrap(text, width, break_long_words=False)]
    return (*map(_broken, lines), '"""')


def _broken(line: str) -> str:
    return line.replace(UNBROKEN, " ")
