"""The figures that a simulation is drawn by: each with its source, and whether it is published, known or chosen."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

KINDS = ("published", "background", "design")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number; those "a year" hold at scale 1."""

    name: str
    value: float
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Post:
    """A kind of employee: how many inmates one of them serves, how many there are in any case, and their hours.

    `where` is institution, area or national; `hours` is office, daily or shifts.
    """

    name: str
    groups: tuple[str, ...]
    where: str
    inmates: int
    at_least: int
    hours: str


@dataclass(frozen=True, slots=True)
class Profile:
    """All figures by name, and who works."""

    figures: Mapping[str, Figure]
    posts: tuple[Post, ...]

    def __getitem__(self, name: str) -> float:
        return self.figures[name].value

    def share(self, told: float | str) -> float:
        """Give a share that is a number, or the name of a figure."""
        return self[told] if isinstance(told, str) else told


def read(name: str) -> dict[str, Any]:
    """Give one data file of the simulation."""
    source = resources.files("kfflow.simulation") / "data" / name
    return tomllib.loads(source.read_text(encoding="utf-8"))


def profile() -> Profile:
    """Read the profile that kfflow ships."""
    told = read("profile.toml")
    figures = {name: Figure(name, **figure) for name, figure in told["figures"].items()}
    posts = tuple(Post(**{**post, "groups": tuple(post["groups"])}) for post in told["staff"])
    return Profile(figures, posts)
