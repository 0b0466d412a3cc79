"""Series: which rows of a table belong together, where it holds several of them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Series:
    """The series of a table's rows, told apart by the values of `column`.

    `numbers` says of each row of the base which series it is of; they ascend. `names`
    are the values, and `originally` holds how many rows of each percentages count.
    """

    column: str
    names: tuple[str, ...]
    numbers: npt.NDArray[np.int64]
    originally: npt.NDArray[np.int64]

    def lengths(
        self, selected: npt.NDArray[np.int64] | None = None
    ) -> npt.NDArray[np.int64]:
        """Return int64[series], the chosen rows of each; all rows where none are."""
        numbers = self.numbers if selected is None else self.numbers[selected]
        return np.bincount(numbers, minlength=len(self.names))
