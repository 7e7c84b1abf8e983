"""64-bit keys, drawn in blocks from one sequence so that a command knows its keys before it writes."""

import threading

from kfflow.persistence.database import Transaction

BLOCK = 1000


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
