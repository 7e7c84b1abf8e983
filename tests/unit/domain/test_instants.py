"""Instants from text: in UTC by the clock of a zone, and none beyond the years of a case."""

from datetime import UTC, date, datetime

import pytest

from kfflow.domain import instants

ZONE = "Europe/Copenhagen"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01", datetime(2026, 11, 30, 23, 0, tzinfo=UTC)),
        (" 2026-07-01T12:00 ", datetime(2026, 7, 1, 10, 0, tzinfo=UTC)),
        ("2026-12-01T12:00-05:00", datetime(2026, 12, 1, 17, 0, tzinfo=UTC)),
        ("1900-01-01T00:00Z", datetime(1900, 1, 1, tzinfo=UTC)),
        ("2199-12-31T23:59:59Z", datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2199-12-31T23:59:59-05:00", None),
        ("2200-01-01T00:00", None),
        ("9999-12-31T23:59:59-05:00", None),
        ("0001-01-01T00:00", None),
        ("snart", None),
        ("", None),
    ],
)
def test_an_instant_is_read_in_utc_or_not_at_all(text, expected):
    assert instants.read_instant(text, ZONE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2199-12-31", date(2199, 12, 31)), ("2200-01-01", None), ("0001-01-01", None), ("2026-02-30", None)],
)
def test_a_day_is_read_within_the_years_of_a_case(text, expected):
    assert instants.read_day(text) == expected
