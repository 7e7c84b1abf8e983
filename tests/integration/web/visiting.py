"""Visiting the screens as a demo account, and cases to look at."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event, select

from kfflow.persistence.tables import Case, UserTask
from kfflow.service import deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams

PASSWORD = "synthetic-demo-1"
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
FORM = b"""{"type": "default", "id": "vurdering", "schemaVersion": 19, "components": [
 {"type": "textfield", "id": "F1", "key": "begrundelse", "label": "Begrundelse", "validate": {"required": true},
  "properties": {"label_en": "Reasons"}},
 {"type": "radio", "id": "F2", "key": "udfald", "label": "Udfald",
  "values": [{"label": "Ja", "value": "ja"}, {"label": "Nej", "value": "nej"}],
  "properties": {"option_ja_en": "Yes", "option_nej_en": "No"}},
 {"type": "textarea", "id": "F3", "key": "afslag", "label": "Hvorfor ikke", "validate": {"required": true},
  "conditional": {"hide": "=udfald != \\"nej\\""}},
 {"type": "datetime", "id": "F4", "key": "dag", "label": "Dag", "subtype": "date", "dateLabel": "Dag"},
 {"type": "number", "id": "F5", "key": "antal", "label": "Antal", "description": "Kort",
  "properties": {"description_en": "In short"}},
 {"type": "checkbox", "id": "F6", "key": "hoert", "label": "Politiet er hoert"}]}"""


def token_of(page: str) -> str:
    found = TOKEN.search(page)
    assert found, "every page carries a token"
    return found[1]


def log_in(client, username):
    """Log in and give the page's CSRF token."""
    page = client.get("/login").text
    answer = client.post("/login", data={"username": username, "password": PASSWORD, "csrf_token": token_of(page)})
    assert answer.status_code == 303, answer.text
    return token_of(client.get("/processer").text)


def deploy_form_process(service, process_id="vurder", **attributes):
    """Put a process of one task with a form in operation."""
    extra = '<zeebe:formDefinition formId="vurdering"/>' + attributes.pop("extra", "")
    task = diagrams.user_task("Vurder", extra=extra, **attributes)
    source = diagrams.sequence(process_id, task, ids=["Vurder"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [(f"{process_id}.bpmn", source), ("vurdering.form", FORM)])


def open_cases(service, count, process_id="vurder", institution="SDO"):
    """Start cases and give their numbers."""
    numbers = []
    for _ in range(count):
        with service.command(SYSTEM) as ctx:
            details = CaseDetails(institution_code=institution)
            instance = instances.create(ctx, process_id=process_id, variables={}, case=details)
            numbers.append(ctx.session.get_one(Case, instance.case_key).number)
    return numbers


def tasks_of(service):
    with service.database.transaction() as session:
        return list(session.scalars(select(UserTask).order_by(UserTask.key)))


@contextmanager
def statements(service) -> Iterator[list[str]]:
    """Collect the statements sent while the block runs."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_others):
        seen.append(statement)

    event.listen(service.database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(service.database.engine, "before_cursor_execute", note)
