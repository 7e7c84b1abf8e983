"""Who may open which page: every route for every role, and nothing that is not listed."""

import re

import pytest

from kfflow.web import ROUTES, access
from tests.integration.web import visiting

PEOPLE = ("sagsbehandler", "teamleder", "procesdesigner", "revisor", "administrator")
EVERYBODY = frozenset(PEOPLE)
KEY = re.compile("<key:[a-z]+>")
READERS = frozenset({"sagsbehandler", "teamleder", "revisor"})
WORKERS = frozenset({"sagsbehandler", "teamleder"})
DESIGNER = frozenset({"procesdesigner"})
PUBLISHERS = DESIGNER | {"administrator"}
ALLOWED = {
    "home": EVERYBODY,
    "login": EVERYBODY,
    "log_in": EVERYBODY,
    "logout": EVERYBODY,
    "switch_language": EVERYBODY,
    "inbox": READERS,
    "claim": WORKERS,
    "release": WORKERS,
    "hand_over": frozenset({"teamleder"}),
    "complete": WORKERS,
    "save_draft": WORKERS,
    "fields": WORKERS,
    "letter": WORKERS,
    "change_deadline": frozenset({"teamleder"}),
    "cases": READERS,
    "new_case": WORKERS,
    "start_case": WORKERS,
    "start_fields": WORKERS,
    "import_page": frozenset({"teamleder"}),
    "receive_import": frozenset({"teamleder"}),
    "case": READERS,
    "case_diagram": READERS,
    "document": READERS,
    "coming_letters": READERS,
    "coming_letter": READERS,
    "comment": WORKERS,
    "retry": frozenset({"teamleder", "administrator"}),
    "board": frozenset({"teamleder", "revisor"}),
    "reassign": frozenset({"teamleder"}),
    "absences": frozenset({"teamleder", "administrator"}),
    "absence": EVERYBODY,
    "tell_absence": EVERYBODY,
    "client_system": frozenset({"teamleder", "revisor", "administrator"}),
    "send_again": frozenset({"teamleder", "administrator"}),
    "compare_now": frozenset({"teamleder", "administrator"}),
    "batches": EVERYBODY - {"sagsbehandler"},
    "batch": EVERYBODY - {"sagsbehandler"},
    "act_on_batch": EVERYBODY - {"sagsbehandler"},
    "activations": EVERYBODY,
    "activation": EVERYBODY,
    "switch_process": DESIGNER | {"administrator"},
    "institutions": EVERYBODY,
    "institution": EVERYBODY,
    "move_institution": frozenset({"administrator"}),
    "calendars": EVERYBODY,
    "change_calendar": frozenset({"teamleder", "administrator"}),
    "try_calendar": frozenset({"teamleder", "administrator"}),
    "law": EVERYBODY,
    "law_draft": PUBLISHERS,
    "publish_law": PUBLISHERS,
    "add_law_drafts": DESIGNER,
    "preview_law": PUBLISHERS | {"teamleder"},
    "try_law": PUBLISHERS,
    "law_change": EVERYBODY,
    "apply_law": DESIGNER | {"teamleder"},
    "processes": EVERYBODY,
    "upload": DESIGNER | {"administrator"},
    "resource_source": EVERYBODY,
    "new_file": DESIGNER,
    "begin_file": DESIGNER,
    "process": EVERYBODY,
    "moving_ahead": DESIGNER | {"teamleder"},
    "look_into_cases": DESIGNER | {"teamleder"},
    "move_cases": DESIGNER | {"teamleder"},
    "undo_moving": DESIGNER | {"teamleder"},
    "scenario": PUBLISHERS,
    "discarding": DESIGNER,
    "discard_draft": DESIGNER,
    "save_scenario": DESIGNER,
    "publish_scenario": PUBLISHERS,
    "begin_scenario": DESIGNER,
    "try_process": PUBLISHERS,
    "letter_template": PUBLISHERS,
    "save_letter_template": DESIGNER,
    "publish_letter_template": PUBLISHERS,
    "letter_sheet": PUBLISHERS,
    "letter_sample": PUBLISHERS,
    "designer": PUBLISHERS,
    "designer_save": DESIGNER,
    "designer_lint": PUBLISHERS,
    "designer_compare": PUBLISHERS,
    "designer_deploy": PUBLISHERS,
}


def address(path, person="teamleder"):
    filled = (
        KEY.sub("1", path)
        .replace("<number>", "2026-1")
        .replace("<process_id>", "ukendt")
        .replace("<code>", "SDO")
        .replace("<username>", person)
    )
    return filled.replace("<resource>", "findes_ikke.bpmn")


def test_every_route_is_listed_here_and_in_the_pages():
    endpoints = {endpoint for _, endpoint, _, _ in ROUTES}
    assert endpoints == set(ALLOWED)
    assert {f"web.{endpoint}" for endpoint in endpoints} == set(access.PAGES) | access.OPEN


@pytest.mark.parametrize("person", PEOPLE)
def test_each_role_opens_its_own_pages_and_no_others(client, person):
    token = visiting.log_in(client, person)
    refused = set()
    for path, endpoint, _, method in ROUTES:
        if endpoint in ("log_in", "logout", "login"):
            continue
        answer = client.open(address(path, person), method=method, data={"csrf_token": token})
        assert answer.status_code < 500, (endpoint, answer.text)
        if answer.status_code == 403:
            refused.add(endpoint)
    assert refused == {endpoint for endpoint, people in ALLOWED.items() if person not in people}


def test_a_number_that_can_be_no_key_is_no_page(client):
    token = visiting.log_in(client, "administrator")
    keyed = [(path, method) for path, _, _, method in ROUTES if KEY.search(path)]
    assert len(keyed) > 10
    for path, method in keyed:
        for number in ("9" * 20, "9" * 5000):
            answer = client.open(address(KEY.sub(number, path)), method=method, data={"csrf_token": token})
            assert answer.status_code == 404, (path, number[:30])
    assert client.get(f"/lov/{2**63}").status_code == 404


@pytest.mark.parametrize(
    ("person", "query"),
    [
        ("teamleder", "indbakke?sel="),
        ("teamleder", "indbakke?page="),
        ("teamleder", "sager?page="),
        ("administrator", "klientsystem?rapport="),
        ("administrator", "kalendere?aar="),
        ("procesdesigner", "processer/x.yaml/fil?version="),
    ],
)
def test_a_number_in_the_query_that_can_be_no_key_asks_for_nothing(client, person, query):
    visiting.log_in(client, person)
    page, _, parameter = query.partition("?")
    expected = client.get(f"/{page}").status_code
    for number in ("9" * 20, "9" * 5000, "\u0661", "-1"):
        assert client.get(f"/{page}?{parameter}{number}").status_code == expected


def test_ticked_numbers_that_can_be_no_key_are_not_taken(client):
    token = visiting.log_in(client, "teamleder")
    answer = client.post("/tavle/fordel", data={"csrf_token": token, "opgave": "9" * 20, "assignee": "sagsbehandler"})
    assert answer.status_code == 303
    assert "Sæt kryds ved mindst én opgave." in client.get("/tavle").text


def test_strangers_see_nothing_but_the_login(client):
    token = visiting.token_of(client.get("/login").text)
    for path, endpoint, _, method in ROUTES:
        if endpoint not in ("login", "log_in"):
            answer = client.open(address(path), method=method, data={"csrf_token": token})
            assert (endpoint, answer.status_code, answer.location.split("?")[0]) == (endpoint, 303, "/login")


@pytest.mark.parametrize("path", [address(path) for path, _, _, method in ROUTES if method == "POST"])
def test_a_post_without_the_pages_token_is_refused(client, path):
    visiting.log_in(client, "teamleder")
    assert client.post(path, data={}).status_code == 400
