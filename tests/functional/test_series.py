"""Programs over several series: examples of a pass are the windows of each series."""

from pathlib import Path

import numpy as np
import pytest

import loopc

PROGRAM = """
data flows {
  all = csv("flows.csv")
  later = last(3) of all
  train = rest of all
  field flow: f32[3] = windows(
    standardize(column("flow"), over: train), 3, stride: 1, by: column("river"),
  )
  field river: class(9)[3] = windows(
    category(column("river"), over: train), 3, stride: 1, by: column("river"),
  )
}

model net(past: f32[2]) -> f32 =
  squeeze(past |> dense(1, kernel_initializer: ones), axis: 0)

train for 1 epochs {
  execution = EXECUTION
  step (flow, river) from flows.train batch 4 {
    loss = squared_error(flow[2], net(flow[:2]))
    update net to minimize loss using sgd(0.0)
    report loss, mixed = max(river) - min(river)
  }
  eval later (flow, river) from flows.later batch 2 at end {
    report loss = squared_error(flow[2], net(flow[:2]))
    report mixed = max(river) - min(river)
  }
}
"""


@pytest.mark.parametrize("execution", ["graph", "xla", "streamed_graph"])
def test_a_program_sees_the_windows_of_each_series(
    execution: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Means over a pass are those of NumPy's windows; none holds rows of two rivers."""
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    random = np.random.default_rng(0)
    rivers = np.array(list("aabcaabbccabcbcbcaa"))
    flows = random.normal(size=len(rivers)).round(3)
    rows = [f"{r},{f}" for r, f in zip(rivers, flows, strict=True)]
    (tmp_path / "flows.csv").write_text("\n".join(["river,flow", *rows]) + "\n")
    script = loopc.load(PROGRAM.replace("EXECUTION", execution))
    found = script.train_and_evaluate(script.Config(), tmp_path / "run", tmp_path)

    series = [flows[rivers == river] for river in "abc"]
    train = np.concatenate([each[:-3] for each in series])
    for name, parts in {
        "train": [each[:-3] for each in series],
        "later": [each[-3:] for each in series],
    }.items():
        errors = [
            (z[2] - z[0] - z[1]) ** 2
            for part in parts
            if len(part) >= 3
            for z in (np.lib.stride_tricks.sliding_window_view(part, 3) - train.mean())
            / train.std()
        ]
        assert found[f"{name}.loss"] == pytest.approx(np.mean(errors), rel=1e-4)
        assert found[f"{name}.mixed"] == 0
