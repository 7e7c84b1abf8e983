"""Deploying: everything is checked first, versions follow each other, and a bad file leaves no trace."""

from datetime import date

import pytest
from sqlalchemy import func, select

from kfflow.domain.authorization import Actor, Role
from kfflow.domain.law import Validity
from kfflow.engine.findings import DeploymentRefused
from kfflow.errors import Conflict, Forbidden
from kfflow.persistence.tables import Deployment, ProcessDefinition, ProcessInstance, Resource
from kfflow.service import definitions, deployments, drafts, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams

DESIGNER = Actor("palle", "Palle", frozenset({Role.DESIGNER}), national=True)
COLLEAGUE = Actor("petra", "Petra", frozenset({Role.DESIGNER}), national=True)
CASEWORKER = Actor("mette", "Mette", frozenset({Role.CASEWORKER}), institution="SDO", area="vest")


def one_task(name: str = "A") -> bytes:
    return diagrams.sequence("proces", diagrams.user_task(name), ids=[name])


def deploy(service, source, name="p.bpmn", actor=DESIGNER, **options):
    with service.command(actor) as ctx:
        return deployments.deploy(ctx, [(name, source)], **options)


def stored(service) -> int:
    with service.database.transaction() as session:
        tables = (Deployment, Resource, ProcessDefinition)
        return sum(session.scalar(select(func.count()).select_from(t)) for t in tables)


BAD = {
    "not XML": b"hello",
    "empty": b"",
    "not BPMN": b"<?xml version='1.0'?><html/>",
    "a DOCTYPE": b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + one_task(),
    "over 5 MB": one_task() + b" " * (5 * 1024 * 1024),
    "nested too deep": b"<a>" * 3000 + b"</a>" * 3000,
    "a repeated id": one_task().replace(b'id="f1"', b'id="f0"'),
    "a reference to nothing": one_task().replace(b'targetRef="Slut"', b'targetRef="Intet"'),
    "what the engine cannot do": one_task().replace(b"bpmn:endEvent", b"bpmn:complexGateway"),
    "cut off in the middle": one_task()[:-40],
    "a broken expression": diagrams.sequence("p", diagrams.script_task("S", "=1 +", "x"), ids=["S"]),
}


FORM = b'{"id": "vurdering", "type": "default", "schemaVersion": 19, "components": []}'


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            [("a.form", FORM), ("b.form", FORM)],
            ("Formularen vurdering står både i a.form og i b.form", "Form vurdering is both in a.form and in b.form"),
        ),
        (
            [("a.bpmn", one_task()), ("b.bpmn", one_task("B"))],
            ("Processen proces står både i a.bpmn og i b.bpmn", "Process proces is both in a.bpmn and in b.bpmn"),
        ),
        (
            [("a.form", FORM), ("a.form", FORM)],
            ("Formularen vurdering står både i a.form og i a.form", "Form vurdering is both in a.form and in a.form"),
        ),
    ],
)
def test_two_files_that_would_be_versions_of_one_thing_are_refused_by_name(service, files, told):
    with pytest.raises(DeploymentRefused) as refused, service.command(DESIGNER) as ctx:
        deployments.deploy(ctx, files)
    (finding,) = refused.value.findings
    assert (finding.message_da.partition(";")[0], finding.message_en.partition(";")[0]) == told
    assert (finding.rule, finding.resource, stored(service)) == ("duplicate-id", files[1][0], 0)


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_with_findings_and_leaves_no_trace(service, what):
    with pytest.raises(DeploymentRefused) as refused:
        deploy(service, BAD[what])
    errors = [f for f in refused.value.findings if f.severity == "error"]
    assert errors
    assert all(f.message_da and f.message_en and f.rule and f.resource == "p.bpmn" for f in errors)
    assert stored(service) == 0


def test_one_bad_file_keeps_the_good_ones_out_too(service):
    with pytest.raises(DeploymentRefused), service.command(DESIGNER) as ctx:
        deployments.deploy(ctx, [("god.bpmn", one_task()), ("ond.bpmn", b"<x/>"), ("hvad.txt", b"x")])
    assert stored(service) == 0


def test_a_caseworker_may_not_deploy(service):
    with pytest.raises(Forbidden):
        deploy(service, one_task(), actor=CASEWORKER)


def test_the_same_bytes_stay_the_same_version(service):
    first, again = deploy(service, one_task()), deploy(service, one_task())
    changed = deploy(service, one_task("B"))
    versions = [d.processes[0].version for d in (first, again, changed)]
    assert (versions, again.fresh, changed.fresh) == ([1, 1, 2], 0, 1)


def test_a_running_case_keeps_its_version_and_a_new_one_takes_the_new(service):
    deploy(service, one_task("A"))
    with service.command(CASEWORKER) as ctx:
        old = instances.create(ctx, process_id="proces", variables={})
    deploy(service, one_task("B"))
    with service.command(CASEWORKER) as ctx:
        new = instances.create(ctx, process_id="proces", variables={})
    assert (old.version, new.version) == (1, 2)
    with service.database.transaction() as session:
        assert session.get_one(ProcessInstance, old.key).version == 1


def test_the_version_follows_the_legal_date_of_the_case(service):
    deploy(service, one_task("A"), validity=Validity(date(2026, 1, 1)))
    deploy(service, one_task("B"), validity=Validity(date(2027, 1, 1)))
    found = {}
    for legal_date in (date(2026, 12, 31), date(2027, 1, 1)):
        with service.command(CASEWORKER) as ctx:
            details = CaseDetails(legal_date=legal_date)
            found[legal_date] = instances.create(ctx, process_id="proces", variables={}, case=details).version
    assert found == {date(2026, 12, 31): 1, date(2027, 1, 1): 2}


def test_the_source_comes_back_byte_for_byte(service):
    deployed = deploy(service, one_task())
    with service.command(SYSTEM) as ctx:
        assert definitions.source(ctx, deployed.processes[0].key) == one_task()


def test_a_draft_is_never_saved_over_a_colleagues_newer_one(service):
    def save(actor, source, revision):
        with service.command(actor) as ctx:
            return drafts.save(ctx, "p.bpmn", kind="bpmn", source=source, revision=revision).revision

    assert save(DESIGNER, "<1/>", 0) == 1
    assert save(COLLEAGUE, "<2/>", 1) == 2
    with pytest.raises(Conflict, match="saved by petra"):
        save(DESIGNER, "<3/>", 1)


def test_what_a_designer_changed_is_not_undone_by_the_shipped_file(service):
    shipped = [("p.bpmn", one_task("A"))]
    deploy(service, one_task("A"))
    deploy(service, one_task("B"))
    with service.command(SYSTEM) as ctx:
        assert deployments.never_deployed(ctx, shipped) == []
        assert deployments.never_deployed(ctx, [("p.bpmn", one_task("C"))]) == [("p.bpmn", one_task("C"))]
