"""The Danish public holidays of any year, computed by the rules; store bededag is one until 2023."""

from datetime import date, timedelta
from functools import lru_cache

Names = tuple[str, str]
"""What a day is called, in Danish and in English."""
LAST_STORE_BEDEDAG = 2023
_FIXED = {
    (1, 1): ("nytårsdag", "New Year's Day"),
    (12, 25): ("juledag", "Christmas Day"),
    (12, 26): ("anden juledag", "Second Day of Christmas"),
}
_AFTER_EASTER = {
    -3: ("skærtorsdag", "Maundy Thursday"),
    -2: ("langfredag", "Good Friday"),
    0: ("påskedag", "Easter Sunday"),
    1: ("anden påskedag", "Easter Monday"),
    39: ("Kristi himmelfartsdag", "Ascension Day"),
    49: ("pinsedag", "Whit Sunday"),
    50: ("anden pinsedag", "Whit Monday"),
}
"""Days after Easter Sunday of the holidays that move with it."""


@lru_cache(maxsize=256)
def public_holidays(year: int) -> dict[date, Names]:
    """Give the Danish public holidays of a year with their names in Danish and English, Sundays among them."""
    sunday = easter_sunday(year)
    moving = {sunday + timedelta(days=days): names for days, names in _AFTER_EASTER.items()}
    if year <= LAST_STORE_BEDEDAG:
        moving[sunday + timedelta(days=26)] = ("store bededag", "Great Prayer Day")
    return moving | {date(year, month, day): names for (month, day), names in _FIXED.items()}


def easter_sunday(year: int) -> date:
    """Give Easter Sunday of the Gregorian calendar (the computus of Meeus, Jones and Butcher)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
