"""What is under law cannot be put in operation without its basis, also when the file says nothing of any law."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from kfflow.engine.findings import DeploymentRefused
from kfflow.persistence.tables import DecisionDefinition, ProcessDefinition
from kfflow.service import deployments
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams

ROOT = Path(__file__).parents[3]
LIFE = (ROOT / "bpmn/livstid_graense.dmn").read_bytes()
BASIS = '<kf:hjemmel text="straffuldbyrdelsesloven § 46"/>'
PLAIN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
 <decision id="graense" name="Grænse"><decisionTable id="t" hitPolicy="UNIQUE">
  <input id="i"><inputExpression id="ie"><text>n</text></inputExpression></input><output id="o" name="r"/>{column}
  <rule id="r1"><inputEntry id="a"><text>-</text></inputEntry><outputEntry id="b"><text>1</text></outputEntry>
   {note}</rule>
 </decisionTable></decision></definitions>"""
BARE = PLAIN.format(column="", note="").encode()
FOUNDED = PLAIN.format(
    column='<annotation name="hjemmel"/>', note="<annotationEntry><text>straffeloven § 41</text></annotationEntry>"
).encode()


def deploy(service, *files):
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, list(files))


def refused(service, *files):
    """Give what keeps the files from being put in operation, as rule and element."""
    with pytest.raises(DeploymentRefused) as problem:
        deploy(service, *files)
    return [(f.rule, f.element_id) for f in problem.value.findings if f.severity == "error"]


def calling(basis=BASIS):
    """A process that asks the table, with a basis for itself and its only step, or none."""
    said = f"<bpmn:extensionElements>{basis}</bpmn:extensionElements>" if basis else ""
    called = f'{basis}<zeebe:calledDecision decisionId="graense" resultVariable="graense"/>'
    within = f"<bpmn:extensionElements>{called}</bpmn:extensionElements>"
    rule = f'<bpmn:businessRuleTask id="Find">{within}</bpmn:businessRuleTask>'
    drawn = diagrams.sequence("sag", rule, ids=["Find"]).decode()
    return drawn.replace('isExecutable="true">', f'isExecutable="true">{said}').encode()


def test_table_with_a_column_and_no_basis_in_any_row_is_refused(service):
    stripped = re.sub(r"(<text>)[^<]*§[^<]*(</text>)", r"\1\2", LIFE.decode()).encode()
    assert refused(service, ("livstid_graense.dmn", stripped)) == [("dmn-legal-basis", "livstid_graense")]


def test_table_that_no_law_is_known_of_needs_no_column(service):
    deploy(service, ("graense.dmn", BARE))
    deploy(service, ("sag.bpmn", calling(basis="")), ("graense.dmn", BARE))
    with service.query(SYSTEM) as ctx:
        assert ctx.session.scalars(select(DecisionDefinition.decision_id)).all() == ["graense"]
        assert ctx.session.scalars(select(ProcessDefinition.process_id)).all() == ["sag"]


def test_table_that_had_the_column_keeps_it(service):
    deploy(service, ("graense.dmn", FOUNDED))
    assert refused(service, ("andet_navn.dmn", BARE)) == [("dmn-legal-basis", "graense")]


def test_table_that_a_process_under_law_calls_needs_the_column(service):
    assert refused(service, ("sag.bpmn", calling()), ("graense.dmn", BARE)) == [("dmn-legal-basis", "graense")]
    deploy(service, ("sag.bpmn", calling()))
    assert refused(service, ("graense.dmn", BARE)) == [("dmn-legal-basis", "graense")]
    deploy(service, ("graense.dmn", FOUNDED))


def test_process_cannot_leave_the_law_by_leaving_every_basis_out(service):
    deploy(service, ("sag.bpmn", calling()))
    found = refused(service, ("andet_navn.bpmn", calling(basis="")))
    assert found == [("hjemmel-missing", "sag"), ("hjemmel-missing", "Find")]


def test_a_check_before_publishing_finds_the_same(service):
    deploy(service, ("sag.bpmn", calling()))
    with service.command(SYSTEM) as ctx:
        found = {
            name: [f.rule for f in deployments.lint(ctx, name, source) if f.severity == "error"]
            for name, source in (("sag.bpmn", calling(basis="")), ("graense.dmn", BARE))
        }
    assert found == {"sag.bpmn": ["hjemmel-missing"] * 2, "graense.dmn": ["dmn-legal-basis"]}
