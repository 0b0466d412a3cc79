"""Embedding: the public functions on texts, pure and the same every time."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import loopc

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.loop"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_same_text_same_script(path: Path) -> None:
    """Byte for byte, in threads and under another folder's name."""
    text = path.read_text(encoding="utf-8")

    with ThreadPoolExecutor(2) as pool:
        names = [path.name, f"/elsewhere/{path.name}"]
        one, other = pool.map(lambda name: loopc.compile_source(text, name), names)

    assert one.ok
    assert one.script == other.script
    compile(str(one.script), path.name, "exec")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_formatting_keeps_the_script(path: Path) -> None:
    """The canonical form is stable and means the same."""
    text = path.read_text(encoding="utf-8")
    formatted = loopc.format_source(text).text

    assert formatted is not None
    assert loopc.format_source(formatted).text == formatted
    before, after = loopc.compile_source(text), loopc.compile_source(formatted)
    assert after.script == before.script


def test_override_reaches_the_script() -> None:
    """An override takes the place of the default, and only that."""
    text = next(p for p in SAMPLES if p.stem == "digits").read_text(encoding="utf-8")

    changed = loopc.compile_source(text, overrides={"units": "2 * 37"}).script

    assert "units: int = 74" in str(changed)


def test_errors_are_values_with_places() -> None:
    """No exception, no output: what is wrong is in the result."""
    result = loopc.compile_source("model {{\n", "a.loop")

    assert not result.ok
    assert result.script is None
    assert result.plan is None
    assert result.render("concise").startswith("a.loop:")


def test_load_refuses_a_program_with_errors() -> None:
    """The exception carries the rendering for people and the result for programs."""
    with pytest.raises(loopc.ProgramError, match=r"error\[E1") as error:
        loopc.load("model {{\n")

    assert error.value.result.diagnostics


def test_import_is_light() -> None:
    """`import loopc` costs an editor nothing that it does not use."""
    heavy = "lark", "click", "numpy", "jinja2", "black", "rich", "tensorflow"
    code = f"import loopc, sys; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60), st.text(max_size=12))
def test_any_text_yields_diagnostics_inside_it(text: str, value: str) -> None:
    """Never an exception; every place lies in the program or in an override."""
    result = loopc.check_source(text, overrides={"peak": value})

    assert not result.ok
    end = result.sources.bases[-1] + len(value)
    for diagnostic in result.diagnostics:
        for label in diagnostic.labels:
            assert 0 <= label.span.start <= label.span.end <= end
    result.render()
