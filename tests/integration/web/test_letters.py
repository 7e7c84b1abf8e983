"""The letter seen before it is issued, and the issued one in the case's documents."""

import pytest
from sqlalchemy import select, update

from kfflow.persistence.tables import AuditEvent, Document, UserTask
from kfflow.service import instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.integration.service import test_letters
from tests.integration.service.test_letters import shipped  # noqa: F401 - a fixture
from tests.integration.web import visiting

ANSWERS = {"udfald": "afslag", "begrundelse": "Politiet fraråder det."}


@pytest.fixture
def task(shipped) -> int:  # noqa: F811 - the fixture
    test_letters.person(shipped)
    with shipped.command(SYSTEM) as ctx:
        variables = {"indsat_id": "SYN-000007", "sagstype": "udgang", "afgoerelse_rolle": "sagsbehandler"}
        details = CaseDetails(institution_code="SDO")
        instances.create(ctx, process_id="kf_afgoerelse", variables=variables, case=details)
    with shipped.database.transaction() as session:
        return session.scalars(select(UserTask.key)).one()


def audited(service, verb) -> list[str]:
    with service.database.transaction() as session:
        return list(session.scalars(select(AuditEvent.reason).where(AuditEvent.verb == verb)))


def test_task_that_prepares_a_letter_has_a_button_for_it(client, task):
    visiting.log_in(client, "sagsbehandler")
    page = client.get(f"/indbakke?sel={task}").text
    assert f'formaction="/opgaver/{task}/brev"' in page
    assert 'formtarget="_blank"' in page


def test_letter_is_seen_with_what_is_typed_and_not_stored(client, service, task):
    token = visiting.log_in(client, "sagsbehandler")
    answer = client.post(f"/opgaver/{task}/brev", data={**ANSWERS, "csrf_token": token})
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; object-src 'self'")
    told = test_letters.text_of(answer.data)
    for words in ("KLADDE – IKKE UDSENDT", "Afslag i sag", "Politiet fraråder det.", "Du kan klage"):
        assert words in told
    with service.database.transaction() as session:
        assert session.scalars(select(Document)).all() == []
    assert audited(service, "service:letter:preview") == ["ser brevet, før det udsendes"]


def test_outcome_typed_so_far_decides_which_letter_is_seen(client, task):
    token = visiting.log_in(client, "sagsbehandler")
    data = {"udfald": "imoedekommet", "csrf_token": token}
    assert "Din ansøgning er imødekommet." in test_letters.text_of(client.post(f"/opgaver/{task}/brev", data=data).data)


def test_letter_can_be_seen_with_an_empty_form(client, task):
    token = visiting.log_in(client, "sagsbehandler")
    answer = client.post(f"/opgaver/{task}/brev", data={"csrf_token": token})
    assert "KLADDE" in test_letters.text_of(answer.data)


def test_letter_of_another_group_is_not_shown(client, service, task):
    with service.database.transaction() as session:
        session.execute(update(UserTask).values(candidate_groups=["direktorat"]))
    token = visiting.log_in(client, "sagsbehandler")
    assert client.post(f"/opgaver/{task}/brev", data={**ANSWERS, "csrf_token": token}).status_code == 403


def test_letter_without_a_token_is_refused(client, task):
    visiting.log_in(client, "sagsbehandler")
    assert client.post(f"/opgaver/{task}/brev", data=ANSWERS).status_code == 400


def test_task_that_prepares_no_letter_shows_none(client, service):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 1)
    key = visiting.tasks_of(service)[0].key
    token = visiting.log_in(client, "sagsbehandler")
    assert "formaction" not in client.get(f"/indbakke?sel={key}").text
    assert client.post(f"/opgaver/{key}/brev", data={"csrf_token": token}).status_code == 404


def test_issued_letter_is_listed_and_downloaded_with_an_audited_reason(client, service, shipped, worker):  # noqa: F811 - the fixture
    test_letters.person(shipped)
    document = test_letters.decided(shipped, worker)
    visiting.log_in(client, "omraadekontor")
    number = document.data["sagsnummer"]
    address = f"/sager/{number}/dokumenter/{document.key}"
    assert address in client.get(f"/sager/{number}").text
    answer = client.get(address)
    assert (answer.data == document.content, answer.content_type) == (True, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}-{document.key}.pdf"'
    assert audited(service, "web:document:read") == ["læser dokument"]
