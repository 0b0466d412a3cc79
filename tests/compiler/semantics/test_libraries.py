"""Files that train nothing: checked as what others import, refused elsewhere."""

from pathlib import Path

import pytest

from loopc.cli.main import run
from loopc.driver import check_source, compile_source

LIBRARY = """# What several programs share
const slope = 0.1
param width: int = 16
dim time in 1 .. 8
state centre: f32[8] = zeros
extern fn warp(y: f32[10]) -> f32[10] = "geometry:warp"

fn leaky(x) = where(x > 0, x, slope * x)

fn distance(x: f32[8], y: f32[8]) = sum((x - y) ^ 2)

layer stem(units: int)(x) {
  h = x |> dense(units, kernel_initializer: random_normal(stddev: 0.02))
  again = dense(units)
  repeat 2 {
    h = again(h)
  }
  return leaky(h)
}

schedule rate = linear(0 -> 1, 500 steps)
transform tuned = adam(rate)
"""


def codes(text: str) -> list[str]:
    return [d.code for d in check_source(text).diagnostics]


def test_a_library_checks_clean() -> None:
    """Nobody uses here what is declared here, and nothing is trained."""
    assert check_source(LIBRARY).render() == ""


def test_a_library_is_nothing_to_train() -> None:
    """What asks for a loop says that there is none, and that files can be imported."""
    result = compile_source(LIBRARY)
    assert [d.code for d in result.diagnostics] == ["E319"]
    assert "import this file" in result.render()


def test_an_empty_file_is_no_library() -> None:
    """Nothing, or an import alone, is a program that was not written yet."""
    assert codes("") == ["E319"]
    assert codes("# to do\n") == ["E319"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("fn f(x) = wher(x > 0, x, 0)\n", "E201"),
        ("layer f(units: int)(x) = x |> dens(units)\n", "E201"),
        ("layer f()(x) = x |> dense(2) |> rellu\n", "E201"),
        ("fn f(x: f32[8], y: f32[9]) = sum(x - y)\n", "E401"),
        ("fn f(x: f33[8]) = sum(x)\n", "E219"),
        ("loss f(x: f32[8]) = argmax(x, axiss: 0)\n", "E204"),
        ("model net(x: f32[8]) -> f32[9] = x |> dense(8)\n", "E403"),
        ("param a: int = 0.5\n", "E302"),
        ("fn f(x) = x\nfn f(x) = x\n", "E202"),
        ("fn f(x) = f(", "E102"),
    ],
)
def test_what_can_be_known_is_checked(text: str, code: str) -> None:
    """Calls of nothing, shapes that do not meet where types are said, and the rest."""
    assert code in codes(text)


def test_names_that_a_body_binds_are_callable() -> None:
    """A layer that has a name, a model that is a parameter."""
    assert codes("layer f()(x) {\n  d = dense(2)\n  return d(x)\n}\n") == []
    assert codes("fn f(net: model, x: f32[8]) = net(x)\n") == []


def test_the_command_takes_a_library(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`loopc check` is content; `plan`, `build` and `train` are not."""
    spec = tmp_path / "parts.loop"
    spec.write_text(LIBRARY)
    assert run(["check", str(spec)]) == 0
    for command in ("plan", "build", "train"):
        assert run([command, str(spec)]) == 1
        assert "E319" in "".join(capsys.readouterr())
