"""Losses and stateless metrics, which stay per example, as data."""
