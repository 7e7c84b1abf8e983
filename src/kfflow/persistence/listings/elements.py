"""Element instances: they have no table, so what the history tells of them is put beside the rows it belongs to."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import BigInteger, Boolean, DateTime, Select, Text, bindparam, cast, column, func, literal, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from kfflow.persistence.listings.fragments import of_case, tenant
from kfflow.persistence.search import Column, Kind, Listing
from kfflow.persistence.tables import Case, ProcessInstance

_TOLD = (
    column("element_instance_key", BigInteger),
    column("process_instance_key", BigInteger),
    column("element_id", Text),
    column("element_name", Text),
    column("type", Text),
    column("state", Text),
    column("start_date", DateTime(timezone=True)),
    column("end_date", DateTime(timezone=True)),
    column("has_incident", Boolean),
    column("incident_key", BigInteger),
)


def element_instances(told: Sequence[Mapping[str, Any]]) -> Listing:
    """Give the list of these element instances; each has the fields of `_TOLD`, its instants in UTC."""
    given = cast(bindparam("told", orjson.dumps(list(told)).decode(), Text, unique=True), JSONB)
    rows = func.jsonb_to_recordset(given).table_valued(*_TOLD).render_derived(name="told", with_types=True)

    def joined(chosen: Select[Any]) -> Select[Any]:
        return (
            chosen.select_from(rows)
            .join(ProcessInstance, ProcessInstance.key == rows.c.process_instance_key)
            .join(Case, Case.key == ProcessInstance.case_key)
        )

    return Listing(
        "element-instance",
        joined,
        (
            Column("element_instance_key", Kind.KEY, rows.c.element_instance_key),
            Column("element_id", Kind.TEXT, rows.c.element_id),
            Column("element_name", Kind.TEXT, rows.c.element_name),
            Column("type", Kind.TEXT, rows.c.type),
            Column("state", Kind.TEXT, rows.c.state),
            Column("start_date", Kind.INSTANT, rows.c.start_date),
            Column("end_date", Kind.INSTANT, rows.c.end_date),
            Column("has_incident", Kind.BOOLEAN, func.coalesce(rows.c.has_incident, literal(value=False))),
            Column("incident_key", Kind.KEY, rows.c.incident_key),
            Column("process_instance_key", Kind.KEY, rows.c.process_instance_key),
            Column("root_process_instance_key", Kind.KEY, ProcessInstance.root_key, filterable=False),
            Column("process_definition_key", Kind.KEY, ProcessInstance.definition_key),
            Column("process_definition_id", Kind.TEXT, type_coerce(ProcessInstance.process_id, Text)),
            tenant(),
        ),
        of_case,
        Case.key,
    )


ELEMENT_INSTANCES = element_instances([])
"""The list without rows: what can be asked of it and how a row looks."""
