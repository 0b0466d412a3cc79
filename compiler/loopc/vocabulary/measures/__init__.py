"""Metrics that keep a state over a window: counts, sums and confusion matrices."""
