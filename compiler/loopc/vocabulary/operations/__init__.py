"""Stateless operations on tensors, one file per family."""
