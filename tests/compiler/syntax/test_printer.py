"""The formatter: where lines break, and where comments go."""

from pathlib import Path
from textwrap import dedent

import pytest
from tests.compiler.syntax.reading import PROGRAMS, tree

from loopc.source import Source
from loopc.syntax.printer import format_program

PARTS = ", ".join(f"part_{i}" for i in range(12))
STAGES = " |> ".join(f"dense({i}0, relu)" for i in range(1, 7))

FOUR_STAGES = " |> ".join(STAGES.split(" |> ")[:4])
SCHEDULES = "linear(0 -> peak, 500 steps) then cosine(peak -> 1e-5, rest)"
UPDATE = "update net to minimize loss"
CHAIN = "clip_by_global_norm(1.0) |> adamw(rate, weight_decay: 0.1)"

LAYOUTS = {
    "blanks": (
        "param   a :int=1   in 0..4\nconst b=f( 1,x : -2 )[ 1 : ,:-1 ]\n",
        "param a: int = 1 in 0 .. 4\nconst b = f(1, x: -2)[1:, :-1]\n",
    ),
    "empty lines": (
        "\n\nconst a = 1\n\n\n\nconst b = 2\n\n",
        "const a = 1\n\nconst b = 2\n",
    ),
    "empty block": ("train {\n}\n", "train {}\n"),
    "call": (
        f"const a = f({PARTS})\n",
        "const a = f(\n" + "".join(f"  part_{i},\n" for i in range(12)) + ")\n",
    ),
    "short list": ("const a = [\n  1,\n  2,\n]\n", "const a = [1, 2]\n"),
    "pipeline after its name": (
        f"const a_rather_long_name = x |> {FOUR_STAGES}\n",
        f"const a_rather_long_name =\n  x |> {FOUR_STAGES}\n",
    ),
    "pipeline over lines": (
        f"const a = x |> {STAGES}\n",
        "const a =\n  x\n" + "".join(f"  |> {s}\n" for s in STAGES.split(" |> ")),
    ),
    "schedule": (
        f"schedule rate_of_all_learning = {SCHEDULES}\n",
        f"schedule rate_of_all_learning =\n  {SCHEDULES}\n",
    ),
    "update": (
        f"train {{\nstep {{\n{UPDATE} using {CHAIN}\n}}\n}}\n",
        f"train {{\n  step {{\n    {UPDATE}\n      using {CHAIN}\n  }}\n}}\n",
    ),
    "groups": (
        "transform t = clip(1) |> { biases => sgd(0.1)\n otherwise=>adam(1) }\n",
        "transform t = clip(1) |> {\n  biases => sgd(0.1)\n  otherwise => adam(1)\n}\n",
    ),
    "signature": (
        "model translate(german: class(8000)[source], english: class(8000)[target])"
        " -> f32[target, 8000] = german\n",
        "model translate(\n  german: class(8000)[source],\n"
        "  english: class(8000)[target],\n) -> f32[target, 8000] = german\n",
    ),
}

COMMENTS = {
    "around statements": """\
        # first

        # above
        const a = 1  # behind
        # last
        """,
    "in a list": """\
        const a = [
          # above one
          1,  # behind one
          2,  # behind two
          # at the end
        ]
        """,
    "between stages": """\
        const a =
          x  # behind x
          # above f
          |> f
        """,
    "in blocks": """\
        train {  # behind the brace
          # above
          seed = 7  # behind

          # at the end
        }  # behind the end
        """,
    "in parameters": """\
        fn f(
          a,  # one
          b,  # two
        ) = a + b
        """,
    "in groups": """\
        transform t = {
          # above
          biases => sgd(0.1)  # behind
          # at the end
        }
        """,
    "after the equals sign": """\
        const a =  # why
          1
        """,
    "before using": """\
        train {
          step {
            update net to minimize loss  # behind
              # above
              using adam(1)
          }
        }
        """,
}


def formatted(text: str) -> str:
    return format_program(Source(text), tree(text))


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name: str) -> None:
    """Lines have at most 88 columns; a chain or list breaks at each of its parts."""
    text, expected = LAYOUTS[name]
    assert formatted(text) == expected


@pytest.mark.parametrize("name", COMMENTS)
def test_comments_stay(name: str) -> None:
    """A comment in its canonical place stays there."""
    text = dedent(COMMENTS[name])
    assert formatted(text) == text


def test_comments_without_a_place_of_their_own_move_down() -> None:
    """No comment is lost where no line may end; order is kept."""
    text = "const a = -(  # one\n  x\n) ^ (  # two\n  2  # three\n)\n"
    assert [c.text for c in tree(formatted(text)).comments] == [
        "# one",
        "# two",
        "# three",
    ]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_reference_programs(path: Path) -> None:
    """Formatting keeps the tree, fits the width, and is stable."""
    text = path.read_text(encoding="utf-8")
    once = formatted(text)
    assert tree(once) == tree(text)
    assert formatted(once) == once
    assert max(len(line) for line in once.splitlines()) <= 88
