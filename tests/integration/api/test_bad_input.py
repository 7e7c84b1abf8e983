"""What a wrong request is told: where it is wrong, in whose way it is, and never how kfflow is built."""

import json

import pytest

from kfflow.domain import nesting
from kfflow.persistence.tables import Account
from kfflow.service.accounts import SYSTEM


def fields(answer):
    return [(e["field"], e["code"]) for e in answer.json["errors"]]


def test_unknown_and_mistyped_fields_are_all_named(program):
    answer = program.post(
        "/v2/process-instances",
        {"processDefinitionId": 7, "variables": "x", "evil": 1, "startInstructions": [{"elementID": "a"}]},
    )
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert sorted(fields(answer)) == [
        ("evil", "extra_forbidden"),
        ("processDefinitionId", "string_type"),
        ("startInstructions.0.elementID", "extra_forbidden"),
        ("startInstructions.0.elementId", "missing"),
        ("variables", "dict_type"),
    ]
    assert (answer.json["status"], answer.json["code"]) == (400, "INVALID_ARGUMENT")
    assert answer.json["instance"] == "/v2/process-instances"


def test_fields_are_named_in_danish_and_english(program):
    (problem,) = program.post("/v2/signals/broadcast", {}).json["errors"]
    assert (problem["messageDa"], problem["messageEn"]) == ("Feltet mangler.", "Field required.")


def test_broken_json_is_refused(program):
    answer = program.client.post(
        "/v2/signals/broadcast", data="{", headers=program.headers, content_type="application/json"
    )
    assert (answer.status_code, answer.json["code"]) == (400, "INVALID_ARGUMENT")


def test_a_body_that_is_no_object_is_refused(program):
    assert program.post("/v2/signals/broadcast", [1]).status_code == 400


def test_a_body_of_another_media_type_is_refused(program):
    answer = program.client.post(
        "/v2/signals/broadcast", data="a=1", headers=program.headers, content_type="text/plain"
    )
    assert answer.status_code == 400


def test_a_null_character_is_refused_where_it_stands(program):
    answer = program.post("/v2/signals/broadcast", {"signalName": "x", "variables": {"a": ["\0"]}})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, "body.'variables'.'a'.0")


@pytest.mark.parametrize("levels", [300, 2000])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v2/messages/publication", {"name": "svar", "correlationKey": "1"}),
        ("/v2/process-instances", {"processDefinitionId": "proeve"}),
        ("/v2/signals/broadcast", {"signalName": "x"}),
    ],
)
def test_json_nested_too_deep_is_refused(program, deployed, levels, path, body):
    assert deployed
    head, deep = json.dumps(body)[:-1], "[" * levels + "]" * levels
    sent = f'{head}, "variables": {{"x": {deep}}}}}'
    answer = program.client.post(path, data=sent, headers=program.headers, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "INVALID_ARGUMENT")


def test_json_nested_to_the_limit_is_stored_and_given_back(program, deployed):
    value = []
    for _ in range(nesting.DEEPEST - 3):
        value = [value]
    body = {"processDefinitionKey": deployed, "variables": {"x": value}}
    assert program.post("/v2/process-instances", body).status_code == 200
    (kept,) = program.post("/v2/variables/search", {"filter": {"name": "x"}}).json["items"]
    assert json.loads(kept["value"]) == value


def test_more_than_a_megabyte_of_json_is_too_large(program):
    answer = program.post("/v2/signals/broadcast", {"signalName": "x", "variables": {"a": "x" * 1_100_000}})
    assert (answer.status_code, answer.json["code"]) == (413, "TOO_LARGE")


def test_more_than_five_megabytes_of_files_are_too_large(program):
    answer = program.client.post(
        "/v2/deployments",
        data=b"x" * 5_500_000,
        headers=program.headers,
        content_type="multipart/form-data; boundary=b",
    )
    assert (answer.status_code, answer.json["code"]) == (413, "TOO_LARGE")


def test_a_deployment_that_cannot_run_lists_its_findings(program):
    answer = program.upload("/v2/deployments", ("a.bpmn", b"<x/>"), ("b.txt", b"hej"))
    assert (answer.status_code, answer.json["code"]) == (400, "DEPLOYMENT_REFUSED")
    assert {f["resource"] for f in answer.json["findings"]} == {"a.bpmn", "b.txt"}
    assert program.post("/v2/process-definitions/search").json["page"]["totalItems"] == 0


def test_a_key_that_is_none_is_named(program):
    answer = program.get("/v2/user-tasks/../../etc")
    assert answer.status_code == 404
    answer = program.get("/v2/user-tasks/99999999999999999999")
    assert (answer.status_code, fields(answer)) == (400, [("userTaskKey", "key")])


def test_an_unknown_path_is_told_as_a_problem(program):
    answer = program.get("/v2/nothing/here")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_nobody_and_a_wrong_password_are_not_let_in(client, as_user):
    assert client.get("/v2/topology").status_code == 401
    wrong = as_user("sagsbehandler")
    wrong.headers["Authorization"] = "Basic c2Fnc2JlaGFuZGxlcjpmb3JrZXJ0"
    answer = wrong.get("/v2/topology")
    assert (answer.status_code, answer.json["code"]) == (401, "UNAUTHENTICATED")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_wrong_passwords_are_counted(service, as_user):
    wrong = as_user("sagsbehandler")
    wrong.headers["Authorization"] = "Basic c2Fnc2JlaGFuZGxlcjpmb3JrZXJ0"
    wrong.get("/v2/topology")
    with service.command(SYSTEM) as ctx:
        assert ctx.session.get_one(Account, "sagsbehandler").failed_logins == 1


def test_a_remembered_password_stops_working_with_the_account(service, as_user):
    caller = as_user("sagsbehandler")
    assert caller.get("/v2/topology").status_code == 200
    with service.command(SYSTEM) as ctx:
        ctx.session.get_one(Account, "sagsbehandler").active = False
    assert caller.get("/v2/topology").status_code == 401


def test_without_the_permission_one_is_forbidden(as_user):
    answer = as_user("sagsbehandler").upload("/v2/deployments", ("x.bpmn", b"<x/>"))
    assert (answer.status_code, answer.json["code"]) == (403, "FORBIDDEN")
    assert as_user("procesdesigner").post("/v2/user-tasks/search").status_code == 403


def test_completing_twice_says_who_and_when(as_user, task_key):
    caseworker = as_user("sagsbehandler")
    assert caseworker.post(f"/v2/user-tasks/{task_key}/completion").status_code == 204
    again = caseworker.post(f"/v2/user-tasks/{task_key}/completion")
    assert (again.status_code, again.json["code"]) == (409, "TASK_TAKEN")
    assert again.json["detail"] == "The task was already completed by Sanne Kjærsgaard on 24.11.2026 at 09.00."


def test_a_task_of_another_institution_does_not_exist(service, as_user, task_key):
    with service.command(SYSTEM) as ctx:
        stranger = ctx.session.get_one(Account, "betjent")
        stranger.institution_code, stranger.area = None, "oest-of-everything"
    answer = as_user("betjent").get(f"/v2/user-tasks/{task_key}")
    assert (answer.status_code, answer.json["code"]) == (404, "NOT_FOUND")
    assert as_user("betjent").post("/v2/user-tasks/search").json["items"] == []
    assert as_user("betjent").post("/v2/variables/search").json["items"] == []
    assert as_user("betjent").post(f"/v2/user-tasks/{task_key}/completion").status_code == 404


def test_an_unexpected_error_tells_its_number_only(service, as_user, monkeypatch):
    def explode(*_arguments):
        message = "secret detail"
        raise RuntimeError(message)

    monkeypatch.setattr(service.clock, "now", explode)
    answer = as_user("sagsbehandler").get("/v2/topology")
    assert (answer.status_code, answer.json["code"]) == (500, "INTERNAL")
    assert b"secret detail" not in answer.data


def test_a_page_of_too_many_rows_is_refused(program):
    answer = program.post(
        "/v2/user-tasks/search", {"page": {"limit": 1001}, "filter": {"nope": 1}, "sort": [{"field": "x"}]}
    )
    assert sorted(fields(answer)) == [
        ("filter.nope", "extra_forbidden"),
        ("page.limit", "less_than_equal"),
        ("sort.0.field", "literal_error"),
    ]


def test_a_forged_cursor_is_refused(program):
    answer = program.post("/v2/user-tasks/search", {"page": {"after": "%%%"}})
    assert fields(answer) == [("page.after", "invalid_cursor")]


def test_a_cookie_alone_does_not_change_anything(client, service):
    from kfflow.service import accounts

    with service.command(SYSTEM) as ctx:
        secret = accounts.open_session(ctx.session, ctx.session.get_one(Account, "sagsbehandler"), at=ctx.at)
    client.set_cookie("kfflow_session", secret)
    assert client.get("/v2/authentication/me").json["username"] == "sagsbehandler"
    answer = client.post("/v2/signals/broadcast", json={"signalName": "x"})
    assert (answer.status_code, answer.json["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    ("path", "body", "danish"),
    [
        ("/v2/user-tasks/search", {"page": {"limit": 0}}, "Skal være mindst 1."),
        ("/v2/user-tasks/search", {"page": {"limit": "mange"}}, "Skal være et helt tal."),
        ("/v2/kf/calendars/closings", {"day": "2027-02-30"}, "Skal være en dato, der findes: 2026-01-31."),
        ("/v2/messages/publication", {"name": ""}, "Skal være på mindst 1 tegn."),
        (
            "/v2/user-tasks/search",
            {"sort": [{"field": "name", "order": "op"}]},
            "'DESC', 'asc' eller 'desc'.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_danish_with_the_values_it_may_have(program, path, body, danish):
    answer = program.post(path, body)
    told = " ".join(error["messageDa"] for error in answer.json["errors"])
    assert (answer.status_code, danish in told, "Input should" in told) == (400, True, False)


def test_an_unknown_address_and_what_is_not_there_are_told_in_both_languages(program):
    def told(language):
        paths = "/v2/findes-ikke", "/v2/user-tasks/1"
        return [program.send("GET", path, **{"Accept-Language": language}).json["detail"] for path in paths]

    assert told("da") == ["Adressen findes ikke.", "Opgave 1 findes ikke."]
    assert told("en") == ["There is no such address.", "Task 1 does not exist."]
