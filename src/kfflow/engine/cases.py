"""What a process says of its whole case: the deadline it has, and the date whose law it follows."""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from kfflow.engine.deadline_rows import Asking
from kfflow.engine.deadlines import deadline_rule, instant_of
from kfflow.engine.definition import Definition
from kfflow.engine.outcome import DeadlineRule, Environment
from kfflow.engine.timing import InvalidTime
from kfflow.errors import EngineFailure


def case_deadline(definition: Definition, variables: Mapping[str, object], env: Environment) -> DeadlineRule | None:
    """Evaluate the `kf:deadline` of a process for a case that begins with these variables; None when it has no end."""
    if definition.deadline is None:
        return None
    try:
        asking = Asking(definition.process_id, definition.process_id, definition.name)
        found = deadline_rule(definition.deadline, lambda e: e.value(variables, env), env, asking)
    except InvalidTime as problem:
        raise _no_date(definition, str(problem)) from None
    return found if found is not None and (found.rule or found.until or found.obstacle) else None


def legal_date(definition: Definition, variables: Mapping[str, object], env: Environment) -> date | None:
    """Evaluate `kf:case legalDate`, a day in the zone of the case; None when the process or the case has none."""
    if definition.legal_date is None:
        return None
    value = definition.legal_date.value(variables, env)
    try:
        found = instant_of(value, env)
    except InvalidTime:
        raise _no_date(definition, str(value)) from None
    return None if found is None else found.astimezone(ZoneInfo(env.zone)).date()


def _no_date(definition: Definition, text: str) -> EngineFailure:
    return EngineFailure(
        f"{text!r} på processen {definition.process_id} er ikke en dato.",
        f"{text!r} of the process {definition.process_id} is no date.",
        element_id=definition.process_id,
        kind="INVALID_DATE",
    )
