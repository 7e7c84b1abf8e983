"""Find a Chromium for the browser tests: named, installed, or unpacked from the pinned npm package.

The package ``@sparticuz/chromium`` (see ``frontend/e2e/package.json``) carries a brotli-packed x86-64 build that runs
without anything from the system; it is unpacked once into ``var/chromium``. ``python -m tests.e2e.browser`` fetches it
and axe-core, the accessibility checker.
"""

import io
import os
import stat
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

import brotli

ROOT = Path(__file__).resolve().parents[2]
PACKED = ROOT / "frontend/e2e/node_modules/@sparticuz/chromium/bin"
AXE = ROOT / "frontend/e2e/node_modules/axe-core/axe.min.js"
UNPACKED = ROOT / "var/chromium"
SYSTEM = Path("/usr/bin/chromium")
CHUNK = 1 << 20

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
BARE_ARGUMENTS = ("--headless=shell", "--no-zygote")


def chromium_path() -> Path:
    """The browser to start; raises FileNotFoundError that says how to get one."""
    named = os.environ.get("KFFLOW_CHROMIUM")
    if named:
        return Path(named)
    if SYSTEM.exists():
        return SYSTEM
    return unpacked()


def launch_options(path: Path) -> dict[str, object]:
    """Arguments for playwright's ``chromium.launch``; the unpacked browser also gets its own libraries."""
    if UNPACKED not in path.parents:
        return {"executable_path": str(path), "args": list(ARGUMENTS)}
    return {
        "executable_path": str(path),
        "args": [*ARGUMENTS, *BARE_ARGUMENTS],
        "env": _environment(os.environ),
    }


def unpacked() -> Path:
    """Unpack the npm package's browser, its libraries and fonts, unless that is done already."""
    browser = UNPACKED / "chromium"
    if browser.exists():
        return browser
    if not PACKED.exists():
        message = "no Chromium: set KFFLOW_CHROMIUM, install chromium, or run python -m tests.e2e.browser"
        raise FileNotFoundError(message)
    UNPACKED.mkdir(parents=True, exist_ok=True)
    for archive in ("al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br"):
        _unpack_archive(PACKED / archive, UNPACKED)
    _write_font_configuration(UNPACKED)
    _unpack_program(PACKED / "chromium.br", browser)
    return browser


def _unpack_archive(packed: Path, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(brotli.decompress(packed.read_bytes()))) as archive:
        archive.extractall(folder, filter="data")


def _unpack_program(packed: Path, program: Path) -> None:
    """Write beside the target and rename last, so that an interrupted run leaves no half browser."""
    partial = program.with_suffix(f".{os.getpid()}")
    decompressor = brotli.Decompressor()
    with packed.open("rb") as source, partial.open("wb") as target:
        while chunk := source.read(CHUNK):
            target.write(decompressor.process(chunk))
    partial.chmod(partial.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP)
    partial.rename(program)


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    libraries = [str(UNPACKED / "lib"), str(UNPACKED)]
    if given.get("LD_LIBRARY_PATH"):
        libraries.append(given["LD_LIBRARY_PATH"])
    return {**given, "FONTCONFIG_FILE": str(UNPACKED / "fonts.conf"), "LD_LIBRARY_PATH": os.pathsep.join(libraries)}


def _write_font_configuration(folder: Path) -> None:
    """The archive's own file names folders of another kind of machine."""
    folders = (folder / "fonts", Path("/usr/share/fonts"))
    lines = "".join(f"<dir>{place}</dir>" for place in folders)
    text = f'<?xml version="1.0"?><fontconfig>{lines}<cachedir>{folder / "font-cache"}</cachedir></fontconfig>\n'
    (folder / "fonts.conf").write_text(text, encoding="utf-8")


def main() -> None:
    """Fetch axe-core and, where no other browser is at hand, Chromium."""
    from hatch_build import FRONTEND, install

    install(FRONTEND / "e2e", with_tools=True)
    sys.stdout.write(f"{chromium_path()}\n")


if __name__ == "__main__":
    main()
