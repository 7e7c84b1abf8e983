"""Where those who serve are put, and how long they were sentenced to, beside those who come."""

from random import Random

import pytest

from kfflow.persistence.tables import Unit
from kfflow.simulation.inmates import Places, Terms

COMING = Terms(median=2.2, spread=1.15)
DRAWN = 40_000
FIVE_YEARS = 5 * 365


def test_terms_of_those_serving_count_each_length_as_many_times_as_it_is_long() -> None:
    rng = Random(4)
    coming, serving = ([terms.draw(rng) for _ in range(DRAWN)] for terms in (COMING, COMING.of_those_serving))
    of_time = sum(days for days in coming if days >= FIVE_YEARS) / sum(coming)
    assert sum(days >= FIVE_YEARS for days in serving) / DRAWN == pytest.approx(of_time, abs=0.01)


def test_as_many_leave_as_come_when_those_serving_have_the_terms_of_those_who_come() -> None:
    rng = Random(5)
    coming, serving = ([terms.draw(rng) for _ in range(DRAWN)] for terms in (COMING, COMING.of_those_serving))
    leaving_a_day = sum(1 / days for days in serving) / DRAWN
    assert leaving_a_day == pytest.approx(DRAWN / sum(coming), rel=0.05)


def test_a_full_service_takes_one_too_many_in_the_regime() -> None:
    units = [
        Unit(code=f"{regime}-1", institution_code="NYB", regime=regime, places=4) for regime in ("lukket", "aaben")
    ]
    places, rng = Places(units), Random(6)
    put = [places.take(rng, "aaben", woman=False).code for _ in range(7)]
    assert (put, places.free) == (["aaben-1"] * 3 + ["lukket-1"] * 3 + ["aaben-1"], {"lukket-1": 0, "aaben-1": -1})
