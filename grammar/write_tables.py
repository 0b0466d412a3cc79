"""Rewrite `loopc_grammar/tables.txt` from `loopc_grammar/loop.lark`."""

from pathlib import Path

from loopc.syntax.table_maker import build_lark, dump_tables
from loopc_grammar import TABLES_PATH

if __name__ == "__main__":
    tables = dump_tables(build_lark())
    Path(TABLES_PATH).write_text(tables, encoding="utf-8")
