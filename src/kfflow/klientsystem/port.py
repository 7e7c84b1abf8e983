"""What kfflow asks of the client system: master data to read, outcomes to write, both idempotent."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict


class MasterData(BaseModel):
    """What the client system knows of a person; `version` grows with every change, so that old data are told from new.

    `facts` are the sentence and its dates under the names that the processes use (`straffetid_dage`, `domsdato`, …).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    person_number: str
    version: int
    name: str
    born_on: date | None = None
    admitted_on: date | None = None
    institution: str | None = None
    facts: dict[str, Any] = {}


class ClientSystem(Protocol):
    """The other side. Each method raises Unavailable when it does not answer, InvalidInput when its answer is unusable.

    `reason` says why it is asked, for the log of both sides.
    """

    def master_data(self, person_number: str, *, reason: str) -> MasterData | None:
        """Give a person's master data; None when nobody has the number."""

    def write(self, key: str, outcome: Mapping[str, Any], *, reason: str) -> None:
        """Tell an outcome once: the same key again changes nothing. Raises Conflict when it is refused."""

    def written(self, *, reason: str) -> set[str]:
        """Give the keys of all outcomes that the client system has taken."""
