"""What `workflows/<key>/process.toml` tells of a process in both languages: description, owner, names of variables."""

import tomllib
from collections.abc import Iterator
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
    return {str(source["key"]): _facts(source) for source in _sources(folder) if "key" in source}


def variable_names(folder: Path) -> dict[str, str]:
    """Give what people call the variables of all processes, in the page's language, by their technical names."""
    return {name: word for source in _sources(folder) for name, word in _names(source) if word}


def _sources(folder: Path) -> list[dict[str, Any]]:
    return [_read(path) for path in sorted(folder.glob("*/process.toml"))]


def _names(source: dict[str, Any]) -> Iterator[tuple[str, str]]:
    variables = source.get("variables")
    for name, told in variables.items() if isinstance(variables, dict) else ():
        if isinstance(told, dict):
            yield name, _in_page_language(told)


def _in_page_language(told: dict[str, Any]) -> str:
    danish = str(told.get("da", ""))
    return say(danish, str(told.get("en", danish)))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _facts(source: dict[str, Any]) -> ProcessFacts:
    told = source.get("description")
    return ProcessFacts(_in_page_language(told if isinstance(told, dict) else {}), str(source.get("owner", "")))
