"""Keras layers, one file per family."""
