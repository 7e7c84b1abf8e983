"""What is known of an institution: its places by regime, what runs there, and what would go along with it."""

import pytest

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Forbidden, NotFound
from kfflow.persistence.tables import Person, Unit
from kfflow.service import deployments, instances, institutions, places
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from kfflow.service.institutions import Regime, Running
from tests.integration.service import diagrams

ADMIN = Actor("ada", "Ada", frozenset({Role.ADMINISTRATOR}), national=True)
OF_OEST = Actor("ole", "Ole", frozenset({Role.CASEWORKER}), area="oest")


@pytest.fixture
def house(service):
    """Two cases of one process at SDO, which is in the west, and a place there that one of them holds."""
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", diagrams.sequence("p", diagrams.user_task("A"), ids=["A"], name="Prøve"))])
        for unit in ctx.session.query(Unit).where(Unit.institution_code == "SDO", Unit.regime == "lukket"):
            unit.places = 2
        ctx.session.add(Person(key=7, person_number="P-7", name="Per", institution_code="SDO", unit_code="SDO-L1"))
        ctx.session.flush()
        details = CaseDetails(institution_code="SDO")
        keys = [instances.create(ctx, process_id="p", variables={}, case=details).key for _ in range(2)]
        places.hold(ctx, keys[0], places.Wanted("SDO", "lukket"), field="plads")
        regime = institutions.get(ctx, "SDO").regimes[-1]
        assert regime.code == "lukket"
    return regime.places


def known(service, actor=ADMIN, code="SDO"):
    with service.command(actor) as ctx:
        return institutions.get(ctx, code)


def test_the_places_of_a_regime_are_lived_in_held_or_free(service, house):
    of_regime = {regime.code: regime for regime in known(service).regimes}
    assert of_regime["lukket"] == Regime("lukket", house, 1, 1)
    assert of_regime["lukket"].free == house - 2


@pytest.mark.usefixtures("house")
def test_what_runs_there_is_counted_by_process_within_what_one_may_see(service):
    assert known(service).running == (Running("p", "Prøve", 2),)
    assert known(service, OF_OEST).running == ()


@pytest.mark.usefixtures("house")
def test_what_would_go_along_is_what_does(service):
    with service.command(ADMIN) as ctx:
        told = institutions.would_move(ctx, "SDO")
        moved = institutions.move_to_area(ctx, "SDO", " syd ", reason="Ny struktur", is_new=True)
    assert (told, (moved.cases, moved.tasks), moved.area) == ((2, 2), (2, 2), "syd")


def test_only_an_administrator_is_told_what_would_go_along(service):
    with service.command(OF_OEST) as ctx, pytest.raises(Forbidden):
        institutions.would_move(ctx, "SDO")


def test_an_unknown_institution_is_not_found(service):
    with pytest.raises(NotFound):
        known(service, code="XXX")
