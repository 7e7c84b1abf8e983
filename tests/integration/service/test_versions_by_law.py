"""Versions by law: which one a case gets follows the transitional rule, for processes, tables and forms alike."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from kfflow.domain.authorization import Actor, Role
from kfflow.domain.law import Days, Transition, Validity
from kfflow.engine.findings import Severity
from kfflow.engine.verdict import Verdict
from kfflow.errors import InvalidInput, NotFound
from kfflow.persistence.tables import Case, DecisionEvaluation, Deployment, Incident, ProcessInstance, UserTask
from kfflow.service import decisions, definitions, deployments, forms, instances, publishing, tasks
from kfflow.service.cases import CaseDetails
from tests.integration import whole
from tests.integration.service import diagrams
from tests.unit.dmn.building import rule, table

DESIGNER = Actor("palle", "Palle", frozenset({Role.DESIGNER}), national=True)
CASEWORKER = Actor("mette", "Mette", frozenset({Role.CASEWORKER}), groups=frozenset({"sagsbehandler"}), national=True)
D = date(2027, 1, 1)
BEFORE, AFTER = date(2026, 12, 31), date(2027, 1, 2)
ALWAYS = Validity()
LAW = "lov nr. 611 af 14.06.2011"
FORM = """{{"type": "default", "id": "skema", "components": [
  {{"type": "textfield", "key": "navn", "label": "{label}", "validate": {{"required": {required}}}}}]}}"""
TABLE = """<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
 <decision id="graense" name="Grænse"><literalExpression id="u"><text>{value}</text></literalExpression></decision>
</definitions>"""

BUSINESS_RULE = """<bpmn:businessRuleTask id="Beregn" name="Beregn"><bpmn:extensionElements>
  <zeebe:calledDecision decisionId="graense" resultVariable="aar"/></bpmn:extensionElements></bpmn:businessRuleTask>"""


def task(name: str) -> bytes:
    return diagrams.sequence("proces", diagrams.user_task(name), ids=[name])


def asking(value: str) -> bytes:
    return TABLE.format(value=value).encode()


def form(label: str, *, required: bool = False) -> bytes:
    return FORM.format(label=label, required=str(required).lower()).encode()


def publish(service, *resources, validity=ALWAYS):
    with service.command(DESIGNER) as ctx:
        return deployments.deploy(ctx, resources, validity=validity)


def chosen(service, days):
    with service.command(DESIGNER) as ctx:
        process = definitions.find_in_force(ctx, "proces", days)
        decision = definitions.find_decision(ctx, "graense", days)
        shown = definitions.find_form(ctx, "skema", days)
        return [row.version for row in (process, decision, shown)]


RULES = {
    Transition.NEW_CASES: (Days(AFTER, BEFORE, BEFORE), Days(BEFORE, AFTER, AFTER)),
    Transition.FROM_REFERENCE_DATE: (Days(BEFORE, AFTER, BEFORE), Days(AFTER, BEFORE, AFTER)),
    Transition.ALL_RUNNING: (Days(BEFORE, BEFORE, AFTER), Days(AFTER, AFTER, BEFORE)),
}


@pytest.mark.parametrize("rule", RULES)
def test_the_day_that_the_transitional_rule_names_decides_alone(service, rule):
    publish(service, ("p.bpmn", task("A")), ("g.dmn", asking("12")), ("skema.form", form("A")))
    law = Validity(D, lov=LAW, overgang=rule)
    publish(service, ("p.bpmn", task("B")), ("g.dmn", asking("20")), ("skema.form", form("B")), validity=law)
    reached, untouched = RULES[rule]
    assert (chosen(service, reached), chosen(service, untouched)) == ([2, 2, 2], [1, 1, 1])


def test_a_bound_is_met_on_its_day_and_the_end_is_not(service):
    publish(service, ("p.bpmn", task("A")), ("g.dmn", asking("12")), ("skema.form", form("A")))
    both = Validity(D, date(2027, 7, 1))
    publish(service, ("p.bpmn", task("B")), ("g.dmn", asking("20")), ("skema.form", form("B")), validity=both)
    found = [chosen(service, Days.on(day))[0] for day in (BEFORE, D, date(2027, 6, 30), date(2027, 7, 1))]
    assert found == [1, 2, 2, 1]


def test_of_overlapping_versions_the_highest_counts_inside_its_period(service):
    publish(service, ("p.bpmn", task("A")), ("g.dmn", asking("1")), ("skema.form", form("A")), validity=Validity(D))
    publish(service, ("p.bpmn", task("B")), ("g.dmn", asking("2")), ("skema.form", form("B")), validity=Validity(D))
    publish(service, ("p.bpmn", task("C")), validity=Validity(date(2028, 1, 1)))
    assert [chosen(service, Days.on(day)) for day in (D, date(2028, 1, 1))] == [[2, 2, 2], [3, 2, 2]]


def test_the_law_and_rule_are_stored_with_each_version(service):
    law = Validity(D, None, LAW, Transition.ALL_RUNNING)
    made = publish(service, ("p.bpmn", task("A")), ("g.dmn", asking("1")), ("skema.form", form("A")), validity=law)
    assert [publishing.validity_of(version) for version in made.versions] == [law] * 3


def test_the_same_bytes_under_another_law_are_a_new_version(service):
    first = publish(service, ("skema.form", form("A")), validity=Validity(D))
    same = publish(service, ("skema.form", form("A")), validity=Validity(D))
    other = publish(service, ("skema.form", form("A")), validity=Validity(D, lov=LAW))
    assert [m.forms[0].version for m in (first, same, other)] == [1, 1, 2]


CONTRADICTING = {
    "an end before the beginning": (Validity(D, BEFORE), "gyldig_til"),
    "an end on the beginning": (Validity(D, D), "gyldig_til"),
    "a rule that counts from no day": (Validity(overgang=Transition.ALL_RUNNING), "gyldig_fra"),
}


@pytest.mark.parametrize("what", CONTRADICTING)
def test_a_validity_that_contradicts_itself_is_refused_by_field_and_nothing_is_stored(service, what):
    validity, field = CONTRADICTING[what]
    with pytest.raises(InvalidInput) as refused:
        publish(service, ("p.bpmn", task("A")), validity=validity)
    assert [f.field for f in refused.value.fields] == [field]
    assert all(f.message_da and f.message_en for f in refused.value.fields)
    with service.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Deployment)) == 0


def with_form() -> bytes:
    return diagrams.sequence(
        "proces", diagrams.user_task("A", extra='<zeebe:formDefinition formId="skema"/>'), ids=["A"]
    )


def test_an_end_that_leaves_running_cases_without_a_version_is_refused_until_another_follows(service):
    publish(service, ("p.bpmn", with_form()))
    start(service, date(2026, 6, 1))
    ends = Validity(date(2026, 1, 1), D, lov=LAW)
    with pytest.raises(InvalidInput, match="without rules") as refused:
        publish(service, ("skema.form", form("A")), validity=ends)
    assert [(f.field, "skema" in f.message_en) for f in refused.value.fields] == [("gyldig_til", True)]
    publish(service, ("skema.form", form("Afløser")))
    assert publish(service, ("skema.form", form("A")), validity=ends).forms[0].version == 2


def test_what_no_running_case_uses_may_end(service):
    ends = Validity(date(2026, 1, 1), D, lov=LAW)
    assert publish(service, ("skema.form", form("A")), validity=ends).fresh == 1


def start(service, legal_date, variables=None):
    with service.command(CASEWORKER) as ctx:
        details = CaseDetails(legal_date=legal_date)
        return instances.create(ctx, process_id="proces", variables=variables or {}, case=details)


def test_a_running_case_evaluates_the_table_that_its_dates_ask_for(service):
    decide = BUSINESS_RULE
    diagram = diagrams.sequence("proces", diagrams.user_task("A"), decide, ids=["A", "Beregn"])
    publish(service, ("p.bpmn", diagram), ("g.dmn", asking("12")))
    publish(service, ("g.dmn", asking("20")), validity=Validity(D, lov=LAW))
    old, new = start(service, BEFORE), start(service, D)
    for instance in (old, new):
        complete(service, instance)
    with service.database.transaction() as session:
        rows = session.execute(select(DecisionEvaluation.instance_key, DecisionEvaluation.output))
        assert dict(tuple(r) for r in rows) == {old.key: [12], new.key: [20]}


def complete(service, instance, variables=None):
    with service.command(CASEWORKER) as ctx:
        key = ctx.session.scalar(select(UserTask.key).where(UserTask.instance_key == instance.key))
        tasks.claim(ctx, key)
        tasks.complete(ctx, key, variables=variables or {})


ROWS = table(["1"], ["aar"], [rule(["-"], ["12"], gyldig_til=str(D)), rule(["-"], ["20"], gyldig_fra=str(D))])
YOUNG = table(["1"], ["aar"], [rule(["-"], ["20"], element_id="ny", gyldig_fra=str(D))])


def deciding(source):
    """Name the decision of a table as the diagrams of this file do."""
    return source.replace(b'<decision id="t"', b'<decision id="graense"')


def outputs(service):
    with service.database.transaction() as session:
        rows = session.execute(select(DecisionEvaluation.instance_key, DecisionEvaluation.output))
        return {key: output for key, (output,) in rows}


@pytest.mark.parametrize("rule_of_version", Transition)
def test_rows_by_date_follow_the_day_by_which_the_case_got_the_version(service, clock, rule_of_version):
    diagram = diagrams.sequence("proces", diagrams.user_task("A"), BUSINESS_RULE, ids=["A", "Beregn"])
    publish(service, ("p.bpmn", diagram))
    begins = Validity(date(2020, 1, 1), overgang=rule_of_version)
    publish(service, ("g.dmn", deciding(ROWS)), validity=begins)
    clock.at = datetime(2026, 12, 31, 12, tzinfo=UTC)
    old, about_new = start(service, BEFORE), start(service, D)
    clock.at = datetime(2027, 1, 1, 12, tzinfo=UTC)
    opened_new = start(service, BEFORE)
    for instance in (old, about_new, opened_new):
        complete(service, instance)
    expected = {
        Transition.NEW_CASES: [12, 12, 20],
        Transition.FROM_REFERENCE_DATE: [12, 20, 12],
        Transition.ALL_RUNNING: [20, 20, 20],
    }
    found = outputs(service)
    assert [found[one.key] for one in (old, about_new, opened_new)] == expected[rule_of_version]


def test_a_case_before_every_row_is_an_incident_that_names_the_days(service):
    diagram = diagrams.sequence("proces", diagrams.user_task("A"), BUSINESS_RULE, ids=["A", "Beregn"])
    publish(service, ("p.bpmn", diagram), ("g.dmn", deciding(YOUNG)))
    complete(service, start(service, BEFORE))
    with service.database.transaction() as session:
        (incident,) = session.scalars(select(Incident))
        told = (incident.kind, incident.element_id, incident.message_da, incident.message_en)
    assert told == (
        "DECISION_MISSING",
        "Beregn",
        (
            "Beslutningstabellen graense version 1 kan ikke svare: ingen regel, der passer, gælder den 2026-12-31; "
            "regel 1 gælder fra 2027-01-01. Dagen er sagens skæringsdato."
        ),
        (
            "Decision graense version 1 cannot answer: no rule that fits is in force on 2026-12-31; "
            "rule 1 counts from 2027-01-01 on. The day is the reference date of the case."
        ),
    )


def test_publishing_says_that_a_row_to_come_moves_nobody_and_one_that_has_begun_says_nothing(service, clock):
    clock.at = datetime(2026, 12, 31, 12, tzinfo=UTC)
    (remark,) = publish(service, ("g.dmn", deciding(ROWS))).remarks
    assert (remark.rule, remark.severity, remark.element_id) == ("dmn-row-to-come", Severity.WARNING, "graense")
    assert remark.message_en.startswith("graense, rule 2 counts from 2027-01-01 on. No running case is reckoned anew")
    with service.command(DESIGNER) as ctx:
        judged = deployments.judge(ctx, "g.dmn", deciding(ROWS))
    assert (judged.verdict, remark in judged.findings) == (Verdict.RUNS, True)
    clock.at = datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert publish(service, ("g.dmn", deciding(ROWS))).remarks == []


def test_who_asks_a_table_before_its_first_row_is_told_so(service, clock):
    publish(service, ("g.dmn", deciding(YOUNG)))
    clock.at = datetime(2026, 12, 31, 12, tzinfo=UTC)
    with service.command(DESIGNER) as ctx, pytest.raises(NotFound, match="rule 1 counts from 2027-01-01 on"):
        decisions.evaluate(ctx, decision_id="graense", variables={})


def test_a_task_shows_and_is_judged_by_the_form_in_force_for_its_case(service):
    publish(service, ("p.bpmn", with_form()), ("skema.form", form("Gammel")))
    publish(service, ("skema.form", form("Ny", required=True)), validity=Validity(D, lov=LAW))
    old, new = start(service, BEFORE), start(service, D)
    with service.command(CASEWORKER) as ctx:
        rows = ctx.session.scalars(select(UserTask).order_by(UserTask.key))
        assert [forms.for_task(ctx, task).fields[0].label for task in rows] == ["Gammel", "Ny"]
    complete(service, old)
    with pytest.raises(InvalidInput) as refused:
        complete(service, new)
    assert [f.field for f in refused.value.fields] == ["navn"]


def test_a_called_process_follows_the_case_and_not_the_day(service):
    call = diagrams.call_activity("Kald", "proces")
    publish(service, ("kalder.bpmn", diagrams.sequence("kalder", call, ids=["Kald"])), ("p.bpmn", task("A")))
    publish(service, ("p.bpmn", task("B")), validity=Validity(D, lov=LAW))
    for legal_date in (BEFORE, D):
        with service.command(CASEWORKER) as ctx:
            instances.create(ctx, process_id="kalder", variables={}, case=CaseDetails(legal_date=legal_date))
    with service.database.transaction() as session:
        called = session.execute(
            select(Case.legal_date, ProcessInstance.version)
            .join(Case, Case.key == ProcessInstance.case_key)
            .where(ProcessInstance.process_id == "proces")
        )
        assert dict(tuple(r) for r in called) == {BEFORE: 1, D: 2}


def test_the_day_of_a_decision_is_counted_in_danish_time(service, clock):
    publish(service, ("g.dmn", asking("12")), ("p.bpmn", task("A")), ("skema.form", form("A")))
    publish(service, ("g.dmn", asking("20")), validity=Validity(D, lov=LAW, overgang=Transition.ALL_RUNNING))
    clock.at = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    with service.command(DESIGNER) as ctx:
        assert definitions.today(ctx) == Days.on(D)
        assert definitions.find_decision(ctx, "graense", definitions.today(ctx)).version == 2


@pytest.mark.parametrize(
    "over", [ALWAYS, Validity(date(2026, 12, 1)), Validity(None, date(2027, 2, 1)), Validity(date(2026, 12, 1), AFTER)]
)
def test_a_version_that_would_swallow_one_that_is_announced_is_refused_and_nothing_is_stored(service, over):
    publish(service, ("g.dmn", asking("12")))
    publish(service, ("g.dmn", asking("20")), validity=Validity(D, lov=LAW))
    before = whole.database(service)
    with pytest.raises(InvalidInput) as refused:
        publish(service, ("g.dmn", asking("13")), validity=over)
    (problem,) = refused.value.fields
    assert (problem.field, problem.message_da, problem.message_en) == (
        "gyldig_til",
        (
            "Version 2 af graense er udgivet fra 2027-01-01 (lov nr. 611 af 14.06.2011), og perioderne overlapper. "
            "Sæt slutdatoen til senest 2027-01-01, eller udgiv fra 2027-01-01 for at afløse den."
        ),
        (
            "Version 2 of graense is published from 2027-01-01 (lov nr. 611 af 14.06.2011), and the periods overlap. "
            "Set the end to 2027-01-01 at the latest, or publish from 2027-01-01 to replace it."
        ),
    )
    assert whole.database(service) == before


@pytest.mark.parametrize("beside", [Validity(None, D), Validity(D), Validity(date(2027, 3, 1))])
def test_what_ends_before_replaces_or_follows_what_is_announced_is_published(service, beside):
    publish(service, ("g.dmn", asking("12")))
    publish(service, ("g.dmn", asking("20")), validity=Validity(D))
    assert publish(service, ("g.dmn", asking("13")), validity=beside).decisions[0].version == 3


def test_what_kfflow_ships_gives_way_to_what_is_announced(service):
    publish(service, ("g.dmn", asking("12")))
    publish(service, ("g.dmn", asking("20")), validity=Validity(D))
    with service.command(DESIGNER) as ctx:
        deployed = deployments.deploy(ctx, [("g.dmn", asking("13"))], gives_way=True)
        assert [version.gyldig_til for version in deployed.versions] == [D]
