"""Plots of schedules: in a terminal, as SVG, as PNG."""
