"""A history told as the elements that ran: begun, left, retried, renamed, ended with their process."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kfflow.engine import element_runs

BEGUN = datetime(2026, 11, 24, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    key: int
    kind: str
    element_id: str
    data: Any
    name: str = ""

    @property
    def at(self) -> datetime:
        return BEGUN + timedelta(minutes=self.key)

    @property
    def element_type(self) -> str:
        return "process" if self.element_id == "P" else "userTask"


def told(*lines):
    """Give (element, state, minute begun, minute ended) of what lines a minute apart tell."""
    made = [Line(number, *line) for number, line in enumerate(lines)]
    return [(run.element_id, run.state, _minute(run.started_at), _minute(run.ended_at)) for run in element_runs(made)]


def _minute(at):
    return None if at is None else (at - BEGUN) // timedelta(minutes=1)


START, ON, OFF, AWAY = "INSTANCE_STARTED", "ELEMENT_ACTIVATED", "ELEMENT_COMPLETED", "ELEMENT_CANCELED"


def test_what_is_entered_and_left_has_run():
    assert told((START, "P", {}), (ON, "A", {}), (OFF, "A", {}), (ON, "B", {}), (AWAY, "B", {}), (ON, "C", {})) == [
        ("P", "ACTIVE", 0, None),
        ("A", "COMPLETED", 1, 2),
        ("B", "TERMINATED", 3, 4),
        ("C", "ACTIVE", 5, None),
    ]


def test_of_several_at_once_the_first_entered_is_the_first_left():
    assert told((ON, "A", {}), (ON, "A", {}), (OFF, "A", {})) == [("A", "COMPLETED", 0, 2), ("A", "ACTIVE", 1, None)]


def test_what_is_retried_goes_on_as_the_run_it_was():
    assert told((ON, "A", {}), ("ELEMENT_RETRIED", "A", {}), (ON, "A", {}), (OFF, "A", {})) == [
        ("A", "COMPLETED", 0, 3)
    ]


def test_what_is_open_takes_the_ids_of_a_new_version_and_back():
    moved = ("INSTANCE_MIGRATED", "P", {"elements": {"A": "A2"}})
    assert told((ON, "A", {}), moved, (OFF, "A2", {})) == [("A2", "COMPLETED", 0, 2)]
    undone = ("MIGRATION_UNDONE", "P", {"elements": {"A2": "A"}})
    assert told((ON, "A", {}), moved, undone, (OFF, "A", {})) == [("A", "COMPLETED", 0, 3)]


def test_the_end_of_the_process_ends_what_nothing_more_was_told_of():
    assert told((START, "P", {}), (ON, "A", {}), ("INSTANCE_TERMINATED", "P", {})) == [
        ("P", "TERMINATED", 0, 2),
        ("A", "TERMINATED", 1, 2),
    ]


def test_what_is_left_without_having_been_entered_ran_in_that_instant():
    assert told((OFF, "A", {})) == [("A", "COMPLETED", 0, 0)]
