"""The run folder: what a run was asked, what computed it, and what came of it."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loopc_runtime.disk import replace_file
from loopc_runtime.errors import RunError
from loopc_runtime.versions import describe_changes, library_versions

CONFIG_FILE = "config.json"
VERSIONS_FILE = "versions.json"
FITTED_FILE = "fitted.json"
RESULT_FILE = "result.json"
EVALUATION_FILE = "evaluation.json"


class RunFolder:
    """The JSON files of a run, each replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, value: Mapping[str, Any]) -> None:
        """Write one of the files."""
        replace_file(self.path / name, json.dumps(value, indent=2) + "\n")

    def read(self, name: str) -> dict[str, Any] | None:
        """Return what one of the files holds; None where there is none."""
        path = self.path / name
        if not path.is_file():
            return None
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def write_origin(
        self,
        config: Mapping[str, Any],
        numerics: Mapping[str, Any],
        fitted: Mapping[str, Any] | None,
    ) -> None:
        """Say what the run is asked, and what computes it; earlier results go."""
        self.remove(RESULT_FILE)
        self.write(CONFIG_FILE, config)
        self.write(VERSIONS_FILE, {**library_versions(), "numerics": numerics})
        if fitted is not None:
            self.write(FITTED_FILE, fitted)

    def remove(self, name: str) -> None:
        """Remove one of the files, if it is there."""
        (self.path / name).unlink(missing_ok=True)


def config_values(config: Any) -> dict[str, Any]:
    """Return the numbers of a config dataclass (or mapping) as JSON knows them."""
    values = dict(config) if isinstance(config, Mapping) else dataclasses.asdict(config)
    found: dict[str, Any] = json.loads(json.dumps(values, default=str))
    return found


def verify_same_config(
    saved: Mapping[str, Any], present: Mapping[str, Any], workdir: Path
) -> None:
    """Raise RunError, naming each difference, unless a run was asked the same."""
    changes = describe_changes(dict(saved), dict(present))
    if changes:
        raise RunError(
            f"the run in {workdir} was started with other numbers:\n  "
            + "\n  ".join(changes)
            + "\nuse another --workdir, or set them back to go on with that run"
        )
