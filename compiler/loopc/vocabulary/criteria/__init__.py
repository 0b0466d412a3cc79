"""Losses and stateless metrics: one value for each element or example."""
