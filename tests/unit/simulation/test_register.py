"""The client system beside a simulated service; no database."""

from datetime import date
from random import Random

import pytest

from kfflow.errors import Conflict
from kfflow.persistence.tables import Unit
from kfflow.simulation.inmates import Places, generate
from kfflow.simulation.register import VERSION, Register

OUTCOME = {"haendelse": "udgang_afgjort", "sagsnummer": "2026-000001"}


def test_an_outcome_is_taken_once_however_often_it_comes():
    register = Register()
    for _ in range(2):
        register.write("7:klientsystem:0", OUTCOME, reason="udgang_afgjort")
    assert register.written(reason="reconciliation") == {"7:klientsystem:0"}


def test_another_outcome_with_the_same_key_is_refused():
    register = Register()
    register.write("7:klientsystem:0", OUTCOME, reason="udgang_afgjort")
    with pytest.raises(Conflict, match="7:klientsystem:0"):
        register.write("7:klientsystem:0", {**OUTCOME, "udfald": "afslag"}, reason="udgang_afgjort")


def test_whoever_was_entered_is_known_in_the_version_of_kfflows_own_record_and_nobody_else():
    register = Register()
    units = [Unit(code="NYB-L1", institution_code="NYB", regime="lukket", places=4)]
    (inmate,) = generate(Random(1), 1, Places(units), date(2026, 1, 5))
    register.enter(inmate, inmate.facts(), admitted_on=None)
    told = register.master_data(inmate.number, reason="indhenter")
    assert told is not None
    assert (told.version, told.institution, told.admitted_on, told.facts) == (VERSION, None, None, inmate.facts())
    assert register.master_data("SYN-999999", reason="indhenter") is None
