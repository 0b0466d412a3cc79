"""Data of a run: sources, splits, fields and batches."""
