"""Rates beside their figures: how far away they lie, and what chance alone explains."""

import pytest

from kfflow.simulation.rates import Rate


def rate(lived, *, figure=10_000.0, events=400, squares=None):
    return Rate("admissions", "year", lived, figure, "published", "a source", events, squares or events)


@pytest.mark.parametrize(
    ("lived", "events", "holds"),
    [
        (10_400.0, 4000, True),
        (10_600.0, 4000, False),
        (9_600.0, 4000, True),
        (9_400.0, 4000, False),
        (13_000.0, 16, True),
        (16_000.0, 16, False),
        (None, 0, False),
    ],
    ids=["4 % above", "6 % above", "4 % below", "6 % below", "chance", "beyond chance", "nothing happened"],
)
def test_rate_holds_within_the_tolerance_or_what_chance_explains(lived, events, holds):
    assert rate(lived, events=events).holds is holds


def test_noise_is_two_standard_deviations_of_the_events():
    assert (rate(10_000.0, events=400).noise, rate(10_000.0, events=4).noise) == (0.1, 1.0)


def test_noise_counts_what_happens_to_one_person_again_and_again_as_one():
    assert rate(10_000.0, events=400, squares=100 * 4 * 4).noise == 2 * 40 / 400


def test_rate_without_events_has_no_deviation():
    assert (rate(None).deviation, rate(12_000.0).deviation) == (None, pytest.approx(0.2))
