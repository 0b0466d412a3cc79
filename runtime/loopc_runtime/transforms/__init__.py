"""Gradient transforms: pure pairs of functions over lists of tensors."""
