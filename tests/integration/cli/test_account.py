"""`kfflow account`: created, and told to be away."""

from sqlalchemy import select

from kfflow.persistence.tables import Account


def test_an_account_is_created_and_its_absence_told_and_ended(service, kfflow):
    made = kfflow("account", "create", "mette", "--name", "Mette Skov", "--role", "caseworker", "--password", "x" * 12)
    assert made.output == "Kontoen mette er oprettet.\n"
    told = kfflow("account", "absence", "mette", "--from", "2030-03-04", "--until", "2030-03-08", "--release")
    assert told.output == "Mette Skov er fraværende fra 2030-03-04 til og med 2030-03-08; 0 åbne opgaver.\n"
    assert kfflow("account", "absence", "mette").output == told.output
    assert kfflow("account", "absence", "mette", "--end").output == "Mette Skov er ikke meldt fraværende.\n"
    with service.database.transaction() as session:
        assert session.scalars(select(Account.absent_from).where(Account.username == "mette")).one() is None


def test_what_cannot_be_told_is_refused_in_both_languages(kfflow):
    refused = kfflow("account", "absence", "leif.kold", "--from", "2030-03-08", "--until", "2030-03-04")
    assert (refused.exit_code, "until: Sidste dag 2030-03-04 er før første dag" in refused.output) == (2, True)
    assert kfflow("account", "absence", "leif.kold", "--until", "2030-03-04").exit_code == 2
    assert kfflow("account", "absence", "leif.kold", "--end", "--from", "2030-03-04").exit_code == 2
    assert kfflow("account", "absence", "leif.kold").output == "Leif Kold er ikke meldt fraværende.\n"
