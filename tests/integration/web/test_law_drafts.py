"""A change of law from the page: drafts chosen, compared, tried, shown with whom they name, published, applied."""

from datetime import date
from functools import partial
from io import BytesIO

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.domain.law import Validity
from kfflow.persistence import embedded
from kfflow.persistence.tables import Draft, ProcessDefinition
from kfflow.service import deployments, drafts, instances, law_days, law_drafts
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.integration import whole
from tests.integration.service import diagrams
from tests.integration.web import visiting
from tests.integration.web.steps import SCENARIO, source

LAW = {
    "lov": "lov nr. 611 af 14.06.2011",
    "gyldig_fra": "2026-11-20",
    "gyldig_til": "",
    "overgang": "ALL_RUNNING",
    "uden_proeve": "Loven gælder fra i morgen",
}
AUDIT = {"audit_event"}


@pytest.fixture
def running(service):
    """A case on the version that is in force, and a draft with a task more."""
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("proces.bpmn", source("A"))])
        details = CaseDetails(institution_code="SDO")
        instances.create(ctx, process_id="proces", variables={}, business_key="2026-7", case=details)
        drafts.save(ctx, "proces.bpmn", kind="bpmn", source=source("A", "B").decode(), revision=0)
    return service


@pytest.fixture
def designer(client, running):
    assert running
    return visiting.log_in(client, "procesdesigner")


def words(page) -> str:
    return " ".join(page.text.split())


def rows(service, table):
    with service.database.transaction() as session:
        return list(session.scalars(select(table).order_by(table.key)))


def post(client, token, path="/lov/ny", **given):
    return client.post(path, data={**LAW, "set": "proces.bpmn@1", **given, "csrf_token": token})


@pytest.mark.usefixtures("designer")
def test_chosen_drafts_are_compared_with_what_is_in_operation(client):
    page = words(client.get("/lov/ny?fil=proces.bpmn"))
    assert "Opgaven »B« er ny." in page
    assert 'name="set" value="proces.bpmn@1"' in page


@pytest.mark.parametrize(("language", "told"), [("da", "Loven omfatter 1 sager"), ("en", "The law names 1 running")])
def test_whom_the_law_would_name_is_shown_and_nothing_is_published(client, designer, running, language, told):
    client.post("/sprog", data={"language": language, "next": "/", "csrf_token": designer})
    before = whole.database(running)
    page = words(post(client, designer, "/lov/ny/omfattet"))
    why = ("Alle sager i gang er omfattet", "All running cases are named")[language == "en"]
    assert (told in page, "2026-7" in page, why in page) == (True, True, True)
    after = whole.database(running)
    assert {name for name in after if after[name] != before[name]} == AUDIT


def test_who_publishes_is_shown_whom_the_law_names_and_moves_nobody(client, running):
    token = visiting.log_in(client, "administrator")
    assert "Vis, hvilke sager den omfatter" in words(client.get("/lov/ny?fil=proces.bpmn"))
    page = words(post(client, token, "/lov/ny/omfattet"))
    assert ("Loven omfatter 1 sager" in page, "2026-7" in page, "/sager/2026-7" in page) == (True, True, False)
    made = post(client, token)
    page = words(client.get(made.location))
    assert (len(rows(running, ProcessDefinition)), "2026-7" in page, "sager følge" in page) == (2, True, False)
    refused = client.post(made.location, data={"grund": "", "indhent": "", "besked": "", "csrf_token": token})
    assert refused.status_code == 403


def test_a_law_is_published_from_its_day_and_its_cases_follow(client, designer, running, worker):
    made = post(client, designer)
    assert (made.status_code, rows(running, Draft)) == (303, [])
    version = rows(running, ProcessDefinition)[-1]
    told = (version.version, version.lov, version.gyldig_fra, version.overgang)
    assert told == (2, LAW["lov"], date(2026, 11, 20), "ALL_RUNNING")
    assert "Lad 1 sager følge" in words(client.get(made.location))
    client.post(made.location, data={"grund": "", "indhent": "", "besked": "", "csrf_token": designer})
    worker.drain()
    assert 'data-label="Følger nu">1</td>' in words(client.get(made.location))


def test_an_element_to_make_up_that_the_law_lacks_is_refused_by_name(client, designer):
    made = post(client, designer)
    refused = client.post(made.location, data={"grund": "", "indhent": "X", "csrf_token": designer})
    assert (refused.status_code, "Loven har intet element X." in words(refused)) == (422, True)


@pytest.mark.parametrize("path", ["/lov/ny", "/lov/ny/omfattet"])
@pytest.mark.parametrize(
    "case",
    [
        ({"lov": ""}, "lov: Skal udfyldes."),
        ({"gyldig_fra": ""}, "gyldig_fra: Skal udfyldes."),
        ({"gyldig_fra": "i morgen"}, "Skriv datoen som ÅÅÅÅ-MM-DD."),
        ({"gyldig_til": "2026-11-01"}, "ligger ikke efter"),
        ({"set": "proces.bpmn@7"}, "Se ændringerne igen."),
    ],
)
def test_what_cannot_be_published_is_refused_in_words(client, designer, running, path, case):
    given, told = case
    before = whole.database(running)
    refused = post(client, designer, path, **({"overgang": "NEW_CASES"} | given))
    assert (refused.status_code, told in words(refused)) == (422, True)
    assert whole.database(running) == before


def test_a_law_that_was_not_tried_is_published_with_a_reason_only(client, designer, running):
    refused = post(client, designer, uden_proeve=" ")
    told = "Kladden proces.bpmn er ikke prøvet, som den er nu. Prøv scenarierne, eller skriv, hvorfor der udgives uden."
    assert (refused.status_code, told in words(refused)) == (422, True)
    assert len(rows(running, ProcessDefinition)) == 1


def test_a_draft_with_errors_is_refused_with_its_findings(client, designer, running):
    with running.command(SYSTEM) as ctx:
        drafts.save(ctx, "proces.bpmn", kind="bpmn", source="<x/>", revision=1)
    refused = post(client, designer, set="proces.bpmn@2")
    assert (refused.status_code, "Intet er udgivet." in words(refused)) == (422, True)
    assert len(rows(running, ProcessDefinition)) == 1


def test_uploaded_files_become_drafts_and_are_chosen(client, designer, running):
    file = (BytesIO(source("C")), "andet.bpmn")
    data = {"filer": file, "fil": "proces.bpmn", "csrf_token": designer}
    answer = client.post("/lov/ny/filer", data=data)
    assert answer.location == "/lov/ny?fil=proces.bpmn&fil=andet.bpmn"
    assert [draft.resource_name for draft in rows(running, Draft)] == ["proces.bpmn", "andet.bpmn"]


def test_an_uploaded_file_does_not_replace_the_draft_of_a_colleague(client, designer, running):
    data = {"filer": (BytesIO(source("C")), "proces.bpmn"), "csrf_token": designer}
    refused = client.post("/lov/ny/filer", data=data)
    assert (refused.status_code, "Kladden er gemt af" in words(refused)) == (422, True)
    assert rows(running, Draft)[0].source == source("A", "B").decode()


def test_a_caseworker_may_not_prepare_a_law(client, running):
    assert running
    visiting.log_in(client, "sagsbehandler")
    assert client.get("/lov/ny").status_code == 403


# ------------------------------------------------------------------ trying


@pytest.fixture
def trials(app, postgres: embedded.Server):
    """Scenarios run on a database of their own on the tests' server."""
    app.extensions["kfflow_trials"].server = postgres
    return postgres


def send(client, token, scenario=SCENARIO):
    file = (BytesIO(scenario.encode()), "to_trin.yaml")
    data = {"set": "proces.bpmn@1", "scenarier": file, "csrf_token": token}
    return client.post("/lov/ny/proev", data=data)


@pytest.mark.usefixtures("trials")
def test_scenarios_run_on_the_drafts_and_touch_nothing(client, designer, running):
    before = whole.database(running)
    page = words(send(client, designer))
    assert ("To trin" in page, "1 som ventet, 0 afviger." in page) == (True, True)
    after = whole.database(running)
    assert {name for name in after if after[name] != before[name]} == {*AUDIT, "draft"}


@pytest.mark.usefixtures("trials")
def test_how_the_scenarios_fared_is_kept_with_the_draft(client, designer, running):
    words(send(client, designer))
    (draft,) = rows(running, Draft)
    kept = {name: draft.trial[name] for name in ("drafts", "expected", "differing", "is_whole", "by")}
    assert kept == {
        "drafts": {"proces.bpmn": 1}, "expected": 1, "differing": 0, "is_whole": False, "by": "procesdesigner",
    }  # fmt: skip
    page = words(client.get("/lov/ny?fil=proces.bpmn"))
    assert "Kladden proces.bpmn er ikke prøvet på processens scenarier." in page


@pytest.mark.parametrize(("language", "told"), [("da", "(fire øjne)"), ("en", "(four eyes)")])
def test_who_saved_last_is_told_that_a_colleague_publishes(client, designer, running, language, told):
    running.publish_alone = False
    with running.command(Actor("procesdesigner", "Palle", frozenset({Role.DESIGNER}))) as ctx:
        drafts.save(ctx, "proces.bpmn", kind="bpmn", source=source("A", "B").decode(), revision=1)
    client.post("/sprog", data={"language": language, "next": "/", "csrf_token": designer})
    assert told in words(client.get("/lov/ny?fil=proces.bpmn"))
    refused = post(client, designer, set="proces.bpmn@2")
    assert (refused.status_code, told in words(refused)) == (422, True)
    assert (len(rows(running, Draft)), len(rows(running, ProcessDefinition))) == (1, 1)


@pytest.mark.usefixtures("trials")
def test_a_law_is_tried_on_what_is_in_force_from_its_day(client, designer, running):
    assert "kf-proev-gyldig-fra" not in client.get("/lov/ny?fil=proces.bpmn").text
    with running.command(SYSTEM) as ctx:
        law = Validity(date(2027, 7, 1), None, "lov nr. 1")
        deployments.deploy(ctx, [("proces.bpmn", source("A", "C"))], validity=law)
        deployments.deploy(ctx, [("proces.to_trin.yaml", SCENARIO.encode())])
    page = words(client.get("/lov/ny?fil=proces.bpmn"))
    assert ("og fra 01.07.2027." in page, "kf-proev-gyldig-fra" in page) == (True, True)
    try_it = partial(post, client, designer, "/lov/ny/proev")
    page = words(try_it(gyldig_fra=""))
    assert ("1 som ventet, 1 afviger." in page, "på det, der gælder fra 01.07.2027" in page) == (True, True)
    assert "1 som ventet, 0 afviger." in words(try_it(gyldig_fra="2027-07-01"))
    (draft,) = rows(running, Draft)
    assert (draft.trial["begins"], draft.trial["ends"]) == ("2027-07-01", None)
    refused = try_it(gyldig_fra="2027-07-01", gyldig_til="2027-07-01")
    assert (refused.status_code, "ligger ikke efter" in words(refused)) == (422, True)


@pytest.mark.usefixtures("trials")
def test_a_scenario_that_differs_says_how(client, designer):
    page = words(send(client, designer, SCENARIO.replace("[B]", "[C]")))
    assert ("0 som ventet, 1 afviger." in page, "Trin 2" in page) == (True, True)


@pytest.mark.usefixtures("trials")
def test_a_scenario_file_that_cannot_be_read_is_named(client, designer):
    page = words(send(client, designer, "name: x"))
    assert "to_trin.yaml: at mangler" in page


def test_two_trials_at_once_are_one_too_many(client, designer, trials):
    with embedded.claimed(trials, "kfflow_trial"):
        page = words(send(client, designer))
    assert "En anden prøver noget i databasen kfflow_trial lige nu." in page


@pytest.mark.usefixtures("running")
def test_a_table_concerns_the_processes_that_name_it(service):
    with service.command(SYSTEM) as ctx:
        task = diagrams.user_task("F", extra='<zeebe:formDefinition formId="vurdering"/>')
        files = [
            ("anden.bpmn", diagrams.sequence("anden", task, ids=["F"])),
            ("vurdering.form", visiting.FORM),
        ]
        deployments.deploy(ctx, files)
        drafts.save(ctx, "vurdering.form", kind="form", source=visiting.FORM.decode(), revision=0)
        changed = drafts.chosen(ctx, ["vurdering.form"])
        assert law_drafts.concerned(ctx, changed, law_days.ahead(ctx, changed)) == {"anden"}
