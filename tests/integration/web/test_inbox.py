"""The inbox: its views and counts, the task beside it, and what one does with it."""

import re

import pytest
from sqlalchemy import text

from kfflow.service import deployments
from kfflow.service.accounts import SYSTEM
from tests.integration.web import visiting


def test_strangers_are_sent_to_the_login_and_back(client):
    answer = client.get("/indbakke?view=mine")
    assert (answer.status_code, answer.location) == (303, "/login?next=/indbakke?view%3Dmine")


def test_the_inbox_lists_open_tasks_with_case_and_counts(client, service):
    visiting.deploy_form_process(service)
    numbers = visiting.open_cases(service, 3)
    visiting.log_in(client, "sagsbehandler")
    page = client.get("/indbakke?view=enhed").text
    assert [number for number in numbers if f"/sager/{number}" in page] == numbers
    assert re.findall(r'data-task-key="(\d+)"', page) == [str(task.key) for task in visiting.tasks_of(service)]
    assert "3 af 3" in page


def test_tasks_of_another_institution_are_not_there(client, service):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 1, institution="NYB")
    visiting.log_in(client, "sagsbehandler")
    task = visiting.tasks_of(service)[0]
    page = client.get(f"/indbakke?view=enhed&sel={task.key}").text
    assert (re.findall(r"data-task-key", page), "Vælg en opgave i listen" in page) == ([], True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_row_and_three(client, service, count):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, count)
    visiting.log_in(client, "sagsbehandler")
    client.get("/indbakke?view=enhed")
    with visiting.statements(service) as seen:
        assert client.get("/indbakke?view=enhed").status_code == 200
    assert len([statement for statement in seen if "user_task" in statement]) == 2


def test_a_claimed_task_is_mine(client, service):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 1)
    token = visiting.log_in(client, "sagsbehandler")
    task = visiting.tasks_of(service)[0]
    answer = client.post(f"/opgaver/{task.key}/tag", data={"csrf_token": token})
    assert answer.status_code == 303
    assert visiting.tasks_of(service)[0].assignee == "sagsbehandler"
    assert f'data-task-key="{task.key}"' in client.get("/indbakke?view=mine").text


def test_completing_completes_and_opens_the_next(client, service):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 2)
    token = visiting.log_in(client, "sagsbehandler")
    first, second = visiting.tasks_of(service)
    answers = {
        "begrundelse": "Fordi",
        "udfald": "ja",
        "dag": "24.11.2026",
        "antal": "3",
        "naeste": "1",
        "tilbage": "/indbakke?view=enhed",
        "csrf_token": token,
    }
    answer = client.post(f"/opgaver/{first.key}/fuldfoer", data=answers)
    assert (answer.status_code, answer.location) == (303, f"/indbakke?view=enhed&sel={second.key}")
    assert visiting.tasks_of(service)[0].state == "COMPLETED"


def test_a_refused_form_says_why_and_keeps_what_was_typed(client, service):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 1)
    token = visiting.log_in(client, "sagsbehandler")
    task = visiting.tasks_of(service)[0]
    sent = {"begrundelse": "", "udfald": "nej", "antal": "mange", "dag": "i morgen", "csrf_token": token}
    answer = client.post(f"/opgaver/{task.key}/fuldfoer", data=sent)
    assert answer.status_code == 422
    summary = answer.text.split('class="kf-error-summary"')[1].split("</div>")[0]
    assert re.findall(r'href="#felt-([a-z]+)"', summary) == ["begrundelse", "afslag", "dag", "antal"]
    assert 'value="mange"' in answer.text
    assert 'aria-describedby="felt-begrundelse-fejl"' in answer.text
    assert visiting.tasks_of(service)[0].state == "CREATED"


def test_completing_what_a_colleague_holds_says_who_and_keeps_the_text(client, service, app):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 1)
    task = visiting.tasks_of(service)[0]
    other = app.test_client()
    client.post(f"/opgaver/{task.key}/tag", data={"csrf_token": visiting.log_in(client, "sagsbehandler")})
    token = visiting.log_in(other, "teamleder")
    answer = other.post(f"/opgaver/{task.key}/fuldfoer", data={"begrundelse": "Min tekst", "csrf_token": token})
    assert answer.status_code == 409
    assert "taget af Sanne Kjærsgaard siden 24.11.2026 kl. 09.00" in answer.text
    assert "Min tekst" in answer.text


def test_a_draft_comes_back(client, service):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 1)
    token = visiting.log_in(client, "sagsbehandler")
    task = visiting.tasks_of(service)[0]
    answer = client.post(
        f"/opgaver/{task.key}/kladde", data={"begrundelse": "Halvt fær"}, headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 200
    assert 'value="Halvt fær"' in client.get(f"/indbakke?view=enhed&sel={task.key}").text


def test_a_condition_is_judged_anew_while_the_form_is_filled_in(client, service):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 1)
    token = visiting.log_in(client, "sagsbehandler")
    task = visiting.tasks_of(service)[0]
    shown = [
        "Hvorfor ikke" in client.post(f"/opgaver/{task.key}/felter", data={"udfald": outcome, "csrf_token": token}).text
        for outcome in ("ja", "nej")
    ]
    assert shown == [False, True]


def test_a_supervisor_hands_a_task_over(client, service):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 1)
    token = visiting.log_in(client, "teamleder")
    task = visiting.tasks_of(service)[0]
    client.post(f"/opgaver/{task.key}/giv-til", data={"assignee": "sagsbehandler", "csrf_token": token})
    assert visiting.tasks_of(service)[0].assignee == "sagsbehandler"


def test_a_search_finds_by_case_number(client, service):
    visiting.deploy_form_process(service)
    numbers = visiting.open_cases(service, 3)
    visiting.log_in(client, "sagsbehandler")
    page = client.get(f"/indbakke?q={numbers[1]}").text
    assert [number for number in numbers if f"/sager/{number}" in page] == [numbers[1]]


def test_a_form_is_shown_and_refused_in_english_where_the_designer_wrote_it(client, service):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 1)
    token = visiting.log_in(client, "sagsbehandler")
    task = visiting.tasks_of(service)[0]
    client.post("/sprog", data={"language": "en", "csrf_token": token})
    shown = client.get(f"/indbakke?view=enhed&sel={task.key}").text
    assert [word for word in ("Reasons", "In short", "Yes", "Politiet er hoert") if word not in shown] == []
    assert "Begrundelse" not in shown
    refused = client.post(f"/opgaver/{task.key}/fuldfoer", data={"udfald": "ja", "csrf_token": token})
    assert "Fill in &#34;Reasons&#34;" in refused.text


def test_the_list_is_narrowed_by_process_step_and_owner(client, service):
    visiting.deploy_form_process(service, "foerste")
    visiting.deploy_form_process(service, "anden")
    visiting.open_cases(service, 2, "foerste")
    visiting.open_cases(service, 1, "anden")
    token = visiting.log_in(client, "sagsbehandler")
    client.post(f"/opgaver/{visiting.tasks_of(service)[0].key}/tag", data={"csrf_token": token})

    def shown(address):
        return len(re.findall("data-task-key", client.get(f"/indbakke?view=enhed&{address}").text))

    addresses = ("proces=foerste", "proces=anden&element=Vurder", "ansvarlig=sagsbehandler", "ansvarlig=-", "element=X")
    assert [shown(address) for address in addresses] == [2, 1, 1, 2, 0]
    page = client.get("/indbakke?view=enhed&proces=foerste&ansvarlig=-").text
    chosen = re.findall(r'<option value="([^"]+)"\s+selected', page)
    assert (chosen, 'name="element"' in page) == (["foerste", "-"], True)


def test_a_choice_that_is_only_to_be_read_is_told_in_words(client, service):
    form = visiting.FORM.replace(b'"key": "udfald"', b'"key": "udfald", "readonly": true, "defaultValue": "ja"')
    visiting.deploy_form_process(service)
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("vurdering.form", form)])
    visiting.open_cases(service, 1)
    visiting.log_in(client, "sagsbehandler")
    shown = client.get(f"/indbakke?view=enhed&sel={visiting.tasks_of(service)[0].key}").text
    field = shown.split('id="felt-udfald"')[1].split("</div>")[0]
    assert ("<p>Ja</p>" in field, "<p>Nej</p>" in field, 'name="udfald"' in shown) == (True, False, False)


COPIES = """INSERT INTO user_task SELECT (jsonb_populate_record(t, jsonb_build_object('key', t.key + n, 'token', n))).*
  FROM user_task t CROSS JOIN generate_series(1, :copies) n"""


@pytest.mark.parametrize(
    ("copies", "language", "told"),
    [(999, "da", "1.000"), (1000, "da", "1.000+"), (1000, "en", "1,000+"), (5000, "da", "1.000+")],
)
def test_counting_stops_at_a_thousand_and_says_that_there_are_more(client, service, copies, language, told):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 1)
    with service.database.transaction() as session:
        session.execute(text(COPIES), {"copies": copies})
    token = visiting.log_in(client, "sagsbehandler")
    client.post("/sprog", data={"language": language, "next": "/", "csrf_token": token})
    shown = " ".join(client.get("/indbakke?view=enhed").text.split())
    assert f"50 {('af', 'of')[language == 'en']} {told} <" in shown
