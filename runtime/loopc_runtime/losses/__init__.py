"""Losses and matches: one value per element or example, averaged by the caller."""
