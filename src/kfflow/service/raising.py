"""Raising an incident on a running instance: what has to be looked at by a person before it can go on."""

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, literal_column

from kfflow.domain.lifecycle import IncidentState
from kfflow.persistence.tables import Incident, ProcessInstance
from kfflow.service.attempts import Told
from kfflow.service.context import Context

TIMER_FAILED = "TIMER_FAILED"
MESSAGE_FAILED = "MESSAGE_FAILED"
SIGNAL_FAILED = "SIGNAL_FAILED"


def raise_incident(ctx: Context, kind: str, instance_key: int, element_id: str, told: Told) -> Incident:
    """Raise an incident at an element of an instance."""
    instance = ctx.session.get_one(ProcessInstance, instance_key)
    incident = Incident(
        key=ctx.new_key(),
        instance_key=instance.key,
        root_key=instance.root_key,
        case_key=instance.case_key,
        definition_key=instance.definition_key,
        process_id=instance.process_id,
        element_id=element_id,
        kind=kind,
        message_da=told[0],
        message_en=told[1],
        state=IncidentState.ACTIVE,
        created_at=ctx.at,
    )
    ctx.session.add(incident)
    ctx.session.flush()
    return incident


def waits_for_a_person(
    kind: str, instance_key: SQLColumnExpression[int | None], element_id: SQLColumnExpression[str]
) -> ColumnElement[bool]:
    """Give the condition that an incident of this kind is open at an element, so that nothing there is tried again.

    Its constants stand in the text, so that it goes on the wire, too.
    """
    return exists().where(
        Incident.instance_key == instance_key,
        Incident.element_id == element_id,
        Incident.kind == literal_column(f"'{kind}'"),
        Incident.state == literal_column(f"'{IncidentState.ACTIVE}'"),
    )
