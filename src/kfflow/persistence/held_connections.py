"""Connections that wait for the next transaction, so that few go through SQLAlchemy's pool."""

from contextlib import suppress
from queue import Empty, LifoQueue

from sqlalchemy import PoolProxiedConnection

from kfflow.errors import Unavailable

LONGEST_WAIT = 30.0
"""How many seconds a transaction waits for a connection."""


class HeldConnections:
    """Connections checked out of the pool once and for all; the one that was used last is taken first.

    Checking one in and out of SQLAlchemy's pool takes longer than a statement of a step does. Whoever takes one, or the
    right to make one (None), puts back one or the other; there are never more of both than `most`.
    """

    def __init__(self, most: int) -> None:
        self._free: LifoQueue[PoolProxiedConnection | None] = LifoQueue()
        for _ in range(most):
            self._free.put(None)

    def take(self, *, wait: float = LONGEST_WAIT) -> PoolProxiedConnection | None:
        """Wait some seconds for a connection that is free; None says to make one. Raises Unavailable for none."""
        try:
            return self._free.get(timeout=wait)
        except Empty:
            raise unavailable() from None

    def put(self, held: PoolProxiedConnection | None) -> None:
        self._free.put(held)

    def let_go(self) -> None:
        """Close what waits here."""
        waiting = []
        with suppress(Empty):
            while True:
                waiting.append(self._free.get_nowait())
        for held in waiting:
            if held is not None:
                held.invalidate()
            self._free.put(None)


def unavailable() -> Unavailable:
    """Give what the edge tells: that it may be tried again."""
    return Unavailable(
        "Databasen svarer ikke lige nu. Prøv igen om lidt; intet er gået tabt.",
        "The database does not answer right now. Try again shortly; nothing was lost.",
    )
