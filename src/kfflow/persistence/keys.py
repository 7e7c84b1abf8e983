"""64-bit keys: read from text, and drawn in blocks from one sequence, so that a command knows them before it writes."""

import threading
from collections.abc import Iterable

from kfflow.persistence.database import Transaction

BLOCK = 1000
LARGEST = 2**63 - 1
"""What PostgreSQL's bigint holds; a larger number in a query fails."""
_MOST_DIGITS = len(str(LARGEST))


def read(text: str) -> int | None:
    """Give the key, or another whole number above 0, that digits from outside name; None for what can be none."""
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        return None
    return int(text) if 0 < int(text) <= LARGEST else None


def read_all(texts: Iterable[str]) -> list[int]:
    """Give the keys among some texts."""
    return [key for text in texts if (key := read(text)) is not None]


class Keys:
    """The keys of one process; every block is its own, so that two processes never draw the same key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0
        self._end = 0

    def draw(self, transaction: Transaction) -> int:
        """Give an unused key; asks the database once in a thousand."""
        with self._lock:
            if self._next >= self._end:
                row = transaction.fetch_one("SELECT nextval('kfflow_key')", [])
                assert row is not None, "a sequence always answers"
                self._next = row[0]
                self._end = self._next + BLOCK
            key = self._next
            self._next += 1
            return key
