"""Rewrite `loopc_grammar/tables.txt` from `loopc_grammar/loop.lark`."""

from loopc.syntax.table_maker import build_lark, dump_tables
from loopc_grammar import TABLES_PATH

if __name__ == "__main__":
    TABLES_PATH.write_text(dump_tables(build_lark()), encoding="utf-8")
