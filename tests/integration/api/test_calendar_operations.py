"""Calendars over HTTP: the closed days of a year, changing them, and what was changed."""


def test_a_closed_day_stands_in_its_year_and_among_the_changes(program):
    body = {"day": "2027-03-01", "reason": "Flytning", "hjemmel": "cirkulære 1"}
    closed = program.post("/v2/kf/calendars/closings", body)
    assert closed.status_code == 200, closed.json
    year = program.post("/v2/kf/calendars/closed-days", {"year": 2027}).json
    assert year["version"] == closed.json["version"]
    assert {"day": "2027-03-01", "nameDa": "Flytning", "nameEn": "Flytning"} in year["items"]
    program.post("/v2/kf/calendars/reopenings", {"day": "2027-03-01", "reason": "Aflyst"})
    changes = program.get("/v2/kf/calendars/changes").json["items"]
    assert [(c["kind"], c["day"], c["by"], c["reason"]) for c in changes] == [
        ("CLOSE", "2027-03-01", "worker", "Flytning"),
        ("OPEN", "2027-03-01", "worker", "Aflyst"),
    ]


def test_an_institutions_own_day_is_changed_by_its_own_people(as_user):
    own = {"day": "2027-03-01", "reason": "Personaledag", "institutionCode": "SDO"}
    assert as_user("teamleder").post("/v2/kf/calendars/closings", own).status_code == 200
    assert as_user("teamleder").post("/v2/kf/calendars/closings", {**own, "institutionCode": "NYB"}).status_code == 404
    assert as_user("sagsbehandler").post("/v2/kf/calendars/closings", own).status_code == 403


def test_a_keeping_says_which_calendar_and_hours(program):
    body = {"institutionCode": "SDO", "calendar": "dk-kontor", "reason": "Kontortid", "hours": "08:00-15:30"}
    kept = program.post("/v2/kf/calendars/keepings", body)
    assert (kept.status_code, kept.json["kind"], kept.json["calendar"]) == (200, "KEEP", "dk-kontor")
    refused = program.post("/v2/kf/calendars/keepings", {**body, "hours": "sent"})
    assert (refused.status_code, [e["field"] for e in refused.json["errors"]]) == (400, ["hours"])
