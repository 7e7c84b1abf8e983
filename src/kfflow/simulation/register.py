"""The client system beside a simulated service, in the same process: it knows everybody, and takes each outcome once.

Who comes is entered as the service's own record has them, so nothing is taken over from it. Where they are it leaves to
kfflow.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from kfflow.errors import Conflict
from kfflow.klientsystem.port import MasterData
from kfflow.simulation.inmates import Inmate

VERSION = 1
"""Of everybody's master data: a simulated term that changes is told by a message, not by the register."""


class Register:
    """Fulfils `kfflow.klientsystem.port.ClientSystem`; always there, and never slow."""

    def __init__(self) -> None:
        self._persons: dict[str, tuple[Inmate, Mapping[str, Any], date | None]] = {}
        self._taken: dict[str, int] = {}

    def enter(self, inmate: Inmate, facts: Mapping[str, Any], *, admitted_on: date | None) -> None:
        """Enter somebody as kfflow's own record has them."""
        self._persons[inmate.number] = inmate, facts, admitted_on

    def master_data(self, person_number: str, *, reason: str) -> MasterData | None:
        del reason  # it keeps no log
        if person_number not in self._persons:
            return None
        inmate, facts, admitted_on = self._persons[person_number]
        return MasterData(
            person_number=person_number,
            version=VERSION,
            name=inmate.name,
            born_on=inmate.born_on,
            admitted_on=admitted_on,
            facts=dict(facts),
        )

    def write(self, key: str, outcome: Mapping[str, Any], *, reason: str) -> None:
        """Take an outcome; what it said is remembered by its hash alone, for a year has some hundred thousand."""
        del reason
        content = hash(orjson.dumps(outcome, option=orjson.OPT_SORT_KEYS))
        if self._taken.setdefault(key, content) != content:
            raise Conflict(
                f"Klientsystemet har et andet udfald med nøglen {key}.",
                f"The client system has another outcome with the key {key}.",
            )

    def written(self, *, reason: str) -> set[str]:
        del reason
        return set(self._taken)
