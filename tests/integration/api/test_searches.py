"""Searches: every list answers, its filters and pages work, and it costs the same however much it finds."""

import pytest
from pydantic.alias_generators import to_camel
from sqlalchemy import event, text

from kfflow import api
from kfflow.persistence import listings, search
from kfflow.persistence.listings import PROCESS_INSTANCES
from kfflow.persistence.scope import Scope
from kfflow.persistence.search import Condition, Listing, Order, Query
from kfflow.service import deployments, instances, suspension
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams

NATIONAL = Scope(national=True)

LISTINGS = [value for value in vars(listings).values() if isinstance(value, Listing)]
PATHS = sorted(o.path for o in api.OPERATIONS if o.path.endswith("/search") and "{" not in o.path)


@pytest.mark.usefixtures("task_key")
@pytest.mark.parametrize("path", PATHS)
def test_every_list_can_be_searched(program, path):
    answer = program.post(f"/v2{path}", {"page": {"limit": 5}})
    assert answer.status_code == 200, answer.json
    assert answer.json["page"]["totalItems"] >= len(answer.json["items"])


@pytest.mark.usefixtures("task_key")
@pytest.mark.parametrize("path", PATHS)
def test_every_column_can_be_sorted_and_filtered_on(program, path):
    operation = next(o for o in api.OPERATIONS if o.path == path)
    filters = operation.body.model_fields["filter"].annotation.__args__[0]
    names = [n for n in filters.model_fields if n != "or_"]
    asked = {to_camel(n): (True if n.startswith(("is_", "has_")) else {"$exists": True}) for n in names}
    sorts = operation.body.model_json_schema()["$defs"]
    fields = next(s for n, s in sorts.items() if n.endswith("Sort"))["properties"]["field"]["enum"]
    answer = program.post(f"/v2{path}", {"filter": asked, "sort": [{"field": f, "order": "desc"} for f in fields[:10]]})
    assert answer.status_code == 200, answer.json


def test_operators(program, task_key):
    def found(**asked):
        return len(program.post("/v2/user-tasks/search", {"filter": asked}).json["items"])

    assert found(elementId="Vurder") == 1
    assert found(elementId={"$like": "V*er"}) == 1
    assert found(elementId={"$like": "V?r"}) == 0
    assert found(elementId={"$in": ["Vurder", "X"]}) == 1
    assert found(elementId={"$notIn": ["Vurder"]}) == 0
    assert found(assignee={"$exists": False}) == 1
    assert found(candidateGroup="sagsbehandler") == 1
    assert found(candidateGroup={"$in": ["a", "b"]}) == 0
    assert found(userTaskKey=task_key) == 1
    assert found(creationDate={"$gte": "2026-11-24T00:00:00Z", "$lt": "2026-11-25T00:00:00Z"}) == 1
    assert found(**{"$or": [{"elementId": "X"}, {"state": "CREATED", "elementId": "Vurder"}]}) == 1


def test_pages_follow_one_another(program, deployed):
    for number in range(5):
        program.post("/v2/process-instances", {"processDefinitionKey": deployed, "businessId": f"S-{number}"})
    body = {"sort": [{"field": "businessId", "order": "DESC"}]}
    first = program.post("/v2/process-instances/search", {**body, "page": {"limit": 2}}).json
    after = {"limit": 2, "after": first["page"]["endCursor"]}
    second = program.post("/v2/process-instances/search", {**body, "page": after}).json
    before = {"limit": 2, "before": second["page"]["startCursor"]}
    back = program.post("/v2/process-instances/search", {**body, "page": before}).json
    assert [i["businessId"] for i in first["items"]] == ["S-4", "S-3"]
    assert [i["businessId"] for i in second["items"]] == ["S-2", "S-1"]
    assert back["items"] == first["items"]
    assert first["page"]["totalItems"] == 5


def test_variables_of_an_instance_and_of_a_task(program, task_key):
    (beloeb,) = program.post("/v2/variables/search", {"filter": {"name": "beloeb"}}).json["items"]
    assert beloeb["value"] == "7"
    assert program.get(f"/v2/variables/{beloeb['variableKey']}").json["name"] == "beloeb"
    seen = program.post(f"/v2/user-tasks/{task_key}/variables/search", {"sort": [{"field": "name"}]}).json["items"]
    assert [v["name"] for v in seen] == ["beloeb", "sagsnummer"]
    assert next(v for v in seen if v["name"] == "beloeb")["variableKey"] == beloeb["variableKey"]


@pytest.mark.usefixtures("task_key")
@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name)
@pytest.mark.parametrize("limit", [0, 100])
def test_a_search_costs_a_statement_and_one_more_when_the_page_is_full(database, listing, limit):
    with database.transaction() as session:
        counted = []
        session.connection()
        event.listen(database.engine, "before_cursor_execute", lambda *given: counted.append(given[2]))
        search.find(session, listing, Query(limit=limit), NATIONAL)
    of_settings, full = ["SELECT"], limit == 0
    assert [statement.partition(" ")[0] for statement in counted] == [*of_settings, "SELECT", *["SELECT"] * full]


def test_a_search_is_planned_by_its_values_and_what_comes_after_is_not(database):
    shown = text(
        "SELECT current_setting('plan_cache_mode'), current_setting('max_parallel_workers_per_gather')::int > 0"
    )
    with database.transaction() as session:
        search.find(session, LISTINGS[0], Query(), NATIONAL)
        assert tuple(session.execute(shown).one()) == ("force_custom_plan", False)
    with database.transaction() as session:
        assert tuple(session.execute(shown).one()) == ("auto", True)


def test_counting_stops_and_says_so(database, program, deployed):
    for number in range(3):
        program.post("/v2/process-instances", {"processDefinitionKey": deployed, "businessId": f"S-{number}"})
    with database.transaction() as session:
        all_of_them = search.find(session, PROCESS_INSTANCES, Query(limit=1), NATIONAL, count_to=3)
        some = search.find(session, PROCESS_INSTANCES, Query(limit=1), NATIONAL, count_to=2)
        beyond = search.find(session, PROCESS_INSTANCES, Query(offset=2, limit=1), NATIONAL, count_to=2)
    assert (all_of_them.total, all_of_them.is_capped, all_of_them.has_more) == (3, False, True)
    assert (some.total, some.is_capped, some.has_more) == (2, True, True)
    assert (len(beyond.items), beyond.is_capped) == (1, True)


@pytest.mark.parametrize(("offset", "items"), [(0, 3), (2, 1), (3, 0), (9, 0)])
def test_how_many_there_are_does_not_depend_on_the_page(database, program, deployed, offset, items):
    for number in range(3):
        program.post("/v2/process-instances", {"processDefinitionKey": deployed, "businessId": f"S-{number}"})
    with database.transaction() as session:
        page = search.find(session, PROCESS_INSTANCES, Query(offset=offset), NATIONAL)
    assert (len(page.items), page.total, page.has_more) == (items, 3, False)


@pytest.mark.parametrize("column", ["start_date", "state"])
def test_downwards_is_upwards_read_backwards_where_all_have_a_value(database, program, deployed, column):
    for number in range(3):
        program.post("/v2/process-instances", {"processDefinitionKey": deployed, "businessId": f"S-{number}"})
    with database.transaction() as session:
        up, down = (
            search.find(session, PROCESS_INSTANCES, Query(order=[Order(column, descending)]), NATIONAL)
            for descending in (False, True)
        )
    assert [row["business_id"] for row in up.items] == ["S-0", "S-1", "S-2"]
    assert down.items == up.items[::-1]


@pytest.mark.parametrize(
    "asked", [["ACTIVE"], ["SUSPENDED"], ["TERMINATED"], ["ACTIVE", "COMPLETED"], ["SUSPENDED", "?"]]
)
def test_instances_are_found_by_the_state_that_is_shown(database, service, asked):
    caller = diagrams.sequence("ydre", diagrams.call_activity("Kald", "indre"), ids=["Kald"])
    called = diagrams.sequence("indre", diagrams.user_task("Inde"), ids=["Inde"])
    at_once = diagrams.sequence("straks", diagrams.script_task("Regn", "=1", "en"), ids=["Regn"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("ydre.bpmn", caller), ("indre.bpmn", called), ("straks.bpmn", at_once)])
        _going, suspended, canceled = (instances.create(ctx, process_id="ydre", variables={}).key for _ in range(3))
        suspension.suspend(ctx, suspended, reason="Høring", hjemmel="fvl. § 19")
        instances.cancel(ctx, canceled, reason="fejl")
        instances.create(ctx, process_id="straks", variables={})
    with database.transaction() as session:
        everything = search.find(session, PROCESS_INSTANCES, Query(), NATIONAL).items
        found = search.find(session, PROCESS_INSTANCES, Query([Condition("state", "in", asked)]), NATIONAL)
    assert sorted(row["state"] for row in everything) == [
        "ACTIVE", "ACTIVE", "COMPLETED", "SUSPENDED", "SUSPENDED", "TERMINATED", "TERMINATED",
    ]  # fmt: skip
    assert found.items == [row for row in everything if row["state"] in asked]
    assert found.total == len(found.items)


def test_what_was_looked_at_is_in_the_audit_log(service, as_user, task_key):
    from kfflow.persistence.tables import AuditEvent

    as_user("sagsbehandler").send("GET", f"/v2/user-tasks/{task_key}", **{"X-Kfflow-Reason": "Klage 12"})
    with service.command(SYSTEM) as ctx:
        read = ctx.session.query(AuditEvent).filter_by(verb="api:user-task:read").one()
        searched = ctx.session.query(AuditEvent).filter_by(verb="api:user-task:search").one()
    assert (read.actor, read.subject, read.reason) == ("sagsbehandler", task_key, "Klage 12")
    assert searched.data == {"keys": [task_key], "asked": ["state"]}
