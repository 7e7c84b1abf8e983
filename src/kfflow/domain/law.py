"""Versions by law: when one is in force, by which law, and which day decides for a case.

Every bound is a day of the installation's zone: in force from `gyldig_fra` on, until the day before `gyldig_til`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from kfflow.errors import FieldProblem, InvalidInput


class Transition(StrEnum):
    """Which day decides whether a version counts for a case, and so which cases a change of law reaches."""

    NEW_CASES = "NEW_CASES"
    """The day the case was opened: new cases alone."""

    FROM_REFERENCE_DATE = "FROM_REFERENCE_DATE"
    """The case's legal date: cases about what happened from the day on, whenever they were opened."""

    ALL_RUNNING = "ALL_RUNNING"
    """The day of the decision itself: every case from the day on, also those that run."""


VALIDITY_FIELDS = ("gyldig_fra", "gyldig_til", "lov", "overgang")
DECIDING = {
    Transition.NEW_CASES: ("den dag, sagen blev oprettet", "the day the case was opened"),
    Transition.FROM_REFERENCE_DATE: ("sagens skæringsdato", "the reference date of the case"),
    Transition.ALL_RUNNING: ("dagen for afgørelsen", "the day of the decision"),
}
"""The day that decides under a rule, in words."""

WORDS = {
    Transition.NEW_CASES: ("Kun nye sager", "New cases only"),
    Transition.FROM_REFERENCE_DATE: ("Sager med skæringsdato fra dagen", "Cases with reference date from the day on"),
    Transition.ALL_RUNNING: ("Alle sager, også de igangværende", "All cases, running ones too"),
}


@dataclass(frozen=True, slots=True)
class Days:
    """The days on which a version may hang: the case opened, its legal date, and the day something is decided."""

    opened: date
    legal: date
    today: date

    @classmethod
    def on(cls, day: date) -> "Days":
        """Give the days of a case that is opened, judged and decided on one and the same day."""
        return cls(day, day, day)

    def deciding(self, transition: str) -> date:
        """Give the day that decides under a transitional rule."""
        match Transition(transition):
            case Transition.NEW_CASES:
                return self.opened
            case Transition.ALL_RUNNING:
                return self.today
            case _:
                return self.legal

    def parameters(self) -> dict[str, date]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Validity:
    """What a version is published with; an empty bound does not bind."""

    gyldig_fra: date | None = None
    gyldig_til: date | None = None
    lov: str | None = None
    """The law as it is cited, such as `lov nr. 611 af 14.06.2011`."""

    overgang: Transition = Transition.FROM_REFERENCE_DATE

    @classmethod
    def read(cls, **given: str | None) -> "Validity":
        """Read what somebody typed; raises InvalidInput naming each field that is no date or no rule."""
        problems: list[FieldProblem] = []
        start, end = (_day(name, given.get(name), problems) for name in ("gyldig_fra", "gyldig_til"))
        rule = given.get("overgang") or Transition.FROM_REFERENCE_DATE
        if rule not in Transition.__members__:
            known = ", ".join(Transition)
            problems.append(FieldProblem("overgang", f"Kendes ikke. Vælg {known}.", f"Not known. Choose {known}."))
        if problems:
            raise InvalidInput("Gyldigheden kan ikke læses.", "The validity cannot be read.", fields=problems)
        return cls(start, end, (given.get("lov") or "").strip() or None, Transition(rule))

    def covers(self, day: date) -> bool:
        """Tell whether a day lies in the period."""
        return (self.gyldig_fra or date.min) <= day < (self.gyldig_til or date.max)

    def problems(self) -> list[FieldProblem]:
        """Say what contradicts itself."""
        found = []
        if self.gyldig_fra and self.gyldig_til and self.gyldig_til <= self.gyldig_fra:
            found.append(
                FieldProblem(
                    "gyldig_til",
                    f"Slutdatoen {self.gyldig_til} ligger ikke efter {self.gyldig_fra}. "
                    "Vælg en senere, eller lad den stå tom.",
                    f"The end {self.gyldig_til} is not after {self.gyldig_fra}. Choose a later one, or leave it empty.",
                )
            )
        if self.gyldig_fra is None and self.overgang is not Transition.FROM_REFERENCE_DATE:
            found.append(
                FieldProblem(
                    "gyldig_fra",
                    "Overgangsreglen regner fra en dato. Angiv den dag, loven gælder fra.",
                    "The transitional rule counts from a date. Give the day the law is in force from.",
                )
            )
        return found


@dataclass(frozen=True, slots=True)
class Unjoined:
    """Two periods that follow each other and overlap, or leave days between them without a rule."""

    earlier: Validity
    later: Validity
    first: date
    until: date

    @property
    def is_gap(self) -> bool:
        return self.earlier.gyldig_til == self.first


def days_words(first: date, until: date) -> tuple[str, str]:
    """Give the days from one on until the day before another in words; `date.min` and `date.max` bind nothing.

    `fra 2027-01-01 til og med 2027-06-30`, in Danish and English.
    """
    last = None if until == date.max else until - timedelta(days=1)
    match first == date.min, last:
        case True, None:
            return "altid", "always"
        case True, _:
            return f"til og med {last}", f"until {last}"
        case _, None:
            return f"fra {first}", f"from {first} on"
    return f"fra {first} til og med {last}", f"from {first} until {last}"


def unjoined(periods: Sequence[Validity]) -> list[Unjoined]:
    """Give where periods that shall follow each other without a break overlap or leave a gap, the earliest first."""
    ordered = sorted(periods, key=lambda period: period.gyldig_fra or date.min)
    found = []
    for earlier, later in pairwise(ordered):
        end, begin = earlier.gyldig_til or date.max, later.gyldig_fra or date.min
        if end != begin:
            found.append(Unjoined(earlier, later, min(end, begin), max(end, begin)))
    return found


def _day(name: str, given: str | None, problems: list[FieldProblem]) -> date | None:
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        problems.append(FieldProblem(name, "Skriv datoen som ÅÅÅÅ-MM-DD.", "Write the date as YYYY-MM-DD."))
        return None
