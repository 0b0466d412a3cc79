"""Schedule pieces, as data."""
