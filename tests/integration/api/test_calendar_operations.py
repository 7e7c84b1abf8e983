"""Calendars over HTTP: the closed days of a year, changing them, and what was changed."""

from datetime import date, timedelta

import pytest


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


SEASON = {
    "institutionCode": "SDO",
    "calendar": "dk-kontor",
    "reason": "Sommertid",
    "hjemmel": "aftale 7",
    "validFrom": "2027-07-01",
    "validTo": "2027-09-01",
}


def test_a_season_that_ends_before_it_begins_is_refused_by_field(program):
    refused = program.post("/v2/kf/calendars/keepings", {**SEASON, "validTo": "2027-07-01"})
    assert (refused.status_code, [e["field"] for e in refused.json["errors"]]) == (400, ["valid_to"])


@pytest.mark.parametrize(
    ("first", "until", "status"),
    [
        ("2027-01-01", "2028-01-01", 409),
        (None, None, 409),
        ("2027-01-01", "2027-07-02", 409),
        ("2027-01-01", "2027-07-01", 200),
        ("2027-07-01", "2028-01-01", 200),
        ("2027-08-01", "2027-10-01", 200),
        ("2027-09-01", None, 200),
    ],
)
def test_a_keeping_counts_on_each_day_of_its_period_or_is_refused(program, first, until, status):
    assert program.post("/v2/kf/calendars/keepings", SEASON).status_code == 200
    another = {**SEASON, "calendar": "24/7", "validFrom": first, "validTo": until}
    answer = program.post("/v2/kf/calendars/keepings", another)
    assert answer.status_code == status
    if status == 409:
        assert answer.json["detail"].startswith("SDO keeps dk-kontor from 2027-07-01 until 2027-08-31")
        return
    days = (first, str(date.fromisoformat(until or "2099-01-01") - timedelta(days=1)))
    told = [program.get(f"/v2/kf/versions?at={day}").json["calendars"][-1] for day in days]
    assert [(one["id"], one["base"]) for one in told] == [("SDO", "24/7")] * 2


def test_a_season_in_what_is_always_kept_is_not_refused(program):
    always = {**SEASON, "calendar": "24/7", "validFrom": None, "validTo": None}
    assert [program.post("/v2/kf/calendars/keepings", body).status_code for body in (always, SEASON)] == [200, 200]


def test_what_is_kept_is_told_with_its_own_reason_after_a_day_was_closed(program):
    assert program.post("/v2/kf/calendars/keepings", SEASON).status_code == 200
    closed = program.post("/v2/kf/calendars/closings", {"day": "2027-03-01", "reason": "Flytning"}).json
    told = program.get("/v2/kf/versions?at=2027-07-05").json["calendars"][-1]
    assert (told["reason"], told["lov"], told["gyldigFra"]) == ("Sommertid", "aftale 7", "2027-07-01")
    assert told["version"] == closed["version"]


@pytest.mark.parametrize("yearly", [True, False])
def test_a_day_beyond_the_years_of_a_case_is_not_closed(program, yearly):
    for day in ("0001-02-01", "9999-03-01"):
        refused = program.post("/v2/kf/calendars/closings", {"day": day, "reason": "x", "yearly": yearly})
        assert (refused.status_code, [e["field"] for e in refused.json["errors"]]) == (400, ["day"])
    refused = program.post("/v2/kf/calendars/keepings", {**SEASON, "validTo": "9999-01-01"})
    assert (refused.status_code, [e["field"] for e in refused.json["errors"]]) == (400, ["valid_to"])


def test_versions_at_a_day_list_the_calendars_and_what_was_changed_about_it(program):
    closing = {"day": "2027-07-01", "reason": "Flytning", "hjemmel": "cirkulære 1"}
    assert program.post("/v2/kf/calendars/closings", closing).status_code == 200
    assert program.post("/v2/kf/calendars/keepings", SEASON).status_code == 200
    told = program.get("/v2/kf/versions?at=2027-07-01").json
    shown = ("id", "base", "gyldigFra", "gyldigTil", "lov", "overgang", "closedDa")
    always = (None, None, "cirkulære 1", "ALL_RUNNING", "Flytning")
    assert [tuple(one[name] for name in shown) for one in told["calendars"]] == [
        ("24/7", "24/7", None, None, "", "ALL_RUNNING", None),
        ("dk", "dk", *always),
        ("dk-kontor", "dk-kontor", *always),
        ("SDO", "dk-kontor", "2027-07-01", "2027-09-01", "aftale 7", "ALL_RUNNING", "Flytning"),
    ]
    first, second = (one["version"] for one in told["calendarChanges"])
    assert [one["version"] for one in told["calendars"]] == [0, first, first, second]
    assert [one["kind"] for one in told["calendarChanges"]] == ["CLOSE", "KEEP"]
    later = program.get("/v2/kf/versions?at=2027-09-02").json
    assert [(one["id"], one["base"], one["version"]) for one in later["calendars"]][-1] == ("SDO", "dk", first)
    assert later["calendarChanges"] == []


def test_closed_days_of_an_unknown_institution_are_not_those_of_the_country(program):
    asked = {"year": 2027, "calendar": "institution", "institutionCode": "XXX"}
    refused = program.post("/v2/kf/calendars/closed-days", asked)
    assert (refused.status_code, refused.json["detail"]) == (404, "Institution XXX does not exist.")
