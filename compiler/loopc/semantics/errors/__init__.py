"""Diagnostics of the checker, worded from facts: one module per family of codes."""
