"""What stops a command with a sentence instead of a result."""

from collections.abc import Sequence


class Failure(Exception):
    """The sentence for the user, and the exit code: 1 a failed run, 2 wrong usage.

    `details` are lines to print below the sentence.
    """

    def __init__(
        self, message: str, code: int = 1, details: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        self.details = tuple(details)


def reason(error: OSError) -> str:
    """Return why the system refused, in its words without the number and the path."""
    return (error.strerror or str(error) or type(error).__name__).lower()
