"""Orphans: active instances that wait for nothing. kfflow makes none; should one exist, a person is told."""

from kfflow.domain.lifecycle import IncidentState
from kfflow.persistence import orphans
from kfflow.persistence.orphans import Orphan
from kfflow.persistence.tables import Incident
from kfflow.service import audit
from kfflow.service.context import Context

KIND = "ORPHAN"


def report(ctx: Context) -> list[int]:
    """Raise an incident on every orphan that has none; gives the keys of these instances."""
    found = orphans.find(ctx.session)
    for orphan in found:
        _raise_incident(ctx, orphan)
        audit.record(ctx, "jobs:instance:orphaned", str(orphan.key), case_key=orphan.case_key)
    ctx.session.flush()
    return [orphan.key for orphan in found]


def _raise_incident(ctx: Context, orphan: Orphan) -> None:
    ctx.session.add(
        Incident(
            key=ctx.new_key(),
            instance_key=orphan.key,
            root_key=orphan.root_key,
            case_key=orphan.case_key,
            definition_key=orphan.definition_key,
            process_id=orphan.process_id,
            element_id=orphan.process_id,
            token=None,
            kind=KIND,
            message_da="Sagsgangen er i gang, men venter ikke på noget. Annullér den, eller få den undersøgt.",
            message_en="The process instance is active but waits for nothing. Cancel it or have it looked into.",
            state=IncidentState.ACTIVE,
            created_at=ctx.at,
        )
    )
