"""Hostile texts in every place where FEEL is written: deployed and run, they do nothing but fail."""

import os
import resource
import sys
import time
from pathlib import Path

import pytest

from kfflow.errors import KfflowError
from tests.hostile.positions import POSITIONS
from tests.unit.feel.hostile import HOSTILE

SECONDS, MEGABYTES = 4.0, 200
_WATCHED = ("os.", "subprocess.", "socket.", "shutil.", "ctypes.", "exec", "urllib.", "tempfile.", "signal.", "open")
_HARMLESS = ("/zoneinfo/", "/tzdata/", "/site-packages/", "/lib/python")


class Watch:
    """Notes what the interpreter does to the world while it is on; an audit hook cannot be taken out again."""

    def __init__(self) -> None:
        self.is_on = False
        self.seen: list[str] = []
        sys.addaudithook(self.note)

    def note(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.is_on and event.startswith(_WATCHED) and not self.is_harmless(event, arguments):
            self.seen.append(f"{event} {arguments!r}"[:200])

    @staticmethod
    def is_harmless(event: str, arguments: tuple[object, ...]) -> bool:
        """Tell whether it is a module or a time zone that is read for the first time."""
        if event == "exec":
            return getattr(arguments[0], "co_name", "") == "<module>" or "dataclass" in repr(arguments[0])
        reads = event in {"open", "os.listdir", "os.scandir"}
        return reads and any(part in str(arguments[0]) for part in _HARMLESS)


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


def test_the_watch_sees_what_must_not_happen(watch: Watch, tmp_path: Path):
    watch.seen, watch.is_on = [], True
    (tmp_path / "a").write_text("x")
    os.system("true")
    watch.is_on = False
    assert [seen.split()[0] for seen in watch.seen] == ["open", "os.system"]


def test_there_are_nine_positions_and_250_texts():
    assert len(POSITIONS) == 9
    assert len(HOSTILE) >= 250


@pytest.mark.parametrize("position", POSITIONS)
def test_hostile_text_does_nothing_but_fail(position: str, watch: Watch):
    put = POSITIONS[position]
    put("1 > 0" if "form" in position else '"2026-05-01T10:00:00Z"' if "timer" in position else "[1]")
    memory, slow = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, []
    watch.seen, watch.is_on = [], True
    try:
        for text in HOSTILE:
            started = time.thread_time()
            _only_fails(put, text)
            if time.thread_time() - started > SECONDS:
                slow.append(text[:60])
    finally:
        watch.is_on = False
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) // 1024
    assert (slow, watch.seen) == ([], [])
    assert grown < MEGABYTES


def _only_fails(put, text: str) -> None:
    try:
        put(text)
    except KfflowError:
        return
    except Exception as unexpected:
        unexpected.add_note(f"text: {text[:120]!r}")
        raise
