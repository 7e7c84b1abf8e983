"""Who puts something in operation from the command line: an account by its rights, or the operator with a reason."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.persistence.tables import Account, AuditEvent, ProcessDefinition
from kfflow.service import drafts
from tests.integration.service import diagrams

PALLE = Actor("procesdesigner", "Palle", frozenset({Role.DESIGNER}), national=True)
LAW = ("--gyldig-fra", "2027-01-01", "--lov", "lov nr. 1", "--overgang", "NEW_CASES")
SOURCE = diagrams.sequence("sag", diagrams.user_task("A"), ids=["A"])


@pytest.fixture
def production(kfflow, service):
    """The command line of an installation that asks for a second pair of eyes, with a draft in it."""
    with service.command(PALLE) as ctx:
        drafts.save(ctx, "sag.bpmn", kind="bpmn", source=SOURCE.decode(), revision=0)
    return replace(kfflow, environment=kfflow.environment | {"KFFLOW_PUBLISH_ALONE": "0"})


@pytest.fixture
def doors(tmp_path):
    """Each command that puts something in operation."""
    file = tmp_path / "sag.bpmn"
    file.write_bytes(SOURCE)
    return {
        "deploy": ("deploy", file),
        "law": ("law", "publish", file, *LAW),
        "draft": ("draft", "publish", "sag.bpmn", "--untried", "Haster"),
    }


def published(service) -> list[int]:
    with service.database.transaction() as session:
        return list(session.scalars(select(ProcessDefinition.version)))


def logged(service, verb: str) -> list[tuple[str, str, str]]:
    with service.database.transaction() as session:
        lines = session.scalars(select(AuditEvent).where(AuditEvent.verb == verb))
        return [(line.actor, line.subject if verb == "cli:account:act" else "", line.reason) for line in lines]


@pytest.mark.parametrize("door", ["deploy", "law", "draft"])
def test_the_system_publishes_in_production_with_a_reason_only(production, doors, service, door):
    for given in ((), ("--reason", "  ")):
        refused = production(*doors[door], *given)
        assert (refused.exit_code, "without a reason (four eyes)" in refused.output) == (2, True)
        assert "Eller angiv med --as, hvem der udgiver." in refused.output
    assert published(service) == []
    made = production(*doors[door], "--reason", "Gendannelse efter nedbrud")
    assert (made.exit_code, published(service)) == (0, [1])
    assert logged(service, "designer:deployment:create") == [("system", "", "Gendannelse efter nedbrud")]


@pytest.mark.parametrize("door", ["deploy", "law", "draft"])
def test_an_account_publishes_by_its_rights_and_the_log_tells_that_it_was_named(production, doors, service, door):
    made = production(*doors[door], "--as", "administrator")
    assert (made.exit_code, published(service)) == (0, [1])
    assert [actor for actor, *_ in logged(service, "designer:deployment:create")] == ["administrator"]
    assert logged(service, "cli:account:act") == [("system", "administrator", "")]


@pytest.mark.parametrize("door", ["deploy", "law", "draft"])
def test_who_drew_it_is_held_to_four_eyes(production, doors, service, door):
    refused = production(*doors[door], "--as", "procesdesigner")
    assert (refused.exit_code, "(four eyes)" in refused.output, published(service)) == (2, True, [])


@pytest.mark.parametrize("door", ["deploy", "law", "draft"])
def test_an_account_without_the_permission_publishes_nothing(production, doors, service, door):
    refused = production(*doors[door], "--as", "sagsbehandler", "--reason", "Haster")
    assert (refused.exit_code, "Your role does not permit you" in refused.output) == (2, True)
    assert published(service) == []


def test_an_unknown_account_and_a_closed_one_are_named(production, doors, service):
    for name in ("system", "ingen"):
        assert f"The account {name} does not exist." in production(*doors["deploy"], "--as", name).output
    with service.database.transaction() as session:
        session.get_one(Account, "administrator").active = False
    assert "The account administrator is closed." in production(*doors["deploy"], "--as", "administrator").output
    assert published(service) == []


def test_what_is_shipped_needs_no_reason(production, service):
    made = production("deploy")
    assert (made.exit_code, len(published(service)) > 1) == (0, True)
