"""64-bit keys, drawn in blocks from one sequence so that a command knows its keys before it writes."""

import threading

from sqlalchemy import text
from sqlalchemy.orm import Session

BLOCK = 1000


class Keys:
    """The keys of one process; every block is its own, so that two processes never draw the same key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0
        self._end = 0

    def draw(self, session: Session) -> int:
        """Give an unused key; asks the database once in a thousand."""
        with self._lock:
            if self._next >= self._end:
                self._next = session.execute(text("SELECT nextval('kfflow_key')")).scalar_one()
                self._end = self._next + BLOCK
            key = self._next
            self._next += 1
            return key
