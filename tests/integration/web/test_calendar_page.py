"""The calendars on the screen: closed days and versions, and what a change would move before it is made."""

from datetime import date, time

import pytest
from sqlalchemy import func, select

from kfflow.persistence.tables import CalendarChange, Deadline
from kfflow.service import calendars
from kfflow.service.calendars import Grounds
from tests.integration.service import diagrams
from tests.integration.service.standing import INTERNAL, LEADER, start
from tests.integration.web import visiting

# Tuesday 24 November 2026 at 09:00 in Copenhagen is the tests' now; ten working days on is 8 December.
CLOSING = {"handling": "luk", "dag": "2026-12-01", "aarligt": "nej", "sted": "SDO", "grund": "Flytning", "hjemmel": ""}


@pytest.fixture
def running(service):
    """A deadline of ten working days by SDO's calendar, and one by the national one."""
    own = INTERNAL.format(rule="10 AD").replace('calendar="dk"', 'calendar="institution"')
    for name, extra in (("egen", own), ("faelles", INTERNAL.format(rule="10 AD"))):
        source = diagrams.sequence(name, diagrams.user_task("A", extra=extra), ids=["A"])
        start(service, source, process_id=name, institution="SDO")
    with service.database.transaction() as session:
        for deadline in session.scalars(select(Deadline)):
            deadline.institution_code = "SDO"
    return service


def words(page) -> str:
    return " ".join(page.text.split())


def count(service, table) -> int:
    with service.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_year_shows_the_closed_days_of_the_place_and_every_version(client, service):
    with service.command(LEADER) as ctx:
        calendars.close(ctx, date(2027, 6, 5), Grounds("Grundlovsdag", "aftale", "SDO"), yearly=True)
    visiting.log_in(client, "sagsbehandler")
    own, national = (words(client.get(f"/kalendere?aar=2028&sted={place}")) for place in ("SDO", ""))
    assert ["05.06.2028 anden pinsedag" in page for page in (own, national)] == [True, True]
    own, national = (words(client.get(f"/kalendere?aar=2029&sted={place}")) for place in ("SDO", ""))
    assert ["05.06.2029 Grundlovsdag" in page for page in (own, national)] == [True, False]
    assert "lukket hvert år fra 05.06.2027" in national


def test_what_would_move_is_shown_and_nothing_is_changed(client, running):
    token = visiting.log_in(client, "teamleder")
    page = words(client.post("/kalendere/proev", data={**CLOSING, "csrf_token": token}))
    assert 'Frister, der flytter <span class="kf-meta">1</span>' in page
    assert ("08.12.2026 kl. 23.59" in page, "09.12.2026 kl. 23.59" in page) == (True, True)
    assert count(running, CalendarChange) == 0


def test_saving_moves_what_was_shown(client, running, worker):
    token = visiting.log_in(client, "teamleder")
    saved = client.post("/kalendere", data={**CLOSING, "csrf_token": token}, follow_redirects=True)
    assert "Kalenderen er ændret" in words(saved)
    worker.sweep()
    with running.database.transaction() as session:
        due = [str(at.date()) for at in session.scalars(select(Deadline.due_at).order_by(Deadline.key))]
    assert due == ["2026-12-09", "2026-12-08"]


KEEPING = {"handling": "foelg", "kalender": "24/7", "sted": "SDO", "grund": "Døgnbemandet", "hjemmel": "aftale"}


def test_what_an_institution_keeping_a_calendar_moves_is_shown_and_then_saved(client, running, worker):
    token = visiting.log_in(client, "teamleder")
    page = words(client.post("/kalendere/proev", data={**KEEPING, "csrf_token": token}))
    assert 'Frister, der flytter <span class="kf-meta">1</span>' in page
    assert ("08.12.2026 kl. 23.59" in page, "04.12.2026 kl. 23.59" in page) == (True, True)
    assert count(running, CalendarChange) == 0
    saved = client.post("/kalendere", data={**KEEPING, "csrf_token": token}, follow_redirects=True)
    assert "følger Åbent alle dage" in words(saved)
    worker.sweep()
    with running.database.transaction() as session:
        due = [str(at.date()) for at in session.scalars(select(Deadline.due_at).order_by(Deadline.key))]
        row = session.scalars(select(CalendarChange)).one()
    assert due == ["2026-12-04", "2026-12-08"]
    assert (row.base, row.institution_code, row.hjemmel) == ("24/7", "SDO", "aftale")


def test_hours_and_the_day_from_which_a_calendar_is_kept_are_told(client, service):
    token = visiting.log_in(client, "teamleder")
    season = {"fra": "2027-01-01", "til": "2027-06-01"}
    given = {**KEEPING, **season, "kalender": "dk-kontor", "tider": "08:00-15:30", "csrf_token": token}
    saved = client.post("/kalendere", data=given, follow_redirects=True)
    assert "Lukkedage 2027: Sdr. Omme Fængsel" in words(saved)
    assert ", 08.00–15.30, fra 01.01.2027" in words(saved)
    with service.database.transaction() as session:
        row = session.scalars(select(CalendarChange)).one()
    assert (row.base, row.opens_at) == ("dk-kontor", time(8))
    assert (row.valid_from, row.valid_to) == (date(2027, 1, 1), date(2027, 6, 1))


@pytest.mark.parametrize("address", ["/kalendere", "/kalendere/proev"])
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"sted": ""}, "Du kan kun ændre din egen institutions kalender."),
        ({"kalender": "maanen"}, "Vælg en af 24/7, dk, dk-kontor."),
        ({"tider": "sent"}, "Skriv fx 08:00-15:30."),
        ({"tider": "15:00-08:00"}, "Åbningstiden er tom."),
        ({"fra": "i morgen"}, "Skriv datoen som ÅÅÅÅ-MM-DD."),
        ({"grund": ""}, "Skriv hvorfor."),
    ],
)
def test_a_calendar_that_cannot_be_kept_is_refused_in_words(client, service, address, given, told):
    token = visiting.log_in(client, "teamleder")
    refused = client.post(address, data={**KEEPING, **given, "csrf_token": token})
    assert (refused.status_code, told in words(refused)) == (422, True)
    assert count(service, CalendarChange) == 0


@pytest.mark.parametrize("address", ["/kalendere", "/kalendere/proev"])
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"grund": " "}, "Skriv hvorfor."),
        ({"dag": "i morgen"}, "Skriv datoen som ÅÅÅÅ-MM-DD."),
        ({"dag": "2026-12-25"}, "er ikke en arbejdsdag: juledag"),
        ({"handling": "aabn"}, "er ikke lukket ved en ændring"),
        ({"dag": "2028-02-29", "aarligt": "ja"}, "29. februar findes ikke hvert år."),
        ({"sted": ""}, "Du kan kun ændre din egen institutions kalender."),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(client, service, address, given, told):
    token = visiting.log_in(client, "teamleder")
    refused = client.post(address, data={**CLOSING, **given, "csrf_token": token})
    assert (refused.status_code, told in words(refused)) == (422, True)
    assert count(service, CalendarChange) == 0
