"""The layer contracts hold, and they fail when they are broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BREACHES = {
    "domain/lifecycle.py": "import kfflow.service.tasks",
    "service/tasks.py": "import flask",
    "engine/outcome.py": "import sqlalchemy",
    "web/login.py": "import SpiffWorkflow",
    "feel/__init__.py": "import kfflow.errors",
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    command = [tool, "--config", str(folder / "pyproject.toml"), "--no-cache"]
    environment = {"PYTHONPATH": str(folder / "src"), "PATH": str(tool.parent)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("layers")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "dist"))
    return folder


def test_the_layers_hold(copy):
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("place", BREACHES)
def test_a_breach_of_the_layers_is_found(copy, place):
    path = copy / "src" / "kfflow" / place
    former = path.read_text()
    path.write_text(f"{former}\n{BREACHES[place]}\n")
    try:
        assert lint_imports(copy).returncode == 1
    finally:
        path.write_text(former)
