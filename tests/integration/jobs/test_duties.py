"""What the workers owe once a day: done by one of them, after its time, and again only the next day."""

import threading
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from kfflow.errors import Unavailable
from kfflow.jobs import client_system, duties
from kfflow.persistence.tables import Duty, Person, Reconciliation
from kfflow.service import duties as commands
from kfflow.service.accounts import SYSTEM

NAME = client_system.RECONCILIATION


class Empty:
    """A client system that knows nobody; `away` lets it not answer."""

    away = False

    def written(self, *, reason):
        assert reason == "reconciliation"
        if self.away:
            raise Unavailable("Klientsystemet svarer ikke.", "The client system does not answer.")
        return set()


@pytest.fixture
def register(service):
    service.client_system = Empty()
    return service.client_system


def reports(service):
    with service.database.transaction() as session:
        return list(session.scalars(select(Reconciliation.at).order_by(Reconciliation.at)))


def duty(service):
    with service.database.transaction() as session:
        return session.get_one(Duty, NAME)


@pytest.mark.usefixtures("register")
def test_both_sides_are_compared_once_a_day_after_the_time_set(service, clock):
    service.reconcile_at = time(5, 15)
    clock.at = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 04:00 in Copenhagen: the day before is owed
    done = [duties.perform_due(service)]
    for hours in (1, 1, 20, 1, 1):  # 05:00, 06:00, 02:00, 03:00, 04:00
        clock.at += timedelta(hours=hours)
        done.append(duties.perform_due(service))
    assert done == [1, 0, 1, 0, 0, 0]
    clock.at += timedelta(hours=1, minutes=15)
    assert duties.perform_due(service) == 1
    assert len(reports(service)) == 3


@pytest.mark.usefixtures("register")
def test_after_days_without_a_worker_it_is_done_once(service, clock):
    duties.perform_due(service)
    clock.at += timedelta(days=5)
    assert [duties.perform_due(service), duties.perform_due(service)] == [1, 0]


@pytest.mark.usefixtures("register")
def test_of_several_workers_one_does_it(service):
    ready, done = threading.Barrier(4), []

    def work():
        ready.wait(120)
        done.append(duties.perform_due(service))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert (sorted(done), len(reports(service))) == ([0, 0, 0, 1], 1)


def test_a_side_that_is_away_is_asked_again_in_five_minutes_and_the_reason_is_kept(service, clock, register):
    register.away = True
    assert duties.perform_due(service) == 0
    assert (duty(service).problem_da, duty(service).problem_en) == (
        "Klientsystemet svarer ikke.",
        "The client system does not answer.",
    )
    register.away = False
    clock.at += timedelta(minutes=4)
    assert duties.perform_due(service) == 0
    clock.at += timedelta(minutes=1)
    assert (duties.perform_due(service), reports(service)) == (1, [clock.at])
    assert (duty(service).done, duty(service).problem_en) == (True, None)


@pytest.mark.usefixtures("register")
def test_what_a_killed_worker_had_begun_is_taken_by_another_after_its_lease(service, clock):
    with service.command(SYSTEM) as ctx:
        assert commands.take(ctx, NAME, service.reconcile_at) == clock.at
    assert duties.perform_due(service) == 0
    clock.at += commands.LEASE
    assert duties.perform_due(service) == 1


@pytest.fixture
def impatient(monkeypatch):
    """Renew leases at once instead of every few minutes."""
    monkeypatch.setattr(commands, "RENEW_EVERY", timedelta(milliseconds=5))


def until(holds, within=120.0):
    """Wait for what another thread does; gives whether it came."""
    never, tries = threading.Event(), int(within / 0.01)
    return any(holds() or never.wait(0.01) for _ in range(tries))


@pytest.mark.usefixtures("impatient")
def test_lease_of_a_long_run_is_renewed_while_it_lives(service, clock, register):
    others, written = [], register.written

    def slow(*, reason):
        for _ in range(3):
            clock.at += commands.LEASE * 0.9
            assert until(lambda: duty(service).not_before == clock.at + commands.LEASE)
            others.append(duties.perform_due(service))
        return written(reason=reason)

    register.written = slow
    assert (duties.perform_due(service), others) == (1, [0, 0, 0])
    assert (duty(service).done, duty(service).not_before, len(reports(service))) == (True, None, 1)


@pytest.mark.usefixtures("impatient")
def test_run_whose_duty_another_has_taken_is_halted_and_settles_nothing(service, clock, monkeypatch):
    halted, taken_at = [], clock.at + commands.LEASE

    def frozen(halt):
        with service.database.transaction() as session:
            session.get_one(Duty, NAME, with_for_update=True).begun_at = taken_at
        halted.append(until(halt.is_set))

    monkeypatch.setattr(duties, "of", lambda _: [duties.Duty(NAME, time(0, 0), frozen)])
    duties.perform_due(service)
    assert halted == [True]
    assert (duty(service).begun_at, duty(service).done) == (taken_at, False)


@pytest.mark.usefixtures("register")
def test_a_worker_that_stops_stores_no_half_report(service):
    stopped = threading.Event()
    stopped.set()
    with service.command(SYSTEM) as ctx:
        ctx.session.add(Person(key=ctx.new_key(), person_number="P-1", name="P"))
    assert (duties.perform_due(service, stopped), reports(service)) == (0, [])
    assert duty(service).problem_en == "The worker is being stopped."


@pytest.mark.usefixtures("register")
def test_somebody_may_ask_for_it_out_of_its_time(service):
    duties.perform_due(service)
    with service.command(SYSTEM) as ctx:
        commands.ask_for(ctx, NAME)
    assert (duties.perform_due(service), len(reports(service))) == (1, 2)


def test_without_a_client_system_nothing_is_owed(service):
    assert duties.perform_due(service) == 0


@pytest.mark.parametrize(
    ("local", "moment"),
    [
        ("2026-03-29T05:14", "2026-03-28T05:15+01:00"),
        ("2026-03-29T05:15", "2026-03-29T05:15+02:00"),
        ("2026-10-25T23:00", "2026-10-25T05:15+01:00"),
    ],
)
def test_the_last_moment_of_a_time_of_day_follows_the_clocks(local, moment):
    zone = ZoneInfo("Europe/Copenhagen")
    found = commands.last_moment(datetime.fromisoformat(local).replace(tzinfo=zone), time(5, 15))
    assert found.isoformat(timespec="minutes") == moment
