"""The law on the screen: what is in force on a day, a change with the cases it names, and letting them follow."""

from datetime import date

import pytest

from kfflow.domain.law import Transition, Validity
from kfflow.service import calendars, deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.calendars import Grounds, Keeping
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams
from tests.integration.web import visiting

LAW = "lov nr. 611 af 14.06.2011"


def publish(service, names: list[str], begins: date | None) -> int:
    validity = Validity(begins, None, LAW, Transition.ALL_RUNNING) if begins else Validity()
    source = diagrams.sequence("proces", *(diagrams.user_task(n) for n in names), ids=names)
    with service.command(SYSTEM) as ctx:
        return deployments.deploy(ctx, [("p.bpmn", source)], validity=validity).deployment.key


@pytest.fixture
def running(service):
    publish(service, ["A"], None)
    with service.command(SYSTEM) as ctx:
        details = CaseDetails(institution_code="SDO")
        instances.create(ctx, process_id="proces", variables={}, business_key="2026-7", case=details)
    return service


def words(page) -> str:
    return " ".join(page.text.split())


def test_day_decides_which_version_is_shown(client, running):
    publish(running, ["A", "B"], date(2026, 12, 1))
    visiting.log_in(client, "sagsbehandler")
    before, after = (words(client.get(f"/lov?dag={day}")) for day in ("2026-11-30", "2026-12-01"))
    version = '<td class="kf-cell--num" data-label="Version">{}</td>'
    assert [version.format(n) in page for page in (before, after) for n in (1, 2)] == [True, False, False, True]
    assert f">{LAW}</a>" in before


def test_what_is_no_day_is_refused_in_words(client, running):
    assert running
    visiting.log_in(client, "sagsbehandler")
    page = client.get("/lov?dag=i-morgen")
    assert (page.status_code, "»i-morgen« er ikke en dato." in words(page)) == (422, True)


def test_change_shows_whom_it_names_and_lets_them_follow(client, running, worker):
    key = publish(running, ["A", "B"], date(2026, 11, 20))
    token = visiting.log_in(client, "procesdesigner")
    page = words(client.get(f"/lov/{key}"))
    assert ("2026-7" in page, "Flyttes til den nye version" in page, "Lad 1 sager følge" in page) == (True, True, True)
    done = client.post(f"/lov/{key}", data={"grund": "", "csrf_token": token}, follow_redirects=True)
    assert "1 sager følger nu loven." in words(done)
    worker.drain()
    page = words(client.get(f"/lov/{key}"))
    assert "Ingen sag i gang er omfattet" in page
    assert 'data-label="Følger nu">1</td>' in page


def test_law_to_come_names_cases_but_moves_none(client, running):
    key = publish(running, ["A", "B"], date(2026, 12, 1))
    token = visiting.log_in(client, "procesdesigner")
    page = words(client.get(f"/lov/{key}"))
    assert ("2026-7" in page, "Loven gælder endnu ikke" in page) == (True, True)
    refused = client.post(f"/lov/{key}", data={"grund": "", "csrf_token": token})
    assert (refused.status_code, "Loven gælder først fra 01.12.2026" in words(refused)) == (422, True)


def test_whoever_moves_no_cases_sees_the_change_without_them(client, running):
    key = publish(running, ["A", "B"], date(2026, 11, 20))
    visiting.log_in(client, "sagsbehandler")
    page = words(client.get(f"/lov/{key}"))
    assert (LAW in page, "2026-7" in page) == (True, False)


def test_deployment_without_a_law_has_no_page(client, running):
    assert running
    visiting.log_in(client, "procesdesigner")
    assert client.get("/lov/1").status_code == 404


def test_calendars_of_the_day_are_listed_with_their_rule_and_what_was_changed(client, running):
    with running.command(SYSTEM) as ctx:
        calendars.close(ctx, date(2027, 3, 1), Grounds("Flytning", "cirkulære 1"))
        season = Keeping("24/7", None, date(2027, 3, 1), date(2027, 6, 1))
        calendars.keep(ctx, season, Grounds("Døgnbemandet", "aftale", "SDO"))
    visiting.log_in(client, "sagsbehandler")
    page = words(client.get("/lov?dag=2027-03-01"))
    told = page.partition('id="kalendere"')[2]
    assert "Overgangsregel: altid alle løbende frister." in told
    assert [told.count(one) for one in ("lukket: Flytning", "> åben <", "cirkulære 1</td>")] == [2, 2, 2]
    assert "DK lukket 01.03.2027 . Flytning" in told
    assert "fra 01.03.2027, indtil 01.06.2027" in told
    assert "Ændret om dagen" not in words(client.get("/lov?dag=2027-03-02"))
