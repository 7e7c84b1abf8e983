"""The case's screen and the supervisor's board."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from kfflow.persistence.tables import AuditEvent, Case, ProcessInstance
from kfflow.service import absences, deployments, suspension
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams
from tests.integration.web import visiting

DEADLINE = '<kf:deadline rule="{rule}" hjemmel="udgangsbek. § 26" kind="legal"/>'


@pytest.fixture
def cases(service):
    """Six cases in three processes: late, due today, due later; the clock stands an hour after the late one."""
    for process_id, rule in (("sen", "30 M"), ("idag", "6 H"), ("siden", "20 AD")):
        extra = DEADLINE.format(rule=rule)
        visiting.deploy_form_process(service, process_id, extra=extra)
        visiting.open_cases(service, 2, process_id)
    return visiting.tasks_of(service)


def test_a_case_tells_who_what_when_and_why(client, service):
    visiting.deploy_form_process(service, extra=DEADLINE.format(rule="10 AD"))
    number = visiting.open_cases(service, 1)[0]
    visiting.log_in(client, "sagsbehandler")
    page = client.get(f"/sager/{number}").text
    for told in ("Vurder", "udgangsbek. § 26", "blev oprettet", "Sådan er fristen regnet ud", "sagen er her"):
        assert told in page, told
    state = re.search(r'<kf-diagram[^>]*>\s*<script type="application/json">(.*?)</script>', page, re.DOTALL)
    assert '"active": [{"count": 1, "element_id": "Vurder"}]' in state[1]


def test_reading_a_case_is_written_to_the_audit_log(client, service):
    visiting.deploy_form_process(service)
    number = visiting.open_cases(service, 1)[0]
    visiting.log_in(client, "sagsbehandler")
    client.get(f"/sager/{number}")
    with service.database.transaction() as session:
        read = select(AuditEvent).where(AuditEvent.verb == "service:case:read", AuditEvent.actor == "sagsbehandler")
        events = list(session.scalars(read))
    assert [(event.subject, event.reason) for event in events] == [(number, "opslag i sag")]


def test_another_institutions_case_does_not_exist(client, service):
    visiting.deploy_form_process(service)
    number = visiting.open_cases(service, 1, institution="NYB")[0]
    visiting.log_in(client, "sagsbehandler")
    assert client.get(f"/sager/{number}").status_code == 404


def test_the_diagram_comes_in_the_version_the_case_runs_in(client, service):
    visiting.deploy_form_process(service)
    number = visiting.open_cases(service, 1)[0]
    visiting.log_in(client, "sagsbehandler")
    page = client.get(f"/sager/{number}").text
    source = client.get(re.search(r'<kf-diagram src="([^"]+)"', page)[1])
    assert (source.status_code, source.mimetype, b'id="Vurder"' in source.data) == (200, "application/xml", True)


def test_a_comment_is_shown_as_text(client, service):
    visiting.deploy_form_process(service)
    number = visiting.open_cases(service, 1)[0]
    token = visiting.log_in(client, "sagsbehandler")
    client.post(f"/sager/{number}/bemaerkninger", data={"text": "<b>fed</b>", "csrf_token": token})
    assert "&lt;b&gt;fed&lt;/b&gt;" in client.get(f"/sager/{number}").text


@pytest.mark.parametrize("text", ["  ", "x" * 10_001])
def test_a_comment_that_cannot_be_saved_says_why_and_where_it_is(client, service, text):
    visiting.deploy_form_process(service)
    number = visiting.open_cases(service, 1)[0]
    token = visiting.log_in(client, "sagsbehandler")
    refused = client.post(f"/sager/{number}/bemaerkninger", data={"text": text, "csrf_token": token})
    assert refused.status_code == 400
    assert "<li>Skriv mellem 1 og 10.000 tegn.</li>" in refused.text
    assert "Gå tilbage i browseren: det, du skrev, står der stadig." in refused.text


def test_a_case_is_started_from_the_page(client, service):
    visiting.deploy_form_process(service)
    token = visiting.log_in(client, "sagsbehandler")
    answer = client.post("/sager/ny", data={"proces": "vurder", "csrf_token": token})
    with service.database.transaction() as session:
        number = session.scalars(select(Case)).one().number
    assert (answer.status_code, answer.location) == (303, f"/sager/{number}")


def test_a_part_of_a_case_is_not_offered_as_a_new_one(client, service):
    visiting.deploy_form_process(service)
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("del.bpmn", diagrams.part_of_a_case("del"))])
    token = visiting.log_in(client, "sagsbehandler")
    page = client.get("/sager/ny").text
    assert ('value="vurder"' in page, 'value="del"' in page) == (True, False)
    sent = client.post("/sager/ny", data={"proces": "del", "csrf_token": token})
    assert (sent.status_code, "åbner ingen selv" in sent.text) == (409, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_cases_takes_one_query_whatever_its_length(client, service, count):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, count)
    visiting.log_in(client, "sagsbehandler")
    with visiting.statements(service) as seen:
        assert client.get("/sager").status_code == 200
    assert len([statement for statement in seen if 'FROM "case"' in statement]) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_case_takes_the_same_queries_for_one_line_of_history_and_many(client, service, count):
    visiting.deploy_form_process(service)
    number = visiting.open_cases(service, 1)[0]
    token = visiting.log_in(client, "sagsbehandler")
    for _ in range(count):
        client.post(f"/sager/{number}/bemaerkninger", data={"text": "x", "csrf_token": token})
    client.get(f"/sager/{number}")
    with visiting.statements(service) as seen:
        assert client.get(f"/sager/{number}").status_code == 200
    assert len([statement for statement in seen if statement.startswith("SELECT")]) == 16


def test_every_number_of_the_board_is_the_length_of_its_list(client, cases, clock):
    clock.at = cases[0].due_at.replace(minute=59)
    visiting.log_in(client, "teamleder")
    page = client.get("/tavle").text
    links = re.findall(r'href="(/indbakke\?view=[^"]+)">\s*(?:<span class="kf-tile__number">)?(\d+)', page)
    assert len(links) > 6
    for link, number in links:
        shown = client.get(link.replace("&amp;", "&")).text
        assert (link, len(re.findall(r"data-task-key", shown))) == (link, int(number))


def test_the_board_counts_what_is_late_and_due_today(client, cases, clock):
    clock.at = cases[0].due_at.replace(minute=59)
    visiting.log_in(client, "teamleder")
    tiles = re.findall(r'kf-tile__number">(\d+)', client.get("/tavle").text)
    assert tiles == ["0", "2", "0", "2", "2", "6", "6"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_takes_the_same_queries_for_one_task_and_three(client, service, count):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, count)
    visiting.log_in(client, "teamleder")
    with visiting.statements(service) as seen:
        assert client.get("/tavle").status_code == 200
    assert len([statement for statement in seen if "user_task" in statement]) == 3


def test_tasks_are_handed_over_from_the_board(client, cases, service):
    token = visiting.log_in(client, "teamleder")
    keys = [str(task.key) for task in cases[:2]]
    client.post("/tavle/fordel", data={"opgave": keys, "assignee": "sagsbehandler", "csrf_token": token})
    assert [task.assignee for task in visiting.tasks_of(service)] == ["sagsbehandler"] * 2 + [None] * 4


def told_away(service, username, first, last=None):
    with service.command(SYSTEM) as ctx:
        absences.tell(ctx, username, first, last)


def offered(page: str) -> tuple[list[str], list[str]]:
    """Give the names of those whom a page offers to hand a task to: those who are there, and those who are not."""
    chosen = re.search(r'<select[^>]*name="assignee">(.*?)</select>', page, re.DOTALL)[1]
    there, _, away = chosen.partition("<optgroup")
    return tuple([" ".join(name.split()) for name in re.findall(r"<option[^>]*>(.*?)</option>", part, re.DOTALL)]
                 for part in (there, away))  # fmt: skip


@pytest.mark.parametrize("path", ["/tavle", "/indbakke?view=enhed&sel={key}"])
def test_colleagues_who_are_away_are_offered_last_with_their_days(client, cases, service, clock, path):
    visiting.log_in(client, "teamleder")
    path = path.format(key=cases[0].key)
    everybody, nobody = offered(client.get(path).text)
    assert ("Sanne Kjærsgaard" in everybody, nobody) == (True, [])
    today = clock.at.date()
    told_away(service, "sagsbehandler", today - timedelta(days=1), today)
    told_away(service, "betjent", today + timedelta(days=1))
    there, away = offered(client.get(path).text)
    days = f"{today - timedelta(days=1):%d.%m.%Y}–{today:%d.%m.%Y}"
    assert away == [f"Sanne Kjærsgaard (fraværende {days})"]
    later = f" (fraværende fra {today + timedelta(days=1):%d.%m.%Y} indtil videre)"
    assert sorted(name.removesuffix(later) for name in there) == sorted({*everybody} - {"Sanne Kjærsgaard"})
    assert sum(name.endswith(later) for name in there) == 1


def test_an_absence_that_is_over_is_not_told(client, cases, service, clock):
    assert cases
    today = clock.at.date()
    told_away(service, "sagsbehandler", today - timedelta(days=2), today - timedelta(days=1))
    visiting.log_in(client, "teamleder")
    there, away = offered(client.get("/tavle").text)
    assert ("Sanne Kjærsgaard" in there, away) == (True, [])


def test_a_task_can_still_be_handed_to_somebody_who_is_away(client, cases, service, clock):
    told_away(service, "sagsbehandler", clock.at.date())
    token = visiting.log_in(client, "teamleder")
    client.post("/tavle/fordel", data={"opgave": str(cases[0].key), "assignee": "sagsbehandler", "csrf_token": token})
    assert visiting.tasks_of(service)[0].assignee == "sagsbehandler"


def test_an_incident_is_shown_and_tried_again(client, service):
    broken = diagrams.script_task("Regn", "=1 + ukendt.felt.der", "r")
    source = diagrams.sequence("brud", broken, diagrams.call_activity("Kald", "findes_ikke"), ids=["Regn", "Kald"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("brud.bpmn", source)])
    number = visiting.open_cases(service, 1, "brud")[0]
    token = visiting.log_in(client, "teamleder")
    page = client.get(f"/sager/{number}").text
    assert "Sagen er standset" in page
    retry = re.search(r'action="(/haendelser/\d+/proev-igen)"', page)[1]
    assert client.post(retry, data={"csrf_token": token}).location == f"/sager/{number}"


def suspend_all(service):
    with service.command(SYSTEM, reason="") as ctx:
        for key in ctx.session.scalars(select(ProcessInstance.key)):
            suspension.suspend(ctx, key, reason="Anke i højesteret", hjemmel="retsplejeloven § 910")


def test_a_suspended_case_says_so_on_its_page(client, service):
    visiting.deploy_form_process(service)
    number = visiting.open_cases(service, 1)[0]
    visiting.log_in(client, "sagsbehandler")
    assert "Sagen er i bero" not in client.get(f"/sager/{number}").text
    suspend_all(service)
    page = client.get(f"/sager/{number}").text
    told = "Sagen er sat i bero af system den 24.11.2026 kl. 09.00: Anke i højesteret (retsplejeloven § 910)."
    assert (told in page, "vurder sat i bero" in page) == (True, True)


def test_a_suspended_cases_task_is_shown_and_cannot_be_worked(client, service):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 1)
    suspend_all(service)
    token = visiting.log_in(client, "sagsbehandler")
    key = visiting.tasks_of(service)[0].key
    page = client.get(f"/indbakke?view=enhed&sel={key}").text
    assert ("i bero</span>" in page, "Sagen er sat i bero af" in page, 'data-kf-action="claim"' in page) == (
        True,
        True,
        False,
    )
    refused = client.post(f"/opgaver/{key}/fuldfoer", data={"csrf_token": token, "begrundelse": "x", "udfald": "ja"})
    assert refused.status_code == 409
    assert "Sagen er sat i bero af" in refused.text
