"""The sample of mixup begins as a loop by hand."""

from pathlib import Path

import numpy as np
import pytest
from tests.functional.twins.first_steps import clothes, first_steps, logged
from tests.functional.twins.mixup import mixup_steps


@pytest.mark.data
def test_mixup_begins_as_by_hand(
    fashion_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Images and losses are mixed by one share; kernels take steps of muon.

    Of four steps the warm-up takes a fifth of one, the decay the last 1.6.
    """
    monkeypatch.setenv("LOOPC_PROGRESS", "none")
    samples_dir = fashion_dir.parents[1]
    run = first_steps("mixup", 4, samples_dir, tmp_path)
    images, labels = clothes(samples_dir)
    rates = [0.0, 0.01, 0.01, 0.01 / 1.6]
    net = run.fresh("classifier")
    expected = mixup_steps(net, images, labels, run.rows(4), rates)
    np.testing.assert_allclose(logged(run, "loss")[:4], [[e] for e in expected], 2e-4)
