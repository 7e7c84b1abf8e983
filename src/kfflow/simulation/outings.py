"""Leaves as inmates ask for them: which kinds how often, what for, to which address, and when one begins and ends."""

from datetime import date, datetime, time, timedelta

from kfflow.simulation.hours import on

KINDS = {"regelmaessig": 74, "frigang": 10, "saerligt_formaal": 9, "udflugt": 5, "udstationering": 2}
PURPOSES = {
    "regelmaessig": ("familie", "personligt"),
    "frigang": ("arbejde", "uddannelse"),
    "saerligt_formaal": ("familie", "behandling"),
    "udflugt": ("personligt", "familie"),
    "udstationering": ("behandling", "arbejde"),
}
STREETS = ("Kastanievej", "Søndergade", "Møllevej", "Birkealle", "Strandvejen", "Skolegade", "Lærkevej", "Engvej")
TOWNS = (
    "7100 Vejle",
    "8000 Aarhus C",
    "9000 Aalborg",
    "5000 Odense C",
    "4700 Næstved",
    "6700 Esbjerg",
    "2300 København",
)
FRIDAY = 4


def next_outing(kind: str, day: date) -> tuple[datetime, datetime]:
    """Give the next outing of a kind from a day on: the weekend of § 38, or the hours of a working day."""
    if kind == "regelmaessig":
        day += timedelta(days=(FRIDAY - day.weekday()) % 7)
        return on(day, time(16)), on(day + timedelta(days=2), time(21))
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > FRIDAY else 0)
    return on(day, time(8)), on(day, time(17))
