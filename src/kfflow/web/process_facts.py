"""What `workflows/<key>/process.toml` tells of a process in both languages: its description and who owns it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kfflow.web.wording import say


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """The words of one process, in the page's language; empty where nothing is written."""

    description: str = ""
    owner: str = ""


def of_processes(folder: Path) -> dict[str, ProcessFacts]:
    """Give the facts of every process that has a readable file, by its key."""
    read = (_read(path) for path in sorted(folder.glob("*/process.toml")))
    return {str(source["key"]): _facts(source) for source in read if "key" in source}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _facts(source: dict[str, Any]) -> ProcessFacts:
    told = source.get("description")
    words = told if isinstance(told, dict) else {}
    danish = str(words.get("da", ""))
    return ProcessFacts(say(danish, str(words.get("en", danish))), str(source.get("owner", "")))
