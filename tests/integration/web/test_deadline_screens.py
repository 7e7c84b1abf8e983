"""Deadlines on the screens: their story and their change on the case's page, escalation in inbox and on the board."""

import re
from datetime import timedelta

from sqlalchemy import select

from kfflow.persistence.tables import Deadline
from tests.integration.web import visiting

LEGAL = '<kf:deadline rule="10 AD" hjemmel="udgangsbek. § 26" kind="legal"/>'
ESCALATING = '<kf:deadline rule="4 H" hjemmel="Internt mål" kind="internal" escalateTo="teamleder"/>'


def deadline(service) -> Deadline:
    with service.database.transaction() as session:
        return session.scalars(select(Deadline)).one()


def change(client, service, token, **form):
    answer = client.post(f"/frister/{deadline(service).key}", data={"csrf_token": token, **form})
    assert answer.status_code == 303, answer.text
    return client.get(answer.location).text


def listed(client, view: str) -> int:
    return len(re.findall("data-task-key", client.get(f"/indbakke?view={view}").text))


def test_a_supervisor_extends_a_deadline_and_the_page_tells_it(client, service):
    visiting.deploy_form_process(service, extra=LEGAL)
    visiting.open_cases(service, 1)
    token = visiting.log_in(client, "teamleder")
    page = change(client, service, token, handling="forlaeng", til="5 AD", begrundelse="Uoplyst", hjemmel="fvl. § 19")
    told = (
        "Forlænget tirsdag den 24. november 2026 kl. 09.00 af Tove Lindegaard; "
        "udløber tirsdag den 15. december 2026 kl. 23.59 (begrundelse: Uoplyst; hjemmel: fvl. § 19)."
    )
    assert told in page
    assert "Fristen er ændret; den udløber" in page


def test_a_deadline_of_the_law_is_not_changed_without_a_basis(client, service):
    visiting.deploy_form_process(service, extra=LEGAL)
    visiting.open_cases(service, 1)
    token = visiting.log_in(client, "teamleder")
    page = change(client, service, token, handling="forlaeng", til="5 AD", begrundelse="Uoplyst")
    assert "En frist i loven kræver en hjemmel." in page
    assert deadline(service).due_at.date().isoformat() == "2026-12-08"


def test_a_deadline_is_paused_and_runs_on(client, service, clock):
    visiting.deploy_form_process(service, extra=ESCALATING)
    visiting.open_cases(service, 1)
    token = visiting.log_in(client, "teamleder")
    due_at = deadline(service).due_at
    page = change(client, service, token, handling="pause", begrundelse="Partshøring")
    assert "Står stille siden tirsdag den 24. november 2026 kl. 09.00 (Partshøring)." in page
    shown = [page, client.get("/indbakke?view=enhed").text, client.get("/tavle").text]
    assert [">på pause</span>" in one for one in shown] == [True, True, True]
    clock.at += timedelta(hours=3)
    token = visiting.log_in(client, "teamleder")
    change(client, service, token, handling="genoptag", begrundelse="Svar er kommet")
    assert (deadline(service).state, deadline(service).due_at) == ("RUNNING", due_at + timedelta(hours=3))


def test_a_caseworker_is_shown_no_form_and_may_not_change(client, service):
    visiting.deploy_form_process(service, extra=ESCALATING)
    number = visiting.open_cases(service, 1)[0]
    token = visiting.log_in(client, "sagsbehandler")
    assert "/frister/" not in client.get(f"/sager/{number}").text
    form = {"csrf_token": token, "til": "1 H", "begrundelse": "x"}
    assert client.post(f"/frister/{deadline(service).key}", data=form).status_code == 403


def test_what_was_warned_of_stands_with_the_group_it_escalates_to(client, service, worker, clock):
    visiting.deploy_form_process(service, extra=ESCALATING)
    visiting.open_cases(service, 1)
    visiting.log_in(client, "teamleder")
    assert listed(client, "eskaleret") == 0
    clock.at += timedelta(hours=3.5)
    worker.sweep()
    visiting.log_in(client, "teamleder")
    assert listed(client, "eskaleret") == 1
    assert "eskaleret til teamleder" in client.get("/indbakke?view=enhed").text
    assert re.findall(r'kf-tile__number">(\d+)', client.get("/tavle").text)[0] == "1"


def test_others_see_the_mark_but_not_the_view(client, service, worker, clock):
    visiting.deploy_form_process(service, extra=ESCALATING)
    visiting.open_cases(service, 1)
    clock.at += timedelta(hours=5)
    worker.sweep()
    visiting.log_in(client, "sagsbehandler")
    assert listed(client, "eskaleret") == 0
    assert "eskaleret til teamleder" in client.get("/indbakke?view=enhed").text


def test_the_deadline_of_a_whole_case_escalates_whatever_task_stands_open(client, service, worker, clock):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 1)
    with service.database.transaction() as session:
        task = visiting.tasks_of(service)[0]
        session.add(
            Deadline(
                key=1,
                case_key=task.case_key,
                instance_key=task.instance_key,
                element_id="vurder",
                name="Vurder",
                kind="internal",
                hjemmel="Internt mål",
                calendar="dk",
                rule="4 H",
                state="RUNNING",
                started_at=clock.at,
                due_at=clock.at + timedelta(hours=4),
                warn_at=clock.at + timedelta(hours=3),
                escalate_to="teamleder",
                explanation=[],
            )
        )
    clock.at += timedelta(hours=3)
    worker.note_deadlines()
    visiting.log_in(client, "teamleder")
    assert listed(client, "eskaleret") == 1
    assert "sagen eskaleret til teamleder" in client.get("/indbakke?view=enhed").text
