"""What a running instance can still come to that makes a letter: its jobs, and the processes it will call.

Ways are not judged: a letter is ahead when some way leads there, by flows, attached events, event subprocesses and
the ends of subprocesses. What is known at it is worked out as for the letter of a task (engine/letters.py).
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kfflow.engine.definition import Definition
from kfflow.engine.letters import JobAhead, Known, coming, each, following, values, worked_out
from kfflow.engine.outcome import Environment
from kfflow.engine.snapshot import Seen, seen
from kfflow.engine.spiff.activity import ActivitySpec
from kfflow.engine.spiff.events import EventSubprocessStart
from kfflow.engine.spiff.loops import MultiInstance, RepeatedActivity
from kfflow.engine.spiff.scopes import Subprocess
from kfflow.engine.spiff.tasks import CallActivity, WorkerTask
from kfflow.errors import EngineFailure

MOST_ITEMS = 20
"""How many instances of a repeated activity are looked into."""


def letters_of_start(definition: Definition, known: Known, env: Environment) -> tuple[JobAhead, ...]:
    """Give what an instance that has not begun comes to, the nearest first."""
    outermost = {None, definition.process_id}
    starts = [e.id for e in definition.elements.values() if e.type == "startEvent" and e.parent in outermost]
    return _ahead(definition, [(start, known, False) for start in starts], env)


def letters_ahead(definition: Definition, snapshot: bytes, env: Environment) -> tuple[JobAhead, ...]:
    """Give what the tokens of an instance can still come to, the nearest first."""
    begun = [
        (one.spec, one.variables, one.waiting == "JOB") for one in seen(snapshot) if not _is_around(definition, one)
    ]
    return _ahead(definition, begun, env)


def _is_around(definition: Definition, one: Seen) -> bool:
    """Tell whether a token only holds others: what comes inside they say themselves."""
    spec = definition.spec.find(one.spec)
    return not one.is_listener and isinstance(spec, (Subprocess, RepeatedActivity))


def _ahead(definition: Definition, begun: Sequence[tuple[str, Known, bool]], env: Environment) -> tuple[JobAhead, ...]:
    found: list[JobAhead] = []
    came_from: dict[str, str | None] = {}
    known_at: dict[str, Known] = {}
    for name, known, is_job in begun:
        if is_job:
            found += _planned(definition, name, [known], env)
        element_id = name.removesuffix("#")
        came_from[element_id], known_at[element_id] = None, known
    for name in _spreading(definition, came_from):
        way = _way_to(came_from, name)
        found += _planned(definition, name, _on_the_way(definition, way, known_at[way[0]], env), env)
    return _numbered(found)


def _spreading(definition: Definition, came_from: dict[str, str | None]) -> Iterator[str]:
    """Give every element that can be come to, noting where each was come from: by flows first, then by events."""
    begun = list(came_from)
    pending, later = deque(n for n in begun if not _is_event(definition, n)), deque(begun)
    while pending or later:
        name = (pending or later).popleft()
        ways = [(to, pending) for to in _by_flows(definition, name)]
        ways += [] if name in begun else [(to, later) for to in _by_events(definition, name)]
        for reached, queue in ways:
            if reached not in came_from:
                came_from[reached] = name
                queue.append(reached)
                yield reached


def _is_event(definition: Definition, name: str) -> bool:
    """Tell whether an element only happens to others: it is attached, or starts an event subprocess."""
    spec = definition.spec.find(name)
    return spec is not None and (spec.is_boundary or isinstance(spec, EventSubprocessStart))


def _by_flows(definition: Definition, name: str) -> Iterator[str]:
    yield from following(definition, name)
    if linked := getattr(definition.spec.find(name), "target", ""):
        yield linked


def _by_events(definition: Definition, name: str) -> Iterator[str]:
    spec = definition.spec.find(name)
    yield from spec.boundaries if isinstance(spec, ActivitySpec) else ()
    yield from spec.event_starts if isinstance(spec, Subprocess) else ()


def _way_to(came_from: Mapping[str, str | None], goal: str) -> list[str]:
    way, step = [goal], came_from[goal]
    while step is not None:
        way.append(step)
        step = came_from[step]
    return way[::-1]


def _on_the_way(definition: Definition, way: list[str], known: Known, env: Environment) -> list[Known]:
    """Give what is known at the end of a way, once for each instance of what is repeated on it."""
    many: list[Known] = [known]
    for name in way[1:-1]:
        many = [after for one in many for after in _past(definition, name, one, env)][:MOST_ITEMS]
    return many


def _past(definition: Definition, name: str, known: Known, env: Environment) -> list[Known]:
    spec = definition.spec.find(name)
    try:
        if isinstance(spec, MultiInstance):
            return [{**known, **one} for one in each(spec, known, env)[:MOST_ITEMS]]
        return [{**known, **worked_out(definition, name, known, env)}]
    except EngineFailure:
        return [known]


def _planned(definition: Definition, name: str, many: list[Known], env: Environment) -> Iterator[JobAhead]:
    spec = definition.spec.find(name)
    if isinstance(spec, RepeatedActivity):
        many = [after for known in many for after in _past(definition, name, known, env)]
        spec = definition.spec.find(spec.inner)
    element_id = name.removesuffix("#")
    for known in many:
        if isinstance(spec, (WorkerTask, CallActivity)):
            yield coming(spec, element_id, known, _inputs(spec, known, env), env)


def _inputs(spec: ActivitySpec, known: Known, env: Environment) -> dict[str, object]:
    try:
        return values(spec.input_mappings, known, env)
    except EngineFailure:
        return {}


def _numbered(found: list[JobAhead]) -> tuple[JobAhead, ...]:
    counts: dict[str, int] = {}
    numbered = []
    for one in found:
        number = counts.get(one.element_id, 0)
        counts[one.element_id] = number + 1
        numbered.append(replace(one, number=number))
    return tuple(numbered)
