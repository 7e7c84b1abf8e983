"""Where the built front end stands: the addresses of an entry's script and styles, read from Vite's manifest."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "dist"
PLACES = ("manifest.json", ".vite/manifest.json")


@dataclass(frozen=True, slots=True)
class Asset:
    """What a page loads for one entry; without a built front end there is nothing to load."""

    script: str | None = None
    styles: tuple[str, ...] = ()


@cache
def _manifest(_stamp: int) -> dict[str, dict[str, object]]:
    for place in PLACES:
        if (FOLDER / place).exists():
            read: dict[str, dict[str, object]] = json.loads((FOLDER / place).read_text(encoding="utf-8"))
            return read
    return {}


def _stamp() -> int:
    return next((int((FOLDER / place).stat().st_mtime_ns) for place in PLACES if (FOLDER / place).exists()), 0)


def asset(name: str) -> Asset:
    """Give the addresses of the entry `name`; none when the front end is not built."""
    for chunk in _manifest(_stamp()).values():
        if chunk.get("isEntry") and chunk.get("name") == name:
            styles = chunk.get("css")
            listed = styles if isinstance(styles, list) else []
            return Asset(f"/static/dist/{chunk['file']}", tuple(f"/static/dist/{file}" for file in listed))
    return Asset()
