"""Drafts are published by another than who saved them, tried as they are or with a reason that is logged."""

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Conflict, Forbidden, InvalidInput
from kfflow.persistence.tables import AuditEvent, Draft, ProcessDefinition
from kfflow.service import deployments, drafts, publications, trial_results
from kfflow.service.trial_results import Fared
from tests.integration.service import diagrams

PALLE = Actor("palle", "Palle", frozenset({Role.DESIGNER}), national=True)
PETRA = Actor("petra", "Petra", frozenset({Role.DESIGNER}), national=True)
ASGER = Actor("asger", "Asger", frozenset({Role.ADMINISTRATOR}), national=True)
METTE = Actor("mette", "Mette", frozenset({Role.SUPERVISOR}), national=True)
PASSED = Fared(expected=3, differing=0, is_whole=True)


def drawn(name="A"):
    return diagrams.sequence("sag", diagrams.user_task(name), ids=[name])


@pytest.fixture
def house(service):
    service.publish_alone = False
    return service


def save(house, actor=PALLE, *, revision=0, name="sag.bpmn", task="A"):
    with house.command(actor) as ctx:
        return drafts.save(ctx, name, kind="bpmn", source=drawn(task).decode(), revision=revision).revision


def keep(house, seen, fared=PASSED):
    with house.command(PALLE) as ctx:
        trial_results.keep(ctx, seen, fared)


def publish(house, actor=PETRA, seen=None, **given):
    with house.command(actor) as ctx:
        return publications.publish(ctx, seen or {"sag.bpmn": 1}, **given)


def rows(house, table):
    with house.database.transaction() as session:
        return list(session.scalars(select(table)))


@pytest.mark.parametrize("publisher", [PETRA, ASGER])
def test_a_tried_draft_is_published_by_another(house, publisher):
    save(house)
    keep(house, {"sag.bpmn": 1})
    publish(house, publisher)
    assert ([row.version for row in rows(house, ProcessDefinition)], rows(house, Draft)) == ([1], [])


def test_who_saved_last_does_not_publish(house):
    save(house)
    keep(house, {"sag.bpmn": 1})
    with pytest.raises(Forbidden) as refused:
        publish(house, PALLE)
    assert refused.value.message("en") == "You saved sag.bpmn last yourself. A colleague must publish (four eyes)."
    save(house, PETRA, revision=1)
    keep(house, {"sag.bpmn": 2})
    with pytest.raises(Forbidden):
        publish(house, PETRA, {"sag.bpmn": 2})
    publish(house, PALLE, {"sag.bpmn": 2})


def test_a_small_installation_lets_one_publish_alone(house):
    house.publish_alone = True
    save(house)
    keep(house, {"sag.bpmn": 1})
    publish(house, PALLE)
    assert len(rows(house, ProcessDefinition)) == 1


def test_publishing_takes_the_permission(house):
    save(house)
    with pytest.raises(Forbidden) as refused:
        publish(house, METTE, untried="Haster")
    assert refused.value.message("da") == "Din rolle giver ikke adgang til at udgive processer."


def told(house, **given):
    """Give why a draft is not published, in English."""
    with pytest.raises(InvalidInput) as refused:
        publish(house, **given)
    (problem,) = refused.value.fields
    assert problem.field == "uden_proeve"
    return problem.message_en.partition(". ")[0]


def test_a_draft_that_did_not_pass_is_refused_saying_why(house):
    save(house)
    assert told(house) == "The draft sag.bpmn was not tried as it is now"
    assert told(house, untried="  ") == "The draft sag.bpmn was not tried as it is now"
    keep(house, {"sag.bpmn": 1}, Fared(expected=2, differing=1, is_whole=True))
    assert told(house) == "The draft sag.bpmn differs in 1 scenarios"
    for fared in (Fared(expected=2, differing=0, is_whole=False), Fared(expected=0, differing=0, is_whole=True)):
        keep(house, {"sag.bpmn": 1}, fared)
        assert told(house) == "The draft sag.bpmn was not tried on the scenarios of the process"


def test_saving_anew_makes_the_trial_void(house):
    save(house)
    keep(house, {"sag.bpmn": 1})
    save(house, revision=1, task="B")
    assert told(house, seen={"sag.bpmn": 2}) == "The draft sag.bpmn was not tried as it is now"
    with pytest.raises(Conflict):
        keep(house, {"sag.bpmn": 1})


def test_what_was_tried_together_is_published_together(house):
    save(house)
    with house.command(PALLE) as ctx:
        other = diagrams.sequence("anden", diagrams.user_task("B"), ids=["B"]).decode()
        drafts.save(ctx, "anden.bpmn", kind="bpmn", source=other, revision=0)
    together = {"sag.bpmn": 1, "anden.bpmn": 1}
    keep(house, together)
    assert told(house) == "The draft sag.bpmn was tried with something else: sag.bpmn, anden.bpmn"
    publish(house, seen=together)
    assert len(rows(house, ProcessDefinition)) == 2


def test_the_log_tells_who_drew_what_was_tried_and_why_it_was_published_untried(house):
    save(house)
    publish(house, untried="Loven gælder fra i morgen")
    (line,) = [row for row in rows(house, AuditEvent) if row.verb == "designer:draft:publish"]
    assert (line.actor, line.subject, line.reason) == ("petra", "sag.bpmn", "Loven gælder fra i morgen")
    assert line.data["drafts"] == [{"resource": "sag.bpmn", "revision": 1, "saved_by": "palle", "trial": None}]


def test_who_draws_puts_no_file_in_force_alone(house):
    with pytest.raises(Forbidden) as refused, house.command(PALLE) as ctx:
        deployments.deploy(ctx, [("sag.bpmn", drawn())])
    assert "(four eyes)" in refused.value.message("en")
    with house.command(ASGER) as ctx:
        deployments.deploy(ctx, [("sag.bpmn", drawn())])
