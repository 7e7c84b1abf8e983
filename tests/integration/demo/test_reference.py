"""The reference data and the accounts that a demo begins with."""

import pytest
from sqlalchemy import func, select

from kfflow import reference
from kfflow.demo import accounts as demo_accounts
from kfflow.errors import NotAuthenticated
from kfflow.persistence.tables import Account, Institution, Unit
from kfflow.service import accounts
from kfflow.service.accounts import SYSTEM


@pytest.mark.parametrize("login", demo_accounts.LOGINS, ids=lambda login: login.username)
def test_everybody_can_log_in_with_the_password_of_the_demo(service, login):
    with service.command(SYSTEM) as ctx:
        account = accounts.authenticate(ctx.session, login.username, login.password, at=ctx.at)
        actor = accounts.actor_of(account)
    assert (actor.groups, actor.institution, actor.area) == (frozenset(login.groups), login.institution, login.area)


def test_colleague_without_a_password_cannot_log_in(service):
    with service.command(SYSTEM) as ctx:
        name = ctx.session.scalar(select(Account.username).where(Account.password_hash.is_(None)).limit(1))
        with pytest.raises(NotAuthenticated):
            accounts.authenticate(ctx.session, name, "synthetic-demo-1", at=ctx.at)


def test_loading_twice_changes_nothing(service):
    def counted(ctx):
        return [ctx.session.scalar(select(func.count()).select_from(t)) for t in (Institution, Unit, Account)]

    with service.command(SYSTEM) as ctx:
        before = counted(ctx)
        reference.load(ctx)
        demo_accounts.load_accounts(ctx)
        assert counted(ctx) == before


def test_largest_institution_has_open_and_closed_places(service):
    with service.query(SYSTEM) as ctx:
        places = select(Unit.regime, func.sum(Unit.places)).where(Unit.institution_code == "SDO").group_by(Unit.regime)
        assert dict(ctx.session.execute(places).all()) == {"aaben": 222, "lukket": 200}


def test_every_institution_has_a_unit_and_an_area(service):
    with service.query(SYSTEM) as ctx:
        without = select(Institution.code).where(~Institution.code.in_(select(Unit.institution_code)))
        assert ctx.session.scalars(without).all() == []
        assert set(ctx.session.scalars(select(Institution.area))) == {"oest", "vest"}
