"""Deadlines over HTTP: explained with their ledger, extended, paused, resumed, refused by field."""

import pytest
from sqlalchemy import select

from kfflow.persistence.tables import Deadline
from tests.integration.service.standing import INTERNAL, LEGAL
from tests.integration.web import visiting


@pytest.fixture
def deadline(service):
    def begin(extra: str) -> str:
        visiting.deploy_form_process(service, extra=extra)
        visiting.open_cases(service, 1)
        with service.database.transaction() as session:
            return f"/v2/kf/deadlines/{session.scalars(select(Deadline.key)).one()}"

    return begin


def test_the_explanation_carries_steps_and_ledger_in_words(program, deadline):
    one = deadline(INTERNAL.format(rule="10 AD"))
    assert program.post(f"{one}/extension", {"to": "5 AD", "reason": "Uoplyst"}).status_code == 204
    told = program.get(f"{one}/explanation").json
    assert [step["textEn"] for step in told["steps"]][-1] == (
        "Extended by 5 working days (Uoplyst); so the deadline expires Tuesday 15 December 2026 at 23:59."
    )
    assert [(line["kind"], line["rule"], line["reason"]) for line in told["ledger"]] == [
        ("START", None, ""),
        ("EXTEND", "5 AD", "Uoplyst"),
    ]
    assert told["ledger"][1]["textEn"] == (
        "Extended Tuesday 24 November 2026 at 09:00 by Klientprogram; expires Tuesday 15 December 2026 at 23:59 "
        "(reason: Uoplyst)."
    )


def test_pause_and_resumption_move_it(program, deadline, clock):
    one = deadline(INTERNAL.format(rule="10 AD"))
    assert program.post(f"{one}/pause", {"reason": "Partshøring"}).status_code == 204
    assert program.get(f"{one}/explanation").json["deadline"]["state"] == "PAUSED"
    clock.at = clock.at.replace(day=26)
    assert program.post(f"{one}/resumption", {"reason": "Svar"}).status_code == 204
    assert program.get(f"{one}/explanation").json["deadline"]["dueAt"] == "2026-12-10T22:59:59Z"


def test_a_legal_deadline_without_a_basis_is_refused_by_field(program, deadline):
    refused = program.post(f"{deadline(LEGAL.format(rule='10 AD'))}/extension", {"to": "5 AD", "reason": "Uoplyst"})
    assert (refused.status_code, [e["field"] for e in refused.json["errors"]]) == (400, ["hjemmel"])
