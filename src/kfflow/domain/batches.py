"""A batch in numbers: of a frozen selection, how many are pending, done, skipped and failed. They always add up."""

from collections.abc import Mapping
from dataclasses import dataclass

from kfflow.domain.lifecycle import ItemState


@dataclass(frozen=True, slots=True)
class Totals:
    """How the items of one batch stand."""

    pending: int = 0
    done: int = 0
    skipped: int = 0
    failed: int = 0

    @classmethod
    def of(cls, counted: Mapping[str, int]) -> "Totals":
        """Give the totals of items counted by state; a state that none is in may be missing."""
        return cls(*(counted.get(state, 0) for state in (ItemState.PENDING, *PROCESSED)))

    @property
    def frozen(self) -> int:
        """Give how many were chosen."""
        return self.pending + self.done + self.skipped + self.failed

    @property
    def is_over(self) -> bool:
        return self.pending == 0


PROCESSED = (ItemState.DONE, ItemState.SKIPPED, ItemState.FAILED)
