"""Searching by a part of a word: the same rows whether they are looked up or read one by one."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, literal, select

from kfflow.persistence import case_view, inbox, words
from kfflow.persistence.inbox import Beholder, Filter
from kfflow.persistence.scope import Scope
from kfflow.persistence.tables import Person
from kfflow.service import deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams

NATIONAL = Scope(national=True)


@pytest.fixture
def cases(service):
    """A case of a person with a name, one with a number of its own, and one with neither."""
    task = diagrams.user_task("Vurder").replace('name="Vurder"', 'name="Vurdér ærligt"')
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", diagrams.sequence("p", task, ids=["Vurder"]))])
        ctx.session.add(Person(key=7, person_number="SYN-1042", name="Åse Østergård", institution_code="SDO"))
        ctx.session.flush()
        for number, details in (("A-1", CaseDetails(person_key=7)), ("2026%7", CaseDetails()), ("B_2", CaseDetails())):
            instances.create(ctx, process_id="p", variables={}, business_key=number, case=details)
    return service


def found(service, sought):
    """Give the numbers of the tasks' cases in the inbox, and of the cases in the list."""
    with service.query(SYSTEM) as ctx:
        beholder = Beholder("x", (), NATIONAL, ctx.at, ctx.at, ctx.at)
        tasks = inbox.page(ctx.session, Filter(words=sought), beholder)
        listed = case_view.find_cases(ctx.session, sought, NATIONAL)
        return sorted(task.number for task in tasks), sorted(row.number for row in listed)


@pytest.mark.parametrize(
    ("sought", "expected"),
    [
        ("østerg", ["A-1"]),
        ("ØSTERGÅRD", ["A-1"]),
        ("-1042", ["A-1"]),
        ("26%7", ["2026%7"]),
        ("B_2", ["B_2"]),
        ("%", ["2026%7"]),
        ("_", ["B_2"]),
        ("b_", ["B_2"]),
        ("gård SYN", []),
        ("findes ikke", []),
    ],
)
def test_a_part_of_a_number_or_a_person_finds_tasks_and_cases(cases, sought, expected):
    assert found(cases, sought) == (expected, expected)


@pytest.mark.parametrize("sought", ["vurdér", "ÆRLIGT", "r"])
def test_a_part_of_a_tasks_name_finds_every_task_of_that_name(cases, sought):
    assert found(cases, sought)[0] == ["2026%7", "A-1", "B_2"]


def test_a_word_that_is_in_many_finds_the_same(cases, monkeypatch):
    monkeypatch.setattr(words, "FEW", 0)
    assert found(cases, "østerg") == (["A-1"], ["A-1"])


@pytest.fixture
def alike(database):
    """Say whether the grams of a text hold those of a part of it, as PostgreSQL works them out."""

    def ask(text, part):
        with database.transaction() as session:
            return session.scalar(select(func.grams(literal(text)).op("@>")(func.grams(literal(part)))))

    return ask


@given(
    text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=3, max_size=20),
    ends=st.tuples(st.integers(0, 17), st.integers(3, 20)),
)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_text_holds_the_grams_of_every_part_of_it(alike, text, ends):
    begin, length = ends
    part = text[begin : begin + length]
    if len(part) >= words.SHORTEST:
        assert alike(text, part)
