"""What starts a process follows the version in force on the day: messages, signals and timers of each version."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from kfflow.domain.law import Transition, Validity
from kfflow.persistence.tables import ProcessInstance, Timer
from kfflow.service import deployments, messages, signals
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams
from tests.integration.service.standing import METTE

BY_MESSAGE = '<bpmn:startEvent id="Ind"><bpmn:messageEventDefinition id="Ind_d" messageRef="M"/></bpmn:startEvent>'
BY_SIGNAL = '<bpmn:startEvent id="Ind"><bpmn:signalEventDefinition id="Ind_d" signalRef="S"/></bpmn:startEvent>'
PLAIN = '<bpmn:startEvent id="Ind"/>'
ROOT = '<bpmn:message id="M" name="nyt"/><bpmn:signal id="S" name="alarm"/>'
NEW_LAW = date(2026, 12, 1)
DAY = timedelta(days=1)
# Tuesday 24 November 2026 at 09:00 in Copenhagen is the tests' now.


def drawn(start: str, task: str = "A") -> bytes:
    body = f"{start}{diagrams.user_task(task)}<bpmn:endEvent id='Ud'/>"
    flows = f'<bpmn:sequenceFlow id="f1" sourceRef="Ind" targetRef="{task}"/>'
    flows += f'<bpmn:sequenceFlow id="f2" sourceRef="{task}" targetRef="Ud"/>'
    process = f'<bpmn:process id="p" isExecutable="true">{body}{flows}</bpmn:process>'
    return f"{diagrams.HEAD}{ROOT}{process}</bpmn:definitions>".encode()


def by_timer(form: str, text: str, task: str = "A") -> bytes:
    event = f'<bpmn:timerEventDefinition id="Ind_d"><bpmn:{form}>{text}</bpmn:{form}></bpmn:timerEventDefinition>'
    return drawn(f'<bpmn:startEvent id="Ind">{event}</bpmn:startEvent>', task)


def deploy(service, source: bytes, begins: date | None = None, ends: date | None = None) -> None:
    validity = Validity(begins, ends, "lov nr. 1", Transition.ALL_RUNNING) if begins else Validity()
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", source)], validity=validity)


def tell(service, worker) -> None:
    with service.command(METTE) as ctx:
        messages.publish(ctx, name="nyt", correlation_key=None, variables={})
    worker.drain()


def sound(service, worker) -> None:
    with service.command(METTE) as ctx:
        signals.broadcast(ctx, name="alarm", variables={})
    worker.drain()


def started(service) -> list[int]:
    with service.database.transaction() as session:
        return list(session.scalars(select(ProcessInstance.version).order_by(ProcessInstance.key)))


def armed(service) -> int:
    with service.database.transaction() as session:
        return session.scalar(select(func.count()).where(Timer.state == "ARMED"))


@pytest.mark.parametrize(("start", "come"), [(BY_MESSAGE, tell), (BY_SIGNAL, sound)])
def test_start_that_a_later_law_removes_listens_until_its_day(service, worker, clock, start, come):
    deploy(service, drawn(start))
    deploy(service, drawn(PLAIN), begins=NEW_LAW)
    come(service, worker)
    assert started(service) == [1]
    clock.at += 7 * DAY
    come(service, worker)
    assert started(service) == [1]


@pytest.mark.parametrize(("start", "come"), [(BY_MESSAGE, tell), (BY_SIGNAL, sound)])
def test_start_that_a_later_law_adds_listens_from_its_day(service, worker, clock, start, come):
    deploy(service, drawn(PLAIN))
    deploy(service, drawn(start), begins=NEW_LAW)
    come(service, worker)
    assert started(service) == []
    clock.at += 7 * DAY
    come(service, worker)
    assert started(service) == [2]


def test_start_that_both_laws_have_begins_one_case_of_the_day(service, worker, clock):
    deploy(service, drawn(BY_MESSAGE))
    deploy(service, drawn(BY_MESSAGE, "B"), begins=NEW_LAW)
    tell(service, worker)
    clock.at += 7 * DAY
    tell(service, worker)
    assert started(service) == [1, 2]


def test_after_a_law_for_a_time_the_former_is_heard_again(service, worker, clock):
    deploy(service, drawn(BY_MESSAGE))
    deploy(service, drawn(PLAIN), begins=NEW_LAW, ends=date(2026, 12, 8))
    clock.at += 8 * DAY
    tell(service, worker)
    assert started(service) == []
    clock.at += 7 * DAY
    tell(service, worker)
    assert started(service) == [1]


def test_new_version_without_a_day_removes_the_start_at_once(service, worker):
    deploy(service, drawn(BY_MESSAGE))
    deploy(service, drawn(PLAIN))
    tell(service, worker)
    assert started(service) == []


def test_date_that_has_passed_starts_nothing_again_when_the_diagram_is_changed(service, worker):
    deploy(service, by_timer("timeDate", "2026-11-20T08:00:00+01:00"))
    worker.drain()
    assert started(service) == [1]
    deploy(service, by_timer("timeDate", "2026-11-20T08:00:00+01:00", "B"))
    deploy(service, by_timer("timeDate", "2026-11-21T08:00:00+01:00", "C"))
    worker.drain()
    assert (started(service), armed(service)) == ([1], 0)


def test_date_to_come_is_kept_by_the_next_version_and_starts_once(service, worker, clock):
    deploy(service, by_timer("timeDate", "2026-11-26T08:00:00+01:00"))
    deploy(service, by_timer("timeDate", "2026-11-26T08:00:00+01:00", "B"))
    clock.at += 3 * DAY
    worker.drain()
    assert started(service) == [2]


def test_cycle_goes_on_where_it_was_and_does_not_begin_again(service, worker, clock):
    deploy(service, by_timer("timeCycle", "R3/P1D"))
    clock.at += DAY
    worker.drain()
    deploy(service, by_timer("timeCycle", "R3/P1D", "B"))
    for _ in range(4):
        clock.at += DAY
        worker.drain()
    assert (started(service), armed(service)) == ([1, 2, 2], 0)


def test_timer_starts_the_version_of_the_day_once(service, worker, clock):
    deploy(service, by_timer("timeCycle", "R/P1D"))
    deploy(service, by_timer("timeCycle", "R/P1D", "B"), begins=date(2026, 11, 26))
    for _ in range(3):
        clock.at += DAY
        worker.drain()
    assert started(service) == [1, 2, 2]


def test_duration_of_a_later_law_counts_from_its_day(service, worker, clock):
    deploy(service, drawn(PLAIN))
    deploy(service, by_timer("timeDuration", "P1D"), begins=NEW_LAW)
    clock.at += 7 * DAY
    worker.drain()
    assert started(service) == []
    clock.at += DAY
    worker.drain()
    assert started(service) == [2]
