"""The statistics that synthetic inmates follow; no database."""

from datetime import date
from statistics import median

import pytest

from kfflow import reference
from kfflow.persistence.tables import Unit
from kfflow.simulation.acting import lots
from kfflow.simulation.inmates import Places, generate

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def people():
    units = [Unit(**row) for row in reference.units()]
    return generate(lots(1, "people"), 2000, Places(units), TODAY)


def share(people, holds):
    return sum(map(holds, people)) / len(people)


def test_sentences_are_skewed_short(people):
    days = [p.sentence.days for p in people if p.sentence.days]
    assert 105 <= median(days) <= 140
    assert 0.025 <= sum(d >= 5 * 365.25 for d in days) / len(days) <= 0.055


def test_shares_are_those_of_the_service(people):
    assert share(people, lambda p: p.remand) == pytest.approx(0.30, abs=0.03)
    assert share(people, lambda p: p.woman) == pytest.approx(0.07, abs=0.02)
    assert share(people, lambda p: p.sentence.kind in ("livstid", "forvaring")) == pytest.approx(0.013, abs=0.007)


def test_remand_is_in_local_prisons_and_long_sentences_are_not_open(people):
    assert {p.unit.regime for p in people if p.remand} == {"arrest"}
    assert {p.unit.regime for p in people if (p.sentence.days or 0) > 5 * 366} == {"lukket"}


def test_nobody_is_past_the_end_of_the_sentence_or_not_yet_admitted(people):
    assert all(p.admitted_on < TODAY for p in people)
    assert all(p.sentence.end > TODAY for p in people if p.sentence.end)


def test_women_are_in_the_womens_prison_while_it_has_room(people):
    women = [p for p in people if p.woman]
    assert share(women, lambda p: p.unit.institution_code == "JYD") > 0.6
    assert not [p for p in people if not p.woman and p.unit.institution_code == "JYD"]


def test_dates_of_release_follow_from_the_sentence(people):
    known = next(p for p in people if p.sentence.days and p.sentence.days > 100)
    facts = known.facts()
    assert facts["straf_start"] < facts["halv_tid"] < facts["to_tredjedel"] < facts["straf_slut"]
    assert facts["straf_slut"] == known.sentence.end.isoformat()
