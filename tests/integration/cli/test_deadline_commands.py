"""`kfflow deadline`: a deadline explained and changed by an operator."""

from sqlalchemy import select

from kfflow.persistence.tables import Deadline
from tests.integration.cli.test_instance import start
from tests.integration.service import diagrams

RULE = '<kf:deadline rule="10 AD" hjemmel="udgangsbek. § 26" kind="legal"/>'


def begin(service) -> int:
    start(service, diagrams.user_task("Vurder", extra=RULE), ids=["Vurder"])
    with service.database.transaction() as session:
        return session.scalars(select(Deadline.key)).one()


def test_explain_tells_each_step_and_each_line(service, kfflow):
    told = kfflow("deadline", "explain", begin(service))
    begun = "- Begyndt tirsdag den 24. november 2026 kl. 09.00 af systemet"
    due = "udløber tirsdag den 8. december 2026 kl. 23.59"
    assert told.output.splitlines() == [
        "Vurder (udgangsbek. § 26)",
        "1. Regnes fra tirsdag den 24. november 2026 kl. 09.00.",
        "2. 10 arbejdsdage efter: tirsdag den 8. december 2026.",
        "3. Ikke talt med: 4 weekenddage.",
        "4. Fristen udløber tirsdag den 8. december 2026 kl. 23.59.",
        "5. Varsel fredag den 4. december 2026 kl. 20.59 (80 % af tiden).",
        f"{begun}; {due} (hjemmel: udgangsbek. § 26).",
    ]


def test_explain_in_english(service, kfflow):
    told = kfflow("deadline", "explain", begin(service), "--english")
    assert told.output.splitlines()[1] == "1. Counts from Tuesday 24 November 2026 at 09:00."


def test_extend_takes_a_basis_and_says_until_when(service, kfflow):
    key = begin(service)
    extended = kfflow("deadline", "extend", key, "2099-01-01T12:00", "--reason", "Uoplyst", "--hjemmel", "fvl. § 19")
    assert extended.output == f"{key} RUNNING 2099-01-01T12:00:00+01:00\n"
    refused = kfflow("deadline", "extend", key, "5 AD", "--reason", "Uoplyst")
    assert (refused.exit_code, refused.output.splitlines()[-1]) == (
        2,
        "  hjemmel: En frist i loven kræver en hjemmel. / A deadline of the law takes a legal basis.",
    )


def test_pause_and_resume_say_the_state(service, kfflow):
    key = begin(service)
    with service.database.transaction() as session:
        session.get_one(Deadline, key).due_at = session.get_one(Deadline, key).due_at.replace(year=2099)
    paused = kfflow("deadline", "pause", key, "--reason", "Partshøring", "--hjemmel", "fvl. § 19")
    assert paused.output.split()[:2] == [str(key), "PAUSED"]
