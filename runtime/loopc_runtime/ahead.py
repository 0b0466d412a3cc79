"""Work for the next device call, done on the host while the device computes."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Ahead(Generic[Result]):
    """Calls `make(place)` in a thread of its own, and ahead of time where it can.

    A place that was expected is ready when it is taken; any other is made then.
    """

    def __init__(self, make: Callable[[int], Result]) -> None:
        self._make = make
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="feed")
        self._expected: tuple[int, Future[Result]] | None = None

    def take(self, place: int) -> Result:
        """Return what belongs to `place`."""
        expected, self._expected = self._expected, None
        if expected is not None and expected[0] == place:
            return expected[1].result()
        return self._worker.submit(self._make, place).result()

    def expect(self, place: int) -> None:
        """Begin to make what belongs to `place`, which is taken next."""
        self._expected = (place, self._worker.submit(self._make, place))

    def close(self) -> None:
        """Stop working."""
        self._worker.shutdown(wait=True, cancel_futures=True)
