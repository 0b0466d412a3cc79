"""Gradient transforms and named optimizers, as data."""
