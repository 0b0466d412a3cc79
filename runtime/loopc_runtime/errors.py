"""Failures of a run that its user can act on: their messages are whole sentences."""


class RunError(Exception):
    """The run cannot go on; the message says what, where, and what to do."""


class GradientError(RunError, ValueError):
    """No gradient reaches a variable that is to be updated."""


class DataError(RunError):
    """The data is not what the program declares."""
