"""Compiled definitions, decision models and forms, kept per process: resources never change once deployed."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

Compiled = TypeVar("Compiled")
CAPACITY = 500


class CompiledResources:
    """The most recently used compiled resources by (kind, key); safe to share between threads."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._held: OrderedDict[tuple[str, int], object] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, kind: str, key: int, compile_it: Callable[[], Compiled]) -> Compiled:
        """Give the compiled resource, compiling it the first time; two threads may compile the same one at once."""
        with self._lock:
            held = self._held.get((kind, key))
            if held is not None:
                self._held.move_to_end((kind, key))
                return held  # type: ignore[return-value]  # what was put under this kind is of this kind
        made = compile_it()
        with self._lock:
            self._held[(kind, key)] = made
            while len(self._held) > self._capacity:
                self._held.popitem(last=False)
        return made
