"""Absences over the API: told, shown, ended, and the tasks put back."""

import pytest

PATH = "/v2/kf/accounts/sagsbehandler/absence"
DAYS = {"from": "2030-03-04", "until": "2030-03-08"}
NAMED = {"username": "sagsbehandler", "name": "Sanne Kjærsgaard"}


def test_an_absence_is_told_shown_and_ended_and_the_tasks_go_back(as_user, task_key):
    mine, chief = as_user("sagsbehandler"), as_user("teamleder")
    mine.post(f"/v2/user-tasks/{task_key}/assignment", {"assignee": "sagsbehandler"})
    assert mine.send("PUT", PATH, DAYS).json == {**NAMED, **DAYS, "openTasks": 1}
    assert chief.get(PATH).json == {**NAMED, **DAYS, "openTasks": 1}
    put_back = {"items": [{"userTaskKey": task_key, "putBack": True, "message": ""}]}
    assert chief.post(f"{PATH}/release").json == put_back
    ended = chief.send("DELETE", PATH)
    assert ended.json == {**NAMED, "from": None, "until": None, "openTasks": 0}


@pytest.mark.parametrize(
    ("who", "body", "told"),
    [
        ("sagsbehandler", {"from": "2030-03-08", "until": "2030-03-04"}, (400, ["until"])),
        ("sagsbehandler", {"until": "2030-03-04"}, (400, ["from"])),
        ("sagsbehandler", {"from": "i morgen"}, (400, ["from"])),
        ("betjent", DAYS, (403, [])),
        ("revisor", DAYS, (403, [])),
    ],
)
def test_what_cannot_be_told_is_refused_by_field(as_user, who, body, told):
    refused = as_user(who).send("PUT", PATH, body)
    assert (refused.status_code, [problem["field"] for problem in refused.json.get("errors", [])]) == told
    assert as_user("sagsbehandler").get(PATH).json["from"] is None
