"""Write penguins.csv: the complete rows of the Palmer penguins, the weight last.

    python samples/data/make_penguins.py palmerpenguins-0.1.6-py3-none-any.whl

The wheel is what `pip download --no-deps palmerpenguins==0.1.6` brings.
"""

import csv
import sys
import zipfile
from pathlib import Path

COLUMNS = (
    *("species", "island", "bill_length_mm", "bill_depth_mm", "flipper_length_mm"),
    *("sex", "year", "body_mass_g"),
)
MISSING = "NA"


def read_penguins(wheel: Path) -> list[dict[str, str]]:
    """Return all rows of the table in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read("palmerpenguins/data/penguins.csv").decode()
    return list(csv.DictReader(text.splitlines()))


def write_complete(rows: list[dict[str, str]], target: Path) -> None:
    """Write the rows without a missing value, columns in our order."""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if MISSING not in row.values())


def main() -> None:
    """Write the file beside this script from the wheel on the command line."""
    rows = read_penguins(Path(sys.argv[1]))
    write_complete(rows, Path(__file__).with_name("penguins.csv"))


if __name__ == "__main__":
    main()
