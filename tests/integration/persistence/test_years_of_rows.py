"""Lists over years of rows: what is found by a way of its own is what reading every row in order finds."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import or_, select, text, update

from kfflow.persistence import connection, scope, search, words
from kfflow.persistence.listings import PROCESS_INSTANCES, USER_TASKS
from kfflow.persistence.scope import Scope
from kfflow.persistence.search import Condition, Order, Query
from kfflow.persistence.tables import Case, Outbox, UserTask
from kfflow.service import deployments, instances, suspension
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams

SCOPES = [Scope(national=True), Scope(area="vest"), Scope(institution="SDO"), Scope(institution="ATLANTIS"), Scope()]
PLACES = ("SDO", "NYB", "HOR", None)


@pytest.fixture
def lived(service):
    """Instances of a caller and what it calls at three places and none: going, suspended, canceled and completed."""
    caller = diagrams.sequence("ydre", diagrams.call_activity("Kald", "indre"), ids=["Kald"])
    called = diagrams.sequence("indre", diagrams.user_task("Inde"), ids=["Inde"])
    at_once = diagrams.sequence("straks", diagrams.script_task("Regn", "=1", "en"), ids=["Regn"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("ydre.bpmn", caller), ("indre.bpmn", called), ("straks.bpmn", at_once)])
        for number in range(16):
            details = CaseDetails(institution_code=PLACES[number % 4])
            process_id = ("straks", "ydre", "ydre")[number % 3]
            made = instances.create(ctx, process_id=process_id, variables={}, case=details)
            if number % 5 == 1 and process_id == "ydre":
                instances.cancel(ctx, made.key, reason="fejl")
            elif number % 5 == 2 and process_id == "ydre":
                suspension.suspend(ctx, made.key, reason="Høring", hjemmel="fvl. § 19")
    return service


def everywhere(listing):
    """Give the listing with every join made in every statement."""

    def joined(chosen):
        rows = listing.rows(chosen)
        for join in listing.joins:
            rows = rows.outerjoin(join.table, join.on)
        return rows

    return replace(listing, rows=joined, joins=(), scope_afar=None)


def sorts(listing):
    return [Order(column.name, descending) for column in listing.columns for descending in (False, True)]


@pytest.mark.parametrize("listing", [PROCESS_INSTANCES, USER_TASKS], ids=lambda listing: listing.name)
@pytest.mark.parametrize("seen", SCOPES[:3])
def test_a_page_is_the_same_with_the_joins_it_reads_alone(lived, listing, seen):
    with lived.query(SYSTEM) as ctx:
        for order in sorts(listing):
            asked = Query(order=[order], offset=2, limit=5)
            found, expected = (search.find(ctx.session, way, asked, seen) for way in (listing, everywhere(listing)))
            assert found == expected


@pytest.mark.parametrize("seen", SCOPES)
@pytest.mark.parametrize("conditions", [[], [Condition("state", "eq", "ACTIVE")]])
def test_a_page_far_on_is_the_same(lived, monkeypatch, seen, conditions):
    asked = [Query(conditions, offset=offset, limit=4) for offset in (0, 3, 7, 30)]
    with lived.query(SYSTEM) as ctx:
        near = [search.find(ctx.session, PROCESS_INSTANCES, query, seen) for query in asked]
        monkeypatch.setattr(search, "FAR", 0)
        assert [search.find(ctx.session, PROCESS_INSTANCES, query, seen) for query in asked] == near
    assert bool(near[1].items) or not seen.national


@pytest.mark.parametrize("name", ["Inde", "Regn", "intet", ""])
@pytest.mark.parametrize("seen", SCOPES)
def test_tasks_of_a_name_are_found_open_and_ended(lived, name, seen):
    by_name = Query([Condition("name", "eq", name)])
    with lived.query(SYSTEM) as ctx:
        found = search.find(ctx.session, USER_TASKS, by_name, seen).items
        every = search.find(ctx.session, USER_TASKS, Query(), seen).items
    assert found == [task for task in every if task["name"] == name]
    if seen.national:
        assert {task["state"] for task in every} == {"CREATED", "CANCELED"}


def test_one_of_several_names_is_found(lived):
    with lived.query(SYSTEM) as ctx:
        ctx.session.execute(update(UserTask).where(UserTask.state == "CANCELED").values(name="Afsluttet"))
        found = search.find(
            ctx.session, USER_TASKS, Query([Condition("name", "in", ["Afsluttet", "intet"])]), SCOPES[0]
        )
        none = search.find(ctx.session, USER_TASKS, Query([Condition("name", "in", [])]), SCOPES[0])
    assert {task["state"] for task in found.items} == {"CANCELED"}
    assert none.items == []


@pytest.fixture
def called_out(lived):
    """Calls of each case and of none that wait, were refused at different times and have arrived, of two systems."""
    with lived.command(SYSTEM) as ctx:
        cases = [None, *ctx.session.scalars(select(Case.key).order_by(Case.key))]
        for place in range(60):
            refused = ctx.at - timedelta(minutes=place * 7 % 11) if place % 5 == 1 else None
            call = Outbox(
                key=ctx.new_key(),
                case_key=cases[place % len(cases)],
                system="andet" if place % 7 == 0 else "klientsystem",
                idempotency_key=str(place),
                payload={"haendelse": "loesladt"},
                created_at=ctx.at,
                refused_at=refused,
                sent_at=ctx.at if place % 5 in {2, 3} else None,
            )
            ctx.session.add(call)
    return lived


def seen_calls(ctx, seen):
    """Give the calls within the scope by asking each call for its case."""
    inside = or_(Case.key.is_(None), scope.condition(seen, Case))
    chosen = select(Outbox).outerjoin(Case, Case.key == Outbox.case_key).where(Outbox.system == "klientsystem", inside)
    return list(ctx.session.scalars(chosen.order_by(Outbox.refused_at.nulls_last(), Outbox.key)))


@pytest.mark.parametrize("seen", SCOPES)
def test_calls_are_counted_and_listed_as_asking_each_for_its_case_does(called_out, monkeypatch, seen):
    monkeypatch.setattr(connection, "MOST_WAITING", 9)
    with called_out.query(SYSTEM) as ctx:
        calls = seen_calls(ctx, seen)
        numbers = connection.numbers(ctx.session, "klientsystem", seen)
        queue = connection.queue(ctx.session, "klientsystem", seen)
    unsent = [call for call in calls if call.sent_at is None]
    refused = sum(call.refused_at is not None for call in calls)
    assert tuple(numbers) == (len(unsent) - refused, refused, len(calls) - len(unsent))
    assert [row.key for row in queue] == [call.key for call in unsent][:9]
    assert calls != []


OLD_CASES = text("""INSERT INTO "case" (key, number, process_id, title, state, legal_date, opened_at, opened_by)
  SELECT n, '2026-' || n, 'indre', '', 'COMPLETED', '2026-01-01', timestamptz '2026-01-01' + n * interval '1 s', 'x'
  FROM generate_series(1, 1200) AS n""")
NEW_CASES = text("""INSERT INTO "case" (key, number, process_id, title, state, legal_date, opened_at, opened_by)
  SELECT n, '2027-' || n, 'indre', '', 'ACTIVE', '2027-01-01', timestamptz '2027-01-01' + n * interval '1 s', 'x'
  FROM generate_series(2001, 2040) AS n""")


@pytest.mark.parametrize(("word", "few"), [("2026-", None), ("2027-", list(range(2001, 2041))), ("2027-2007", [2007])])
def test_a_word_is_usual_by_the_cases_of_all_years(service, word, few):
    with service.command(SYSTEM) as ctx:
        ctx.session.execute(OLD_CASES)
        ctx.session.execute(NEW_CASES)
        assert words.few_cases(ctx.session, word) == few
