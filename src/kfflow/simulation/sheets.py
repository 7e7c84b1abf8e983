"""A task as it lies in a queue, and as somebody reads it who is about to do it: each by one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, literal_column, select

from kfflow.domain.forms import Form
from kfflow.domain.law import Days
from kfflow.persistence import validity
from kfflow.persistence.tables import Case, ProcessInstance, UserTask
from kfflow.service import definitions, forms
from kfflow.service.context import Context
from kfflow.simulation.queues import NEVER, Open, Place

COLUMNS = (
    UserTask.key,
    UserTask.due_at,
    UserTask.element_id,
    UserTask.form_id,
    UserTask.case_key,
    UserTask.four_eyes,
    UserTask.candidate_groups,
    UserTask.institution_code,
    UserTask.area,
    UserTask.access_class,
    UserTask.assignee,
)
"""What `as_open` asks of a row."""

# Reads an open task with what its case knows. Asked for every task that is done, so it goes on the wire.
_SHEET = validity.as_text(
    select(
        *COLUMNS,
        UserTask.variables.label("own"),
        ProcessInstance.variables.label("known"),
        Case.opened_at,
        Case.legal_date,
    )
    .join(ProcessInstance, ProcessInstance.key == UserTask.instance_key)
    .join(Case, Case.key == UserTask.case_key)
    .where(UserTask.key == bindparam("key"), UserTask.state == literal_column("'CREATED'"))
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open task, what its case knows, and the days on which the version of its form hangs."""

    task: Open
    known: Mapping[str, Any]
    days: Days


def find(ctx: Context, key: int) -> Sheet | None:
    """Read a task; None when it is not open any more."""
    row = ctx.transaction.fetch_one(_SHEET, {"key": key})
    if row is None:
        return None
    *task, own, known, opened_at, legal_date = row
    return Sheet(as_open(task), {**known, **own}, definitions.days_on(ctx, opened_at, legal_date))


def form_of(ctx: Context, sheet: Sheet) -> Form | None:
    return forms.in_force(ctx, sheet.task.form_id, sheet.days) if sheet.task.form_id else None


def as_open(row: Sequence[Any]) -> Open:
    """Give a row of `COLUMNS` as the task stands in a queue."""
    key, due_at, element_id, form_id, case_key, four_eyes, groups, *place = row
    return Open(
        due_at=due_at or NEVER,
        key=key,
        element_id=element_id,
        form_id=form_id,
        case_key=case_key,
        four_eyes=tuple(four_eyes),
        place=Place(frozenset(groups), *place),
    )
