"""The page of a process: its files and versions; cases moved to a version that no law names them for, and back."""

import pytest
from sqlalchemy import select

from kfflow.persistence.tables import Account, InstanceMigration, ProcessInstance
from kfflow.service import accounts, deployments, tasks
from kfflow.service.accounts import SYSTEM
from tests.integration import whole
from tests.integration.service import diagrams
from tests.integration.web import visiting

PATH = "/processer/proces"
SENDING = """<bpmn:serviceTask id="Send"><bpmn:extensionElements><zeebe:taskDefinition type="svc_dokument"/>
  <zeebe:taskHeaders><zeebe:header key="skabelon" value="besked"/></zeebe:taskHeaders>
  </bpmn:extensionElements></bpmn:serviceTask>"""
TEMPLATE = b'/* kfflow\n{"titel": "Besked til alle"}\n*/\n#set document(title: "x")\n= Besked\n'
WANTED = {"fra": "1", "til": "2"}


def source(*names: str, extra: str = "") -> bytes:
    return diagrams.sequence("proces", *(diagrams.user_task(n, extra=extra) for n in names), ids=list(names))


@pytest.fixture
def two_versions(service):
    """Three cases at A of version 1, and a version 2 that has a task more; one of the cases is in Nyborg."""
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("proces.bpmn", source("A"))])
    numbers = [*visiting.open_cases(service, 2, "proces"), *visiting.open_cases(service, 1, "proces", "NYB")]
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("proces.bpmn", source("A", "B"))])
    return numbers


@pytest.fixture
def blocked(service, two_versions):
    """A third version, in which nothing stands where the cases are."""
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("proces.bpmn", source("C"))])
    return two_versions


def words(page) -> str:
    return " ".join(page.text.split())


def versions(service):
    with service.database.transaction() as session:
        return list(session.scalars(select(ProcessInstance.version).order_by(ProcessInstance.key)))


def post(client, token, verb, **given):
    return client.post(f"{PATH}/{verb}", data={"csrf_token": token, **given})


def test_the_page_lists_what_the_diagram_names(client, service):
    visiting.deploy_form_process(service)
    with service.command(SYSTEM) as ctx:
        files = [("proces.bpmn", diagrams.sequence("proces", SENDING, ids=["Send"])), ("besked.typ", TEMPLATE)]
        deployments.deploy(ctx, files)
    visiting.log_in(client, "sagsbehandler")
    page = words(client.get(PATH))
    assert [told in page for told in ("Besked til alle", "besked.typ", "proces.bpmn")] == [True] * 3
    assert "vurdering.form" not in page
    assert "vurdering.form" in words(client.get("/processer/vurder"))


@pytest.mark.parametrize(("person", "running"), [("procesdesigner", 3), ("teamleder", 2)])
def test_versions_are_told_with_the_cases_that_the_visitor_may_know_of(client, two_versions, person, running):
    assert two_versions
    visiting.log_in(client, person)
    page = words(client.get(PATH))
    assert (f">{running}</td>" in page, f"1 ({running} sager)" in page) == (True, True)


def test_a_plan_tells_the_difference_and_each_case_and_moves_nothing(client, service, two_versions):
    visiting.log_in(client, "procesdesigner")
    before = whole.database(service)
    page = words(client.get(f"{PATH}/flyt", query_string=WANTED))
    assert ("Opgaven »B« er ny." in page, "3 kan flyttes, 0 kan ikke." in page) == (True, True)
    assert [number in page for number in two_versions] == [True] * 3
    after = whole.database(service)
    assert {name for name in after if after[name] != before[name]} == {"audit_event"}


def test_cases_are_moved_for_a_reason_and_moved_back(client, service, worker, two_versions):
    token = visiting.log_in(client, "procesdesigner")
    moved = post(client, token, "flyt", **WANTED, grund="Fejl i version 1")
    worker.drain()
    assert (moved.status_code, versions(service)) == (303, [2, 2, 2])
    assert "Fejl i version 1" in words(client.get(moved.location))
    page = words(client.get(PATH))
    assert [number in page for number in two_versions] == [True] * 3
    with service.database.transaction() as session:
        first = session.scalars(select(InstanceMigration).order_by(InstanceMigration.key)).first()
    undone = post(client, token, "fortryd", sag=[str(first.instance_key)], grund="Forkert version")
    worker.drain()
    assert (undone.status_code, sorted(versions(service))) == (303, [1, 2, 2])
    assert "Fortryd flytning" in words(client.get(undone.location))


def test_a_supervisor_moves_the_cases_of_the_own_place(client, service, worker, two_versions):
    assert two_versions
    token = visiting.log_in(client, "teamleder")
    post(client, token, "flyt", **WANTED, grund="Ny vejledning")
    worker.drain()
    assert versions(service) == [2, 2, 1]


def test_what_has_no_place_is_told_by_element_and_can_be_mapped(client, service, worker, blocked):
    assert blocked
    token = visiting.log_in(client, "procesdesigner")
    page = words(client.get(f"{PATH}/flyt", query_string={"fra": "1", "til": "3"}))
    assert ("0 kan flyttes, 3 kan ikke." in page, 'name="bliver.A"' in page) == (True, True)
    mapped = {"fra": "1", "til": "3", "bliver.A": "C"}
    page = words(client.get(f"{PATH}/flyt", query_string=mapped))
    assert ("3 kan flyttes, 0 kan ikke." in page, 'name="bliver.A" value="C"' in page) == (True, True)
    post(client, token, "flyt", **mapped, grund="Opgaven hedder noget andet")
    worker.drain()
    assert versions(service) == [3, 3, 3]


@pytest.mark.parametrize(
    "case",
    [
        ("flyt", {**WANTED, "grund": " "}, "Begrundelsen mangler."),
        ("flyt", {"fra": "2", "til": "1", "grund": "x"}, "Ingen sager følger versionen."),
        ("fortryd", {"grund": "x"}, "Ingen sager er valgt."),
        ("fortryd", {"sag": "1", "grund": ""}, "Begrundelsen mangler."),
    ],
)
def test_what_cannot_be_moved_is_refused_in_words(client, service, two_versions, case):
    assert two_versions
    verb, given, told = case
    token = visiting.log_in(client, "procesdesigner")
    refused = post(client, token, verb, **given)
    assert (refused.status_code, told in words(refused), versions(service)) == (422, True, [1, 1, 1])


@pytest.fixture
def many(service):
    """200 cases at A of version 1, and a 201st, which has gone on to B; version 2 has no B."""
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("proces.bpmn", source("A", "B"))])
    visiting.open_cases(service, 201, "proces")
    last = visiting.tasks_of(service)[-1]
    with service.command(SYSTEM) as ctx:
        caseworker = accounts.actor_of(ctx.session.get_one(Account, "sagsbehandler"))
        tasks.complete(ctx.on_behalf_of(caseworker), last.key, variables={})
        deployments.deploy(ctx, [("proces.bpmn", source("A"))])


@pytest.mark.usefixtures("many")
def test_what_stands_against_the_last_of_many_cases_is_told_before_any_is_moved(client, service, worker):
    token = visiting.log_in(client, "procesdesigner")
    page = words(client.get(f"{PATH}/flyt", query_string=WANTED))
    told = ("200 kan flyttes, 0 kan ikke. Det er dem nedenfor, 200 af 201." in page, "disabled>Flyt sagerne" in page)
    assert (*told, "Se alle efter" in page, 'name="bliver.B"' in page) == (True, True, True, False)
    refused = post(client, token, "flyt", **WANTED, grund="Ny version")
    assert (refused.status_code, "Se dem alle efter, før de flyttes." in words(refused)) == (422, True)
    begun = post(client, token, "flyt/efterse", **WANTED)
    assert (begun.status_code, "0 af 201 er set efter" in words(client.get(begun.location))) == (303, True)
    assert post(client, token, "flyt", **WANTED, grund="Ny version").status_code == 422
    worker.drain()
    page = words(client.get(begun.location))
    assert "201 af 201 er set efter: 200 kan flyttes, 1 kan ikke." in page
    assert "kan ikke flyttes</span> B er aktiv, og den nye version har intet element B" in page
    assert ('name="bliver.B"' in page, "disabled>Flyt sagerne" in page) == (True, False)
    assert set(versions(service)) == {1}


@pytest.mark.usefixtures("many")
def test_looking_into_many_cases_is_of_one_plan(client, service, worker):
    token = visiting.log_in(client, "procesdesigner")
    post(client, token, "flyt/efterse", **WANTED)
    worker.drain()
    mapped = {**WANTED, "bliver.B": "A"}
    page = words(client.get(f"{PATH}/flyt", query_string=mapped))
    assert ("201 af 201" in page, "disabled>Flyt sagerne" in page) == (False, True)
    assert post(client, token, "flyt", **mapped, grund="Ny version").status_code == 422
    begun = post(client, token, "flyt/efterse", **mapped)
    worker.drain()
    assert "201 af 201 er set efter: 201 kan flyttes, 0 kan ikke." in words(client.get(begun.location))
    assert post(client, token, "flyt", **mapped, grund="Ny version").status_code == 303
    worker.drain()
    assert versions(service) == [2] * 201


def test_nobody_is_looked_into_where_nobody_runs(client, two_versions):
    assert two_versions
    token = visiting.log_in(client, "procesdesigner")
    assert post(client, token, "flyt/efterse", fra="2", til="1").status_code == 409


@pytest.mark.parametrize("given", [{}, {"fra": "1"}, {"fra": "1", "til": "9"}, {"fra": "x", "til": "2"}])
def test_versions_that_are_none_are_refused(client, two_versions, given):
    assert two_versions
    visiting.log_in(client, "procesdesigner")
    assert client.get(f"{PATH}/flyt", query_string=given).status_code == 400


def test_an_unknown_process_is_not_there(client):
    visiting.log_in(client, "procesdesigner")
    assert client.get("/processer/ukendt").status_code == 404
