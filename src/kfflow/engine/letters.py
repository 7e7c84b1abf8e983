"""The letter that a user task prepares, before anybody has completed the task: what its service task would be given."""

from collections.abc import Mapping
from dataclasses import dataclass

from kfflow.engine.definition import Definition
from kfflow.engine.expressions import compile_text
from kfflow.engine.outcome import Environment
from kfflow.engine.spiff.activity import ActivitySpec, MappingSpec, set_path
from kfflow.engine.spiff.tasks import WorkerTask


@dataclass(frozen=True, slots=True)
class PlannedLetter:
    """What the service task would be given: its headers, and all variables with its mapped inputs."""

    element_id: str
    headers: Mapping[str, str]
    variables: Mapping[str, object]


def plan_letter(
    definition: Definition,
    element_id: str,
    known: Mapping[str, object],
    answers: Mapping[str, object],
    env: Environment,
) -> PlannedLetter | None:
    """Give the letter that a task prepares by its `kf:letter`, from what the task knows and the answers given so far.

    None when the task prepares none, or the expression names no service task.
    """
    element = definition.elements.get(element_id)
    if element is None or element.letter is None:
        return None
    after = _completed(definition, element_id, known, answers, env)
    name = compile_text(element.letter).value(after, env)
    spec = definition.spec.task_specs.get(str(name))
    if not isinstance(spec, WorkerTask):
        return None
    return PlannedLetter(str(name), dict(spec.headers), {**after, **_values(spec.input_mappings, after, env)})


def _completed(
    definition: Definition,
    element_id: str,
    known: Mapping[str, object],
    answers: Mapping[str, object],
    env: Environment,
) -> dict[str, object]:
    """Give the variables as they would be once the task is completed: where outputs are mapped, no others go on."""
    spec = definition.spec.task_specs.get(element_id)
    mappings = spec.output_mappings if isinstance(spec, ActivitySpec) else ()
    given = _values(mappings, {**known, **answers}, env) if mappings else answers
    return {**known, **given}


def _values(mappings: tuple[MappingSpec, ...], known: Mapping[str, object], env: Environment) -> dict[str, object]:
    given: dict[str, object] = {}
    for mapping in mappings:
        set_path(given, mapping.path, mapping.expression.value({**known, **given}, env))
    return given
