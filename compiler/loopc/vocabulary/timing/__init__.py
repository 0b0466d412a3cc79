"""Schedules: pieces, cycles, and what is made of another schedule."""
