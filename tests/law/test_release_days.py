"""On which day somebody is released whose sentence ends then: weekends and public holidays, worked out by hand."""

from datetime import date

import pytest

from kfflow.persistence.tables import ProcessInstance
from kfflow.service import instances
from kfflow.service.accounts import SYSTEM

ENDS = {
    "an ordinary Wednesday": ("2026-08-12", "2026-08-12"),
    "Saturday": ("2026-08-15", "2026-08-14"),
    "Sunday": ("2026-08-16", "2026-08-14"),
    "Maundy Thursday": ("2026-04-02", "2026-04-01"),
    "Good Friday": ("2026-04-03", "2026-04-01"),
    "Easter Sunday": ("2026-04-05", "2026-04-01"),
    "Easter Monday": ("2026-04-06", "2026-04-01"),
    "the Tuesday after Easter": ("2026-04-07", "2026-04-07"),
    "Ascension Day": ("2026-05-14", "2026-05-13"),
    "Whit Monday": ("2026-05-25", "2026-05-22"),
    "Constitution Day, no public holiday": ("2026-06-05", "2026-06-05"),
    "Christmas Eve, no public holiday": ("2026-12-24", "2026-12-24"),
    "25 December on a Friday": ("2026-12-25", "2026-12-24"),
    "26 December on a Saturday": ("2026-12-26", "2026-12-24"),
    "the Sunday after Christmas": ("2026-12-27", "2026-12-24"),
    "25 December on a Thursday": ("2025-12-25", "2025-12-24"),
    "New Year's Day": ("2027-01-01", "2026-12-31"),
    "the Friday of the store bededag that is no more": ("2027-04-23", "2027-04-23"),
}


@pytest.fixture
def released(ground):
    """Give on which day the sentence that ends on a day leads to release."""

    def day(ends: str, route: str = "slut", begins: str = "2025-01-06") -> str:
        with ground.command(SYSTEM) as ctx:
            known = {"straftype": "tidsbestemt", "straf_start": begins, "straf_slut": ends}
            key = instances.create(ctx, process_id="kf_loesladelsesdatoer", variables=known, as_part=True).key
            return ctx.session.get_one(ProcessInstance, key).variables["frister"][route]["dato"]

    return day


@pytest.mark.parametrize(("ends", "expected"), ENDS.values(), ids=ENDS)
def test_who_has_served_is_released_on_the_last_working_day(released, ends, expected):
    assert released(ends) == expected


def test_release_on_parole_is_not_advanced(released):
    # two thirds of 732 days are 488: Saturday 9 May 2026
    assert date(2026, 5, 9).weekday() == 5
    assert released("2027-01-08", route="proeve") == "2026-05-09"
