"""What pages know of the room that runs scenarios (`kfflow.scenarios.trials`), which is put on the application."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, cast

from flask import current_app

File = tuple[str, bytes]


class Result(Protocol):
    """How one scenario fared; both sentences are empty when it went as expected."""

    @property
    def process(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def danish(self) -> str: ...
    @property
    def english(self) -> str: ...


class Coverage(Protocol):
    """How much of a diagram was reached; `missed` are ids."""

    @property
    def reached(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def percent(self) -> float: ...
    @property
    def missed(self) -> tuple[str, ...]: ...


class Covered(Protocol):
    """What a trial came by; `coverage` is there when its last scenario has run."""

    @property
    def coverage(self) -> Coverage | None: ...


@dataclass(frozen=True, slots=True)
class Round:
    """What is in force from a day on, the scenarios that are run on it, and what they come by."""

    begins: date
    sources: Mapping[str, bytes]
    scenarios: Sequence[File]
    covered: Covered


class Trials(Protocol):
    """Runs scenarios on files that are not in force."""

    def scenarios(self, processes: frozenset[str], sources: Mapping[str, bytes]) -> list[File]: ...
    def measuring(self, process_id: str) -> Covered: ...
    def run(
        self, sources: Mapping[str, bytes], scenarios: Sequence[File], covered: Covered | None = None
    ) -> Iterator[Result]: ...


def trials() -> Trials:
    return cast("Trials", current_app.extensions["kfflow_trials"])
