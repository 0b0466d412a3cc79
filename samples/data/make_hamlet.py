"""Make hamlet.txt: the beginning of the play, cut at the end of a line."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
TITLE = "HAMLET, PRINCE OF DENMARK"
CHARACTERS = 100_000


def make_hamlet(works: str) -> str:
    """Return the first lines of Hamlet out of all works, at most 100,000 characters."""
    start = works.index(TITLE)
    text = works[start : start + CHARACTERS]
    return text[: text.rindex("\n") + 1]


if __name__ == "__main__":
    works = (HERE / "shakespeare.txt").read_text(encoding="utf-8")
    (HERE / "hamlet.txt").write_text(make_hamlet(works), encoding="utf-8", newline="")
