"""The letter that a user task prepares, before anybody has completed the task: what its service task would be given.

Where the task names a call activity, it is that of the process that is called. What kfflow itself would work out on
the way from the task to the letter — scripts and tables, along the shortest way through the diagram — is worked out;
what people and other systems would add is not known yet. Of what is repeated on the way the letter is that of the first
item.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kfflow.engine.definition import Definition
from kfflow.engine.expressions import compile_text
from kfflow.engine.outcome import Environment
from kfflow.engine.spiff.activity import ActivitySpec, MappingSpec, set_path
from kfflow.engine.spiff.loops import MultiInstance
from kfflow.engine.spiff.tasks import BusinessRuleTask, CallActivity, ScriptTask, WorkerTask
from kfflow.errors import EngineFailure

Known = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CallAhead:
    """How a call activity finds the process it calls; `process_id` is None when that is not known yet."""

    process_id: str | None
    binding: str
    version_tag: str | None


@dataclass(frozen=True, slots=True)
class JobAhead:
    """A job or a call that can still come: the variables that are known of it, and the headers of a job.

    `number` counts what stands at the same element: one for each instance of a repeated activity.
    """

    element_id: str
    number: int
    variables: Known
    headers: Mapping[str, str]
    call: CallAhead | None = None


def plan_letter(  # noqa: PLR0917 - the order of the contract
    definition: Definition, element_id: str, number: int, known: Known, answers: Known, env: Environment
) -> JobAhead | None:
    """Give what makes a letter that a task prepares, from what the task knows and the answers given so far.

    `number` counts the `kf:letter` of the task from 0. None when the task has none of this number, or its expression
    names neither a service task nor a call activity.
    """
    element = definition.elements.get(element_id)
    if element is None or not 0 <= number < len(element.letters):
        return None
    after = _completed(definition, element_id, known, answers, env)
    name = str(compile_text(element.letters[number]).value(after, env))
    spec = definition.spec.find(name)
    if not isinstance(spec, (WorkerTask, CallActivity)):
        return None
    for passed in _between(definition, element_id, name):
        after |= worked_out(definition, passed, after, env)
    return coming(spec, name, after, values(spec.input_mappings, after, env), env)


def coming(spec: WorkerTask | CallActivity, element_id: str, known: Known, local: Known, env: Environment) -> JobAhead:
    """Give the job or the call at an element, where `known` is known and its mapped inputs write `local`."""
    if isinstance(spec, WorkerTask):
        return JobAhead(element_id, 0, {**known, **local}, dict(spec.headers))
    variables = {**known, **local} if spec.passes_all else local
    call = CallAhead(_process_of(spec, known, env), spec.binding, spec.version_tag)
    return JobAhead(element_id, 0, variables, {}, call)


def _process_of(spec: CallActivity, known: Known, env: Environment) -> str | None:
    try:
        called = None if spec.process_id is None else spec.process_id.value(known, env)
    except EngineFailure:
        return None
    return called if isinstance(called, str) else None


def _completed(
    definition: Definition, element_id: str, known: Known, answers: Known, env: Environment
) -> dict[str, object]:
    """Give the variables as they would be once the task is completed: where outputs are mapped, no others go on."""
    spec = definition.spec.find(element_id)
    mappings = spec.output_mappings if isinstance(spec, ActivitySpec) else ()
    given = values(mappings, {**known, **answers}, env) if mappings else answers
    return {**known, **given}


def _between(definition: Definition, start: str, goal: str) -> list[str]:
    """Give the elements on the shortest way from one to another, without both; nothing when there is no way."""
    came_from: dict[str, str | None] = {start: None}
    pending = deque([start])
    while pending and goal not in came_from:
        name = pending.popleft()
        for reached in following(definition, name):
            if reached not in came_from:
                came_from[reached] = name
                pending.append(reached)
    way: list[str] = []
    step = came_from.get(goal)
    while step is not None and step != start:
        way.append(step)
        step = came_from[step]
    return way[::-1]


def following(definition: Definition, name: str) -> Iterator[str]:
    """Give where a token goes from an element: along its flows, into a subprocess, or out of it at its end."""
    element, spec = definition.elements.get(name), definition.spec.find(name)
    for inner in definition.elements.values():
        if inner.parent == name and inner.type == "startEvent":
            yield inner.id
    outside = definition.spec.find(element.parent or "") if element is not None and not element.outgoing else None
    for leaving in (spec, outside):
        if leaving is not None:
            yield from (flow.target for flow in leaving.flows)


def worked_out(definition: Definition, name: str, known: Known, env: Environment) -> dict[str, object]:
    """Give what a script or a table on the way writes, or what the first of repeated instances knows besides."""
    spec = definition.spec.find(name)
    if isinstance(spec, MultiInstance):
        return each(spec, known, env)[0]
    if not isinstance(spec, (ScriptTask, BusinessRuleTask)):
        return {}
    inside = {**known, **values(spec.input_mappings, known, env)}
    result = _result(spec, inside, env)
    return values(spec.output_mappings, {**inside, **result}, env) if spec.output_mappings else result


def each(spec: MultiInstance, known: Known, env: Environment) -> list[dict[str, object]]:
    """Give what each repeated instance knows besides: nothing, once, where there is no list of items to go by."""
    items = None if spec.collection is None else spec.collection.value(known, env)
    if not isinstance(items, list) or not items or spec.input_element is None:
        return [{}]
    return [{spec.input_element: item} for item in items]


def _result(spec: ScriptTask | BusinessRuleTask, inside: Known, env: Environment) -> dict[str, object]:
    if isinstance(spec, BusinessRuleTask):
        assert spec.decision_id is not None
        return {spec.result_variable: env.decide(str(spec.decision_id.value(inside, env)), dict(inside)).output}
    value = None if spec.script is None else spec.script.value(inside, env)
    if spec.result_variable:
        return {spec.result_variable: value}
    return value if isinstance(value, dict) else {}


def values(mappings: tuple[MappingSpec, ...], known: Known, env: Environment) -> dict[str, object]:
    """Give what mappings write, each seeing what those before it wrote."""
    given: dict[str, object] = {}
    for mapping in mappings:
        set_path(given, mapping.path, mapping.expression.value({**known, **given}, env))
    return given
