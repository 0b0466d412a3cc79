"""The Lark parser: built from the grammar, or loaded from the committed tables, which
is 15x faster.

`grammar/write_tables.py` rewrites the tables after a change of the grammar; a test
compares them.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from zlib import crc32

from lark import Lark, Token
from lark import __version__ as lark_version
from lark.grammar import Rule
from lark.lexer import TerminalDef

from loopc.syntax.tree_builder import TreeBuilder
from loopc_grammar import START_RULES, grammar_text, tables_text

OPTIONS_KEPT = ("parser", "lexer", "start", "keep_all_tokens", "maybe_placeholders")


class KeepLexemes:
    """Lets comments and unknown characters through to the layout stage, which reads
    them.
    """

    always_accept = ("COMMENT", "FOREIGN", "UNKNOWN")

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return stream


def build_lark() -> Lark:
    """The parser made from `loop.lark`."""
    return Lark(
        grammar_text(),
        parser="lalr",
        lexer="basic",
        start=list(START_RULES),
        keep_all_tokens=True,
        maybe_placeholders=True,
        postlex=KeepLexemes(),
        transformer=TreeBuilder(),
    )


def origin() -> dict[str, str]:
    """What tables depend on: the text of the grammar and the version of Lark."""
    checksum = crc32(grammar_text().encode())
    return {"grammar": f"{checksum:08x}", "lark": lark_version}


def dump_tables(lark: Lark) -> str:
    """The tables of `lark` and their origin as JSON, one entry a line."""
    data, memo = lark.memo_serialize([TerminalDef, Rule])
    data["options"] = {name: data["options"][name] for name in OPTIONS_KEPT}
    tables = {"origin": origin(), "data": data, "memo": memo}
    return json.dumps(tables, separators=(",", ":")).replace('},"', '},\n"') + "\n"


def _with_number_keys(pairs: list[tuple[str, Any]]) -> dict[str | int, Any]:
    return {int(key) if key.isdigit() else key: value for key, value in pairs}


@cache
def load_lark() -> Lark:
    """The parser from the committed tables, one for the whole process.

    Made from the grammar instead where the tables are of another grammar or Lark.
    """
    tables = json.loads(tables_text(), object_pairs_hook=_with_number_keys)
    if tables["origin"] != origin():
        return build_lark()
    tables["data"]["options"] |= {
        "postlex": KeepLexemes(),
        "transformer": TreeBuilder(),
    }
    return Lark.load(tables)
