"""Where a deadline comes from, in sentences: which rule of several by date, which table, and what was computed."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from kfflow.domain.deadlines.projection import ExplainedStep, Projection
from kfflow.domain.deadlines.words import Words, long_day_words, sentence
from kfflow.domain.law import Transition

_DAYS: dict[Transition, Words] = {
    Transition.NEW_CASES: ("sagen blev oprettet", "the case was opened"),
    Transition.FROM_REFERENCE_DATE: ("sagens skæringsdato er", "the legal date of the case is"),
    Transition.ALL_RUNNING: ("fristen begyndte", "the deadline began"),
}


@dataclass(frozen=True, slots=True)
class InForce:
    """Why a rule counts for a case: its period, and the day of the case that its transitional rule looks at."""

    gyldig_fra: date | None
    gyldig_til: date | None
    overgang: Transition
    day: date

    def words(self) -> Words:
        """Give `Reglen gælder fra 1. januar 2027: sagens skæringsdato er 3. februar 2027.` in both languages."""
        (since_da, since_en), (day_da, day_en) = self._period(), long_day_words(self.day)
        da, en = _DAYS[self.overgang]
        return f"Reglen gælder{since_da}: {da} {day_da}.", f"The rule is in force{since_en}: {en} {day_en}."

    def _period(self) -> Words:
        da, en = "", ""
        if self.gyldig_fra is not None:
            first = long_day_words(self.gyldig_fra)
            da, en = f" fra {first[0]}", f" from {first[1]}"
        if self.gyldig_til is not None:
            last = long_day_words(self.gyldig_til - timedelta(days=1))
            da, en = f"{da} til og med {last[0]}", f"{en} until {last[1]}"
        return da, en


@dataclass(frozen=True, slots=True)
class FromTable:
    """The version of a decision table whose row gave the rule, and the row's legal basis."""

    table: str
    version: int
    hjemmel: str

    def words(self) -> Words:
        """Give `Fristen står i tabellen sla_regel, version 2 (Internt mål).` in both languages."""
        why = f" ({self.hjemmel})" if self.hjemmel else ""
        return (
            f"Fristen står i tabellen {self.table}, version {self.version}{why}.",
            f"The deadline stands in the table {self.table}, version {self.version}{why}.",
        )


Origin = InForce | FromTable


def tell_rule(projection: Projection, origin: Origin | None, said: Words | None = None) -> Projection:
    """Give the projection with what says where its rule comes from, and what was computed, as its first steps."""
    told = [] if origin is None else [origin.words()]
    if said is not None:
        told.append((f"{sentence(said[0].rstrip('.'))}.", f"{sentence(said[1].rstrip('.'))}."))
    first = tuple(ExplainedStep(da, en, projection.steps[0].at) for da, en in told)
    return replace(projection, steps=(*first, *projection.steps))
