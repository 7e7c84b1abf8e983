"""Logging in: one answer for all that is wrong, growing delays, sessions that end."""

from datetime import timedelta

import pytest

from kfflow.demo.accounts import PASSWORD
from kfflow.errors import Conflict, InvalidInput, NotAuthenticated
from kfflow.persistence.tables import Account, LoginSession
from kfflow.service import accounts


def log_in(service, clock, username="sagsbehandler", password=PASSWORD):
    with service.database.transaction() as session:
        return accounts.authenticate(session, username, password, at=clock.at)


def fail(service, clock, **named):
    """A failed attempt is counted, so its transaction must be kept although it ends in an error."""
    with service.database.transaction() as session:
        with pytest.raises(NotAuthenticated) as refused:
            accounts.authenticate(
                session, named.get("username", "sagsbehandler"), named.get("password", "forkert"), at=clock.at
            )
        return refused.value.message_da


def test_the_right_password_gives_the_account(service, clock):
    assert log_in(service, clock).username == "sagsbehandler"


def test_unknown_wrong_and_inactive_get_the_same_answer(service, clock):
    with service.database.transaction() as session:
        session.get_one(Account, "betjent").active = False
    answers = {
        fail(service, clock, username="findes-ikke"),
        fail(service, clock),
        fail(service, clock, username="betjent", password=PASSWORD),
    }
    assert answers == {"Brugernavn eller adgangskode er forkert."}


def test_an_account_waits_longer_after_each_failure(service, clock):
    for _ in range(accounts.FREE_ATTEMPTS + 1):
        fail(service, clock)
    fail(service, clock, password=PASSWORD)
    clock.at += timedelta(seconds=3)
    assert log_in(service, clock).failed_logins == 0


def test_a_session_ends_when_it_is_idle_over_or_closed(service, clock):
    def start():
        with service.database.transaction() as session:
            return accounts.open_session(session, session.get_one(Account, "sagsbehandler"), at=clock.at)

    def find(secret):
        with service.database.transaction() as session:
            found = accounts.find_session(session, secret, at=clock.at)
            return found.username if found else None

    idle = start()
    assert find(idle) == "sagsbehandler"
    clock.at += accounts.IDLE
    assert find(idle) is None
    closed = start()
    with service.database.transaction() as session:
        accounts.close_session(session, closed)
    assert find(closed) is None
    worked = start()
    for _ in range(25):
        clock.at += timedelta(minutes=29)
        find(worked)
    assert find(worked) is None


def test_the_session_secret_is_not_stored(service, clock):
    with service.database.transaction() as session:
        secret = accounts.open_session(session, session.get_one(Account, "sagsbehandler"), at=clock.at)
        session.flush()
        assert session.get(LoginSession, secret) is None


def test_a_short_password_is_refused():
    with pytest.raises(InvalidInput):
        accounts.hash_password("elleve tegn")


def test_an_operator_creates_an_account_and_is_told_what_is_wrong(service, clock):
    right = accounts.NewAccount("ny_leder", "Ny Leder", ("supervisor",), ("sagsbehandler",), "SDO", "vest")
    with service.command(accounts.SYSTEM) as ctx:
        accounts.create(ctx, right, "en lang adgangskode")
    assert log_in(service, clock, "ny_leder", "en lang adgangskode").roles == ["supervisor"]
    with pytest.raises(Conflict), service.command(accounts.SYSTEM) as ctx:
        accounts.create(ctx, right, "en lang adgangskode")
    wrong = accounts.NewAccount("ny leder", "N", ("konge",), institution="XXX")
    with pytest.raises(InvalidInput) as refused, service.command(accounts.SYSTEM) as ctx:
        accounts.create(ctx, wrong, "en lang adgangskode")
    assert [problem.field for problem in refused.value.fields] == ["role", "username", "institution"]
