"""Scenario files as they stand in folders: `workflows/<process>/scenarios/*.yaml`."""

from pathlib import Path

from kfflow.service import scenario_files
from kfflow.service.scenario_files import Scenario


def find(workflows_dir: Path, process: str | None) -> list[Path]:
    """Give the scenario files of one process folder, or of all, ordered by path."""
    return sorted(workflows_dir.glob(f"{process or '*'}/scenarios/*.yaml"))


def read(path: Path, zone: str) -> Scenario:
    """Read one scenario; raises InvalidInput naming the file and the key that is wrong."""
    return scenario_files.read(path.name, path.read_bytes(), zone, folder=path.parents[1].name)
