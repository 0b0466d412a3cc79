"""A compiler from `.loop` files to TensorFlow training loops."""
