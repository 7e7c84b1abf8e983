"""A breach of conditions after the probation period: nothing can be decided any more (straffeloven § 40(2))."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.engine.instructions import Activate, Move, Source
from kfflow.persistence.tables import Deadline, Message, ProcessInstance, UserTask
from kfflow.service import instances, modifications, tasks
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails

DECIDER = Actor("olga", "Olga", frozenset({Role.CASEWORKER}), frozenset({"omraadekontor"}), national=True)
OVER = datetime(2027, 1, 4, tzinfo=ZoneInfo("Europe/Copenhagen"))


@pytest.fixture
def deciding(in_operation, service):
    """A breach about whose reaction somebody is to decide before 4 January 2027; gives the key of its instance."""
    assert in_operation
    known = {"indsat_id": "SYN-1001", "proevetid_slut": "2027-01-04", "brud_beskrivelse": "Udeblevet fra to samtaler"}
    with service.command(SYSTEM) as ctx:
        case = CaseDetails(institution_code="SDO")
        breach = instances.create(ctx, process_id="kf_vilkaarsbrud", variables=known, case=case, as_part=True)
        heard = Move(Source(element_id="IndberetVilkaarsbrud"), "AfgoerReaktion")
        modifications.modify(ctx, breach.key, [heard], reason="Hørt")
    return breach.key


def decide(service, at, clock):
    """Decide for recall at an instant, whether or not a worker has seen to what fell due before."""
    clock.at = at
    with service.command(DECIDER) as ctx:
        asked = select(UserTask.key).where(UserTask.element_id == "AfgoerReaktion", UserTask.state == "CREATED")
        answers = {"brud_reaktion": "genindsaettelse", "brud_begrundelse": "Gentagne brud trods advarsel"}
        tasks.complete(ctx, ctx.session.scalars(asked).one(), variables=answers)


def found(service, key):
    """What the area office is asked for, how the law's deadline stands, and the reaction that was answered."""
    with service.query(SYSTEM) as ctx:
        late = select(UserTask.element_id).where(UserTask.instance_key == key, UserTask.element_id == "NoterForSent")
        law = select(Deadline.state).where(Deadline.element_id == "kf_vilkaarsbrud")
        reaction = ctx.session.get_one(ProcessInstance, key).variables.get("brud_reaktion")
        return list(ctx.session.scalars(late)), ctx.session.scalars(law).one(), reaction


def test_recall_decided_in_the_last_minute_stands(service, clock, deciding):
    decide(service, OVER - timedelta(minutes=1), clock)
    assert found(service, deciding) == ([], "MET", "genindsaettelse")


def test_recall_decided_before_a_late_worker_ends_the_task_does_not_stand(service, worker, clock, deciding):
    decide(service, OVER, clock)
    worker.drain()
    assert found(service, deciding) == (["NoterForSent"], "BREACHED", "genindsaettelse")


@pytest.mark.usefixtures("in_operation")
def test_recall_is_told_as_of_somebody_at_liberty(service):
    known = {"indsat_id": "SYN-1001", "loesladt_dato": "2026-11-02", "datoer": {"slut": "2027-11-02"}}
    known |= {"loesladelse_type": {"regel": "§ 38, stk. 1"}}
    with service.command(SYSTEM) as ctx:
        probation = instances.create(ctx, process_id="kf_tilsyn", variables=known, as_part=True)
        modifications.modify(ctx, probation.key, [Activate("MeldGenindsaettelse")], reason="Genindsættes")
    with service.query(SYSTEM) as ctx:
        told = ctx.session.scalars(select(Message.variables).where(Message.name == "indsaettelse_meddelt")).one()
    assert told == {"indsat_id": "SYN-1001", "genindsaettelse": True, "paa_fri_fod": True}
