"""A process runs where it is switched on; where it is off, starting says so, and what is open is listed."""

import pytest

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Forbidden, InvalidInput, SwitchedOff
from kfflow.service import activations, case_import, deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams, standing

SDO = Actor("mette", "Mette", frozenset({Role.CASEWORKER}), frozenset({"sagsbehandler"}), "SDO", "vest")


@pytest.fixture
def ready(service):
    task = diagrams.user_task("Vurder", extra=standing.LEGAL.format(rule="20 AD"))
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("sag.bpmn", diagrams.sequence("sag", task, ids=["Vurder"]))])
    return service


def start(service, institution="SDO"):
    with service.command(SYSTEM) as ctx:
        return instances.create(ctx, process_id="sag", variables={}, case=CaseDetails(institution_code=institution))


def switch(service, institution, *, on, reason="Prøvedrift.", actor=SYSTEM):
    with service.command(actor) as ctx:
        return activations.switch(ctx, "sag", institution, on=on, reason=reason)


def status(service, institution=None, actor=SYSTEM):
    with service.command(actor) as ctx:
        return activations.status(ctx, "sag", institution)


def test_a_process_that_nobody_switched_is_on_everywhere(ready):
    start(ready)
    told = status(ready, "SDO")
    assert (told.on, told.since, len(told.open)) == (True, None, 1)


def test_one_institution_goes_live_alone(ready):
    switch(ready, None, on=False)
    switch(ready, "SDO", on=True)
    start(ready, "SDO")
    with pytest.raises(SwitchedOff, match=r"Process sag is switched off at NYB: Prøvedrift\. Keep the case in the old"):
        start(ready, "NYB")


def test_switched_off_at_one_institution_the_others_go_on(ready):
    switch(ready, "SDO", on=False)
    start(ready, "NYB")
    with pytest.raises(SwitchedOff):
        start(ready, "SDO")
    switch(ready, "SDO", on=True)
    start(ready, "SDO")


def test_cases_of_another_system_are_not_imported_where_it_is_off(ready):
    switch(ready, "SDO", on=False)
    head = "external_id,process,element,institution,opened_at"
    with ready.command(SYSTEM) as ctx:
        report = case_import.import_cases(ctx, f"{head}\nK-1,sag,Vurder,SDO,2026-11-02\n".encode(), dry_run=True)
    assert [(p.column, p.value, p.code) for p in report.problems] == [("process", "sag", "SWITCHED_OFF")]


def test_the_status_lists_what_is_open_with_owner_and_deadline(ready):
    begun = start(ready, "SDO")
    start(ready, "NYB")
    switch(ready, "SDO", on=False, reason="Fejl i tabellen.")
    told = status(ready, "SDO")
    (row,) = told.open
    assert (told.on, told.by, told.reason) == (False, "system", "Fejl i tabellen.")
    assert (row.case_number, row.task, row.owner) == (begun.variables["sagsnummer"], "Vurder", None)
    assert (row.due_at.date().isoformat(), row.deadline) == ("2026-12-22", "straffuldbyrdelsesloven § 46")
    assert [one.institution for one in status(ready).open] == ["SDO", "NYB"]
    assert [one.institution for one in status(ready, actor=SDO).open] == ["SDO"]


def test_saying_it_again_changes_nothing(ready):
    first = switch(ready, "SDO", on=False)
    assert switch(ready, "SDO", on=False, reason="igen").key == first.key


def test_what_is_unknown_and_a_missing_reason_are_named(ready):
    with ready.command(SYSTEM) as ctx, pytest.raises(InvalidInput) as refused:
        activations.switch(ctx, "ukendt", "XXX", on=True, reason=" ")
    assert [f.field for f in refused.value.fields] == ["process", "institution", "reason"]


def test_a_caseworker_may_not_switch(ready):
    with pytest.raises(Forbidden):
        switch(ready, "SDO", on=False, actor=SDO)
