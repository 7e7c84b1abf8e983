"""Scenarios of a process written, tried and kept from its page."""

from datetime import date

import pytest
from sqlalchemy import select

from kfflow.domain.law import Validity
from kfflow.persistence import embedded
from kfflow.persistence.tables import Draft, Resource, Scenario
from kfflow.service import deployments, drafts, law_days
from kfflow.service.accounts import SYSTEM
from tests.integration.web import visiting
from tests.integration.web.steps import SCENARIO, source

PATH = "/processer/proces"
NAME = "proces.to_trin.yaml"


@pytest.fixture
def designer(client, service, app, postgres: embedded.Server):
    """A designer on an installation whose trials run beside the tests' own database."""
    app.extensions["kfflow_trials"].server = postgres
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("proces.bpmn", source("A", "B")), (NAME, SCENARIO.encode())])
    return visiting.log_in(client, "procesdesigner")


def words(page) -> str:
    return " ".join(page.text.split())


def rows(service, table):
    with service.database.transaction() as session:
        return list(session.scalars(select(table).order_by(table.key)))


def post(client, token, path, **given):
    return client.post(path, data={"csrf_token": token, **given})


@pytest.mark.usefixtures("designer")
def test_scenarios_are_listed_by_what_they_call_themselves_and_opened(client):
    page = words(client.get(PATH))
    assert ("To trin</a>" in page, f"/processer/{NAME}/scenarie" in page) == (True, True)
    page = client.get(f"/processer/{NAME}/scenarie").text
    assert ("expect_open: [B]" in page, "Kontrollen finder intet." in page) == (True, True)
    fetched = client.get(f"/processer/{NAME}/fil")
    assert (fetched.content_type, fetched.text) == ("text/plain; charset=utf-8", SCENARIO)
    assert client.get(f"/processer/{NAME}/tegn").location == f"/processer/{NAME}/scenarie"


def test_all_are_run_and_told_with_what_they_reach(client, designer):
    page = words(post(client, designer, f"{PATH}/proev"))
    assert ("som ventet" in page, "1 som ventet, 0 afviger." in page) == (True, True)
    assert "5 af 7 trin og veje (71 %)" in page
    assert "<li>Slut</li>" in page


def test_a_draft_is_tried_on_the_draft_of_the_diagram_before_anything_is_kept(client, designer, service):
    with service.command(SYSTEM) as ctx:
        drafts.save(ctx, "proces.bpmn", kind="bpmn", source=source("A", "C").decode(), revision=0)
    changed = SCENARIO.replace("[B]", "[C]")
    saved = post(client, designer, f"/processer/{NAME}/scenarie", kilde=changed.replace("\n", "\r\n"), revision="0")
    assert saved.status_code == 303
    page = words(post(client, designer, f"{PATH}/proev", scenarie=NAME))
    assert ("med kladderne proces.bpmn, proces.to_trin.yaml." in page, "1 som ventet" in page) == (True, True)
    assert [row.source for row in rows(service, Resource) if row.name == NAME] == [SCENARIO.encode()]


def test_what_differs_is_told_by_step(client, designer):
    post(client, designer, f"/processer/{NAME}/scenarie", kilde=SCENARIO.replace("[B]", "[A]"), revision="0")
    page = words(post(client, designer, f"{PATH}/proev"))
    assert ("0 som ventet, 1 afviger." in page, "Trin 2 (expect_open)" in page) == (True, True)


def test_a_scenario_is_kept_with_its_process_and_a_change_of_law_runs_it(client, designer, service):
    changed = SCENARIO.replace("To trin", "To trin efter den nye lov")
    post(client, designer, f"/processer/{NAME}/scenarie", kilde=changed, revision="0")
    kept = post(client, designer, f"/processer/{NAME}/scenarie/udgiv", revision="1", uden_proeve="Nyt scenarie")
    assert (kept.status_code, rows(service, Draft)) == (303, [])
    assert "Scenariet gemmes nu med processen." in words(client.get(kept.location))
    with service.command(SYSTEM) as ctx:
        assert law_days.ahead(ctx)[0].sources[NAME] == changed.encode()
        drafts.save(ctx, "proces.bpmn", kind="bpmn", source=source("A", "B", "C").decode(), revision=0)
    page = words(post(client, designer, "/lov/ny/proev", set="proces.bpmn@1"))
    assert ("To trin efter den nye lov" in page, ">To trin<" in page) == (True, False)


@pytest.fixture
def announced(designer, service):
    """A law to come, with the scenario as it must go then."""
    assert designer
    with service.command(SYSTEM) as ctx:
        files = [("proces.bpmn", source("A", "C")), (NAME, SCENARIO.replace("[B]", "[C]").encode())]
        deployments.deploy(ctx, files, validity=Validity(date(2027, 7, 1), None, "lov nr. 1"))
    return designer


def test_scenarios_of_today_and_of_a_law_to_come_run_each_on_what_is_in_force_then(client, announced):
    page = words(post(client, announced, f"{PATH}/proev"))
    assert "2 som ventet, 0 afviger." in page
    results, *reached = page.split("Hvor meget af diagrammet de når")
    for told in (results, "".join(reached)):
        days = [told.count(f"på det, der gælder fra {day}") for day in ("24.11.2026", "01.07.2027")]
        assert days == [1, 1]


@pytest.mark.usefixtures("announced")
def test_both_versions_of_a_scenario_are_listed_and_fetched(client):
    page = words(client.get(PATH))
    assert ("version 1</a> nu" in page, "version 2</a> fra 01.07.2027 lov nr. 1" in page) == (True, True)
    texts = [client.get(f"/processer/{NAME}/fil?version={number}").text for number in (1, 2)]
    assert texts == [SCENARIO, SCENARIO.replace("[B]", "[C]")]
    pages = [client.get(f"/processer/{NAME}/scenarie?version={number}") for number in (1, 2, 3)]
    assert [page.status_code for page in pages] == [200, 200, 404]
    assert ["expect_open: [B]" in page.text for page in pages] == [True, False, False]
    assert client.get(f"/processer/{NAME}/fil?version=3").status_code == 404


def test_a_correction_begins_from_the_version_of_today(client, announced):
    todays = client.get(f"/processer/{NAME}/scenarie?version=1").text
    assert ('name="revision" value="0"' in " ".join(todays.split()), "version 1" in todays) == (True, True)
    post(client, announced, f"/processer/{NAME}/scenarie", kilde=SCENARIO.replace("To", "2"), revision="0")
    page = client.get(f"/processer/{NAME}/scenarie?version=2").text
    assert ("2 trin" in page, f"/processer/{NAME}/fil?version=1" in client.get(PATH).text) == (True, True)
    given = {"revision": "1", "uden_proeve": "Rettelse", "gyldig_til": "2027-07-01"}
    assert post(client, announced, f"/processer/{NAME}/scenarie/udgiv", **given).status_code == 303
    assert "2 som ventet, 0 afviger." in words(post(client, announced, f"{PATH}/proev"))


def test_a_scenario_is_kept_from_a_day_on(client, designer, service):
    post(client, designer, f"/processer/{NAME}/scenarie", kilde=SCENARIO.replace("To", "2"), revision="0")
    given = {"revision": "1", "uden_proeve": "Nyt scenarie", "gyldig_fra": "2027-07-01"}
    kept = post(client, designer, f"/processer/{NAME}/scenarie/udgiv", **given)
    assert "Scenariet gælder fra 01.07.2027." in words(client.get(kept.location))
    assert [(row.version, row.gyldig_fra) for row in rows(service, Scenario)] == [(1, None), (2, date(2027, 7, 1))]


def test_a_correction_over_the_scenario_of_a_law_to_come_is_refused_with_its_day(client, announced, service):
    post(client, announced, f"/processer/{NAME}/scenarie", kilde=SCENARIO.replace("To", "2"), revision="0")
    refused = post(client, announced, f"/processer/{NAME}/scenarie/udgiv", revision="1", uden_proeve="Rettelse")
    assert (refused.status_code, "Sæt slutdatoen til senest 2027-07-01" in words(refused)) == (422, True)
    assert [row.version for row in rows(service, Scenario)] == [1, 2]


@pytest.mark.parametrize(
    "case",
    [
        ("name: x\nsteps: [\n", "kan ikke læses"),
        (SCENARIO.replace("complete", "fuldfoer"), "steps[1] skal sige én af"),
        (SCENARIO.replace("process: proces", "process: anden"), "Scenariet hører til proces"),
    ],
)
def test_a_scenario_with_errors_is_saved_and_not_kept(client, designer, service, case):
    text, told = case
    post(client, designer, f"/processer/{NAME}/scenarie", kilde=text, revision="0")
    assert told in words(client.get(f"/processer/{NAME}/scenarie"))
    refused = post(client, designer, f"/processer/{NAME}/scenarie/udgiv", revision="1", uden_proeve="Nyt scenarie")
    assert (refused.status_code, told in words(refused)) == (422, True)
    assert [row.source for row in rows(service, Resource) if row.name == NAME] == [SCENARIO.encode()]


def test_a_colleagues_newer_draft_is_not_overwritten(client, designer, service):
    with service.command(SYSTEM) as ctx:
        drafts.save(ctx, NAME, kind="yaml", source="anden", revision=0)
        drafts.save(ctx, NAME, kind="yaml", source="anden", revision=1)
    stale = post(client, designer, f"/processer/{NAME}/scenarie", kilde="min", revision="1")
    assert (stale.status_code, "min</textarea>" in stale.text) == (409, True)
    assert [draft.source for draft in rows(service, Draft)] == ["anden"]


def test_a_new_scenario_begins_as_a_draft_without_errors(client, designer, service):
    begun = post(client, designer, f"{PATH}/scenarier", noegle="nyt")
    assert begun.location == "/processer/proces.nyt.yaml/scenarie"
    page = words(client.get(begun.location))
    assert ("Kontrollen finder intet." in page, "Hent fil" in page, "Forskelle" in page) == (True, False, False)
    assert "Nyt scenarie</a>" in words(client.get(PATH))
    assert "2 som ventet, 0 afviger." in words(post(client, designer, f"{PATH}/proev"))
    assert len(rows(service, Draft)) == 1


@pytest.mark.parametrize("case", [("to_trin", 400), ("Nyt", 400), ("../nyt", 400)])
def test_a_name_that_is_none_or_taken_is_refused(client, designer, service, case):
    key, status = case
    assert (post(client, designer, f"{PATH}/scenarier", noegle=key).status_code, rows(service, Draft)) == (status, [])


@pytest.mark.parametrize("verb", ["scenarier", "proev"])
def test_an_unknown_process_has_no_scenarios(client, designer, verb):
    assert post(client, designer, f"/processer/ukendt/{verb}", noegle="nyt").status_code == 404


@pytest.mark.usefixtures("designer")
@pytest.mark.parametrize("name", ["to_trin.yaml", "proces.bpmn", "proces.findes_ikke.yaml", "a.b.c.yaml"])
def test_what_is_no_scenario_is_not_there(client, name):
    assert client.get(f"/processer/{name}/scenarie").status_code == 404


def test_who_publishes_and_does_not_draw_reads_and_tries_and_saves_nothing(client, designer):
    post(client, designer, "/logout")
    visiting.log_in(client, "administrator")
    page = client.get(f"/processer/{NAME}/scenarie").text
    assert ("readonly" in page, "Gem kladde" in page, "Prøv dette scenarie" in page) == (True, False, True)
    page = words(client.get(PATH))
    assert ("To trin</a>" in page, "Nyt scenarie" in page) == (True, False)
