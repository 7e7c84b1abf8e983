"""A change of law reaches the running cases that its transitional rule names, and no others; each is told why."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.domain.batches import Totals
from kfflow.domain.law import Transition, Validity
from kfflow.errors import Conflict, Forbidden, NotFound
from kfflow.persistence.tables import (
    Appointment,
    AuditEvent,
    BatchItem,
    Comment,
    HistoryEvent,
    Person,
    ProcessInstance,
)
from kfflow.service import batches, deployments, instances, law, law_batches
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from kfflow.service.law import Following, Way
from tests.integration.service import diagrams

DESIGNER = Actor("procesdesigner", "Dea", frozenset({Role.DESIGNER}), national=True)
CASEWORKER = Actor("sagsbehandler", "Mette", frozenset({Role.CASEWORKER}), national=True)
D = date(2026, 11, 20)
LAW = "lov nr. 611 af 14.06.2011"
OLD, NEW = date(2026, 11, 1), date(2026, 11, 22)


def tasks(*names):
    return diagrams.sequence("proces", *(diagrams.user_task(n) for n in names), ids=list(names))


def deploy(service, *resources, **given):
    with service.command(DESIGNER) as ctx:
        return Following(deployments.deploy(ctx, resources, validity=Validity(**given)).deployment.key)


def start(service, process="proces", legal_date=OLD, **variables):
    with service.command(CASEWORKER) as ctx:
        details = CaseDetails(legal_date=legal_date)
        return instances.create(ctx, process_id=process, variables=variables, case=details).key


def named(service, following):
    with service.command(DESIGNER) as ctx:
        return [(n.reached.instance_key, n.way, n.is_blocked) for n in law.named(ctx, following)]


def apply(service, worker, following):
    with service.command(DESIGNER) as ctx:
        key = law_batches.apply(ctx, following).key
    worker.drain()
    with service.command(SYSTEM) as ctx:
        return batches.totals(ctx, key)


def versions(service, *keys):
    with service.database.transaction() as session:
        return [session.get_one(ProcessInstance, key).version for key in keys]


RULES = {
    Transition.NEW_CASES: (D, [False, False]),
    Transition.FROM_REFERENCE_DATE: (D, [False, True]),
    Transition.ALL_RUNNING: (D, [True, True]),
}


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_names_which_running_cases_must_move(service, worker, clock, rule):
    deploy(service, ("p.bpmn", tasks("A")))
    clock.at = datetime(2026, 11, 10, 9, tzinfo=UTC)
    keys = [start(service, legal_date=day) for day in (OLD, NEW)]
    clock.at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    following = deploy(service, ("p.bpmn", tasks("A", "B")), gyldig_fra=D, lov=LAW, overgang=rule)
    moves = RULES[rule][1]
    expected = [(key, Way.MIGRATE, False) for key, moved in zip(keys, moves, strict=True) if moved]
    assert named(service, following) == expected
    if expected:
        assert apply(service, worker, following) == Totals(done=len(expected))
    assert versions(service, *keys) == [2 if moved else 1 for moved in moves]
    assert named(service, following) == []


def test_whoever_works_on_a_moved_case_is_told_by_comment_and_history(service, worker):
    deploy(service, ("p.bpmn", tasks("A")))
    key = start(service)
    following = deploy(service, ("p.bpmn", tasks("A", "B")), gyldig_fra=D, lov=LAW, overgang=Transition.ALL_RUNNING)
    apply(service, worker, following)
    with service.database.transaction() as session:
        comment = session.scalars(select(Comment)).one()
        danish, english = comment.text.split("\n\n")
        assert danish.startswith("Til Sanne Kjærsgaard: ")
        assert f"Loven er ændret fra fredag den 20. november 2026 ({LAW})." in danish
        assert f"The law has changed from Friday 20 November 2026 ({LAW})." in english
        line = session.scalars(select(HistoryEvent).where(HistoryEvent.kind == "LAW_APPLIED")).one()
        assert (line.instance_key, line.name, line.data["gyldig_fra"]) == (key, LAW, D.isoformat())


def test_whoever_is_appointed_for_the_person_is_told_before_whoever_works_on_the_case(service, worker):
    deploy(service, ("p.bpmn", tasks("A")))
    with service.command(SYSTEM) as ctx:
        ctx.session.add(Person(key=7, person_number="SYN-000007", name="Prøve"))
        told = {"person_number": "SYN-000007", "group_name": "handleplansansvarlig", "username": "leif.kold"}
        ctx.session.add(Appointment(key=8, appointed_at=ctx.at, appointed_by="ena", **told))
    start(service, indsat_id="SYN-000007")
    following = deploy(service, ("p.bpmn", tasks("A", "B")), gyldig_fra=D, lov=LAW, overgang=Transition.ALL_RUNNING)
    apply(service, worker, following)
    with service.database.transaction() as session:
        assert session.scalars(select(Comment)).one().text.startswith("Til Leif Kold: ")


def test_a_case_that_has_no_place_in_the_new_version_is_blocked_by_element_and_stays(service, worker):
    deploy(service, ("p.bpmn", tasks("A")))
    key = start(service)
    other = diagrams.sequence("proces", diagrams.script_task("S", "=1", "x"), ids=["S"])
    following = deploy(service, ("p.bpmn", other), gyldig_fra=D, lov=LAW, overgang=Transition.ALL_RUNNING)
    with service.command(DESIGNER) as ctx:
        (one,) = law.named(ctx, following)
        assert (one.is_blocked, [o.element_id for o in one.obstacles]) == (True, ["A"])
    assert apply(service, worker, following) == Totals(failed=1)
    with service.database.transaction() as session:
        item = session.scalars(select(BatchItem)).one()
        assert (session.get_one(ProcessInstance, key).version, "A" in item.message_da) == (1, True)


def test_before_the_day_the_rule_can_be_asked_but_not_applied(service, worker, clock):
    deploy(service, ("p.bpmn", tasks("A")))
    key = start(service)
    ahead = date(2027, 1, 1)
    following = deploy(service, ("p.bpmn", tasks("A", "B")), gyldig_fra=ahead, lov=LAW, overgang=Transition.ALL_RUNNING)
    assert named(service, following) == [(key, Way.MIGRATE, False)]
    with pytest.raises(Conflict, match="in force from 2027-01-01"):
        apply(service, worker, following)
    clock.at = datetime(2027, 1, 1, 9, tzinfo=UTC)
    assert apply(service, worker, following) == Totals(done=1)


def test_a_newer_version_that_counts_for_the_case_outdoes_the_deployment(service):
    deploy(service, ("p.bpmn", tasks("A")))
    key = start(service)
    older = deploy(service, ("p.bpmn", tasks("A", "B")), gyldig_fra=D, lov=LAW, overgang=Transition.ALL_RUNNING)
    newer = deploy(service, ("p.bpmn", tasks("A", "C")), gyldig_fra=D, lov="lov 2", overgang=Transition.ALL_RUNNING)
    assert (named(service, older), named(service, newer)) == ([], [(key, Way.MIGRATE, False)])


TABLE = """<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
 <decision id="graense" name="Grænse"><literalExpression id="u"><text>"{span}"</text></literalExpression></decision>
</definitions>"""
REGN = """<bpmn:businessRuleTask id="Regn{n}" name="Regn"><bpmn:extensionElements>
  <zeebe:calledDecision decisionId="graense" resultVariable="graense"/></bpmn:extensionElements>
  </bpmn:businessRuleTask>"""


def sleeping(*, wakes: bool) -> bytes:
    """A case that sleeps for as long as the table says; with `wakes` it reckons anew on a message."""
    anew = f"""<bpmn:subProcess id="Anew" triggeredByEvent="true"><bpmn:startEvent id="Aendret" isInterrupting="false">
      <bpmn:messageEventDefinition id="ad" messageRef="M"/></bpmn:startEvent>
      {REGN.format(n=2)}<bpmn:endEvent id="AnewSlut"/>
      <bpmn:sequenceFlow id="a0" sourceRef="Aendret" targetRef="Regn2"/>
      <bpmn:sequenceFlow id="a1" sourceRef="Regn2" targetRef="AnewSlut"/></bpmn:subProcess>"""
    inside = REGN.format(n=1) + (anew if wakes else "")
    message = diagrams.message("M", "stamdata_aendret", "=sagsnummer") if wakes else ""
    return diagrams.sequence("proces", inside, diagrams.user_task("A"), ids=["Regn1", "A"], root=message)


def test_a_table_is_followed_by_reckoning_anew_where_the_case_waits_for_that(service, worker):
    deploy(service, ("p.bpmn", sleeping(wakes=True)), ("g.dmn", TABLE.format(span="P12Y").encode()))
    key = start(service)
    new = ("g.dmn", TABLE.format(span="P20Y").encode())
    following = deploy(service, new, gyldig_fra=D, lov=LAW, overgang=Transition.ALL_RUNNING)
    assert named(service, following) == [(key, Way.RECKON_ANEW, False)]
    assert apply(service, worker, following) == Totals(done=1)
    with service.database.transaction() as session:
        assert session.get_one(ProcessInstance, key).variables["graense"] == "P20Y"
        assert session.scalars(select(Comment)).all() == [], "nothing that waits has moved"
    assert named(service, following) == []


def test_a_table_is_followed_at_the_next_evaluation_where_nothing_waits(service, worker):
    deploy(service, ("p.bpmn", sleeping(wakes=False)), ("g.dmn", TABLE.format(span="P12Y").encode()))
    key = start(service)
    new = ("g.dmn", TABLE.format(span="P20Y").encode())
    following = deploy(service, new, gyldig_fra=D, lov=LAW, overgang=Transition.ALL_RUNNING)
    assert named(service, following) == [(key, Way.NEXT_EVALUATION, False)]
    with pytest.raises(Conflict, match="names no running case"):
        apply(service, worker, following)


def test_a_case_of_the_old_reference_date_does_not_reckon_anew(service):
    deploy(service, ("p.bpmn", sleeping(wakes=True)), ("g.dmn", TABLE.format(span="P12Y").encode()))
    old, new = start(service, legal_date=OLD), start(service, legal_date=NEW)
    following = deploy(service, ("g.dmn", TABLE.format(span="P20Y").encode()), gyldig_fra=D, lov=LAW)
    assert named(service, following) == [(new, Way.RECKON_ANEW, False)]
    assert old != new


def test_that_a_designer_looked_at_cases_is_audited_with_their_keys(service):
    deploy(service, ("p.bpmn", tasks("A")))
    key = start(service)
    following = deploy(service, ("p.bpmn", tasks("A", "B")), gyldig_fra=D, lov=LAW, overgang=Transition.ALL_RUNNING)
    named(service, following)
    with service.database.transaction() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "service:law:ask")).one()
        assert (event.actor, event.data) == (DESIGNER.username, {"keys": [str(key)]})


def test_a_caseworker_may_not_ask_and_an_unknown_deployment_is_not_found(service):
    with pytest.raises(Forbidden), service.command(CASEWORKER) as ctx:
        law.named(ctx, Following(1))
    with pytest.raises(NotFound), service.command(DESIGNER) as ctx:
        law.named(ctx, Following(1))
