"""Element instances: what ran in process instances, read from their history, searched as every other list is."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from kfflow import engine
from kfflow.engine.element_runs import PROCESS, ElementRun
from kfflow.errors import FieldProblem, InvalidInput
from kfflow.persistence import search as searching
from kfflow.persistence.listings import PROCESS_INSTANCES, element_instances
from kfflow.persistence.scope import scope_of
from kfflow.persistence.search import Condition, Listing, Page, Query
from kfflow.persistence.tables import HistoryStep, Incident, Job, MessageSubscription, ProcessInstance, UserTask
from kfflow.service import access, search
from kfflow.service.context import Context

MOST_INSTANCES = 1000
"""In how many process instances a search looks; one that would look in more is refused."""
PLACE_BITS = 20
"""How a line's key is made of its step's (view `history_event`)."""
_NARROWING = frozenset({"process_instance_key", "process_definition_key", "process_definition_id"})
_WAITING = (UserTask, Job, MessageSubscription)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a step, with its key and instant."""

    key: int
    at: datetime
    kind: str
    element_id: str
    element_type: str
    name: str
    data: Mapping[str, object]


def find(ctx: Context, query: Query) -> Page:
    """Give one page of what the actor may see; raises InvalidInput when more instances would have to be looked into."""
    keys = _concerned(ctx, query)
    if len(keys) > MOST_INSTANCES:
        da = f"Søgningen ville se i mere end {MOST_INSTANCES} procesinstanser; angiv hvilke."
        en = f"The search would look into more than {MOST_INSTANCES} process instances; say which."
        raise InvalidInput(da, en, fields=[FieldProblem("filter.processInstanceKey", da, en, "too_many")])
    return search.find(ctx, _listing(ctx, keys), query)


def get(ctx: Context, key: int) -> tuple[Listing, Mapping[str, Any]]:
    """Give one row, with the list that it is of; raises NotFound."""
    found = _holders(ctx, [key])
    if not found:
        raise access.not_found(f"Elementinstans {key}")
    listing = _listing(ctx, found)
    return listing, search.get(ctx, listing, key, "Elementinstans")


def _concerned(ctx: Context, query: Query) -> list[int]:
    """Give the process instances that a search has to look into, one more than it may at most."""
    narrowing = [one for one in query.conditions if one.column in _NARROWING]
    for one in query.conditions:
        if one.column == "element_instance_key" and one.operator in {"eq", "in"}:
            asked = one.value if one.operator == "in" else [one.value]
            narrowing.append(Condition("process_instance_key", "in", _holders(ctx, asked)))
        if one == Condition("state", "eq", "ACTIVE"):
            narrowing.append(Condition("state", "in", ["ACTIVE", "SUSPENDED"]))
    chosen = searching.keys(PROCESS_INSTANCES, Query(narrowing), scope_of(ctx.actor))
    return list(ctx.session.scalars(chosen.limit(MOST_INSTANCES + 1)))


def _holders(ctx: Context, keys: Sequence[int]) -> list[int]:
    """Give the process instances of elements with these keys: of a line, of what waits, or of the instance itself."""
    steps = [key >> PLACE_BITS for key in keys]
    chosen = [
        select(ProcessInstance.key).where(ProcessInstance.key.in_(keys)),
        select(HistoryStep.instance_key).where(HistoryStep.key.in_(steps)),
        *(select(table.instance_key).where(table.key.in_(keys)) for table in _WAITING),
    ]
    found = (key for statement in chosen for key in ctx.session.scalars(statement))
    return sorted({key for key in found if key is not None})


# ------------------------------------------------------------------ rows


def _listing(ctx: Context, keys: Sequence[int]) -> Listing:
    runs = {key: engine.element_runs(lines) for key, lines in _lines(ctx, keys)}
    named, stopped = _keys_of_waiting(ctx, keys), _incidents(ctx, keys)
    return element_instances([row for key in runs for row in _rows(key, runs[key], named, stopped)])


def _lines(ctx: Context, keys: Sequence[int]) -> Iterator[tuple[int, list[_Line]]]:
    chosen = select(HistoryStep.key, HistoryStep.instance_key, HistoryStep.at, HistoryStep.events)
    lines: dict[int, list[_Line]] = defaultdict(list)
    for step in ctx.session.execute(chosen.where(HistoryStep.instance_key.in_(keys)).order_by(HistoryStep.key)):
        base = step.key << PLACE_BITS
        lines[step.instance_key] += [_Line(base + n, step.at, *told) for n, told in enumerate(step.events, start=1)]
    return iter(lines.items())


Place = tuple[int | None, str]
"""An element of an instance."""


def _keys_of_waiting(ctx: Context, keys: Sequence[int]) -> Mapping[Place, list[int]]:
    """Give the keys of the user tasks of each element, and of its open jobs and subscriptions, the oldest first."""
    found: dict[Place, list[int]] = defaultdict(list)
    for table in _WAITING:
        chosen = select(table.instance_key, table.element_id, table.key).where(table.instance_key.in_(keys))
        if table is not UserTask:
            chosen = chosen.where(table.ended_at.is_(None))
        for row in ctx.session.execute(chosen.order_by(table.key)):
            found[row[0], row[1]].append(row[2])
    return found


def _incidents(ctx: Context, keys: Sequence[int]) -> Mapping[Place, int]:
    open_ones = select(Incident.instance_key, Incident.element_id, Incident.key).where(
        Incident.instance_key.in_(keys), Incident.state == "ACTIVE"
    )
    return {(row[0], row[1]): row[2] for row in ctx.session.execute(open_ones.order_by(Incident.key.desc()))}


def _rows(
    instance_key: int, runs: Sequence[ElementRun], named: Mapping[Place, list[int]], stopped: Mapping[Place, int]
) -> Iterator[dict[str, Any]]:
    known = _known_keys(instance_key, runs, named)
    for run in runs:
        incident = stopped.get((instance_key, run.element_id)) if run.state == "ACTIVE" else None
        yield {
            "element_instance_key": known.get(run.key, run.key),
            "process_instance_key": instance_key,
            "element_id": run.element_id,
            "element_name": run.name or run.element_id,
            "type": _in_words_of_camunda(run.element_type),
            "state": run.state,
            "start_date": run.started_at,
            "end_date": run.ended_at,
            "has_incident": incident is not None,
            "incident_key": incident,
        }


def _known_keys(instance_key: int, runs: Sequence[ElementRun], named: Mapping[Place, list[int]]) -> dict[int, int]:
    """Give the keys that runs are known by elsewhere: the instance's, a user task's, an open job's or subscription's.

    They are told apart by their order; where there are not as many keys as runs, each run has the key of its line.
    """
    known = {run.key: instance_key for run in runs if run.element_type == PROCESS}
    counts: Callable[[ElementRun], bool]
    for element_id in {run.element_id for run in runs}:
        of_element = [run for run in runs if run.element_id == element_id and run.element_type != PROCESS]
        keys = named.get((instance_key, element_id), [])
        for counts in (lambda _run: True, lambda run: run.state == "ACTIVE"):
            some = [run for run in of_element if counts(run)]
            if some and len(some) == len(keys):
                known |= {run.key: key for run, key in zip(some, keys, strict=True)}
                break
    return known


def _in_words_of_camunda(element_type: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", element_type).upper()
