"""Inmates who do not exist, spread over the real units as the statistics of the service have it.

Stock figures of the design: sentences skewed short (median about four months, 4 % from five years), 1.3 % life or
forvaring, 7 % women, 30 % in remand; prisons at most 96 % full, local prisons 95 %.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from types import MappingProxyType
from typing import Any

from kfflow.persistence.tables import Unit
from kfflow.simulation import names

REMAND_SHARE = 0.30
WOMEN_SHARE = 0.07
INDEFINITE_SHARE = 0.013
MEDIAN_MONTHS = 4.0
SPREAD = 1.55
"""Standard deviation of the logarithm of the months: puts 4 % of the sentences at five years and above."""
SHORTEST_DAYS = 14
LONGEST_MONTHS = 16 * 12
DAYS_A_MONTH = 365.25 / 12
MOST_FULL = {"arrest": 0.95}
MOST_FULL_PRISON = 0.96
WOMENS_PRISON = "JYD"
CRIMES = ("grov_vold", "trusler", "personfarlig", "seksualforbrydelse", "anden")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody was sentenced to; `days` is None for life, forvaring and remand."""

    kind: str
    days: int | None
    start: date
    end: date | None

    @property
    def months(self) -> int | None:
        return None if self.days is None else max(1, round(self.days / DAYS_A_MONTH))


@dataclass(frozen=True, slots=True)
class Inmate:
    """One synthetic person with where they are and why; `traits` are what the decision tables ask for."""

    number: str
    name: str
    born_on: date
    woman: bool
    unit: Unit
    admitted_on: date
    in_institution_since: date
    sentence: Sentence
    traits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def remand(self) -> bool:
        return self.sentence.kind == "varetaegt"

    def facts(self) -> dict[str, Any]:
        """Give what the case page shows and the processes start from; dates as ISO text."""
        sentence = self.sentence
        known: dict[str, Any] = {
            "straftype": sentence.kind,
            "straf_dage": sentence.days,
            "straf_maaneder": sentence.months,
            "regime": self.unit.regime,
            "koen": "kvinde" if self.woman else "mand",
            "straf_start": sentence.start.isoformat(),
            "i_institution_siden": self.in_institution_since.isoformat(),
            **self.traits,
        }
        if sentence.days is not None and sentence.end is not None:
            parts = {"halv_tid": 1 / 2, "to_tredjedel": 2 / 3, "straf_slut": 1.0}
            for name, share in parts.items():
                known[name] = (sentence.start + timedelta(days=math.ceil(sentence.days * share))).isoformat()
        return known


@dataclass(frozen=True, slots=True)
class Terms:
    """How long terms are: the median in months, and the standard deviation of the months' logarithm."""

    median: float = MEDIAN_MONTHS
    spread: float = SPREAD

    @property
    def of_those_serving(self) -> "Terms":
        """Give the terms of those who serve on a day, when these are the terms of those who come.

        Whoever stays long is met more often: a length counts as many times as it is long.
        """
        return Terms(self.median * math.exp(self.spread**2), self.spread)

    def draw(self, rng: Random) -> int:
        """Give a term in days."""
        months = min(rng.lognormvariate(math.log(self.median), self.spread), LONGEST_MONTHS)
        return max(SHORTEST_DAYS, round(months * DAYS_A_MONTH))


STOCK = Terms()
"""The terms of those who serve, as the design has them."""


class Places:
    """The places still free, by unit; `taken` counts those that somebody has already."""

    def __init__(self, units: Sequence[Unit], taken: Mapping[str, int] = MappingProxyType({})) -> None:
        self.units = sorted(units, key=lambda unit: unit.code)
        self.free = {
            u.code: int(u.places * MOST_FULL.get(u.regime, MOST_FULL_PRISON)) - taken.get(u.code, 0) for u in units
        }

    def take(self, rng: Random, regime: str, *, woman: bool) -> Unit:
        """Take a place of the regime, more likely where many are free; in another regime when there is none.

        When all are taken, one too many in the regime, more likely where there are many.
        """
        free = [u for u in self.units if self.free[u.code] > 0]
        fitting = [u for u in free or self.units if u.regime == regime]
        for_them = [u for u in fitting if (u.institution_code == WOMENS_PRISON) == woman]
        fitting = for_them or fitting or free
        unit = rng.choices(fitting, [self.free[u.code] if free else u.places for u in fitting])[0]
        self.free[unit.code] -= 1
        return unit


def generate(
    rng: Random, count: int, places: Places, today: date, *, first: int = 1, terms: Terms = STOCK
) -> list[Inmate]:
    """Make inmates numbered from `first`; the same seed, places, day and terms give the same people."""
    return [_one(rng, number, places, today, terms) for number in range(first, first + count)]


def _one(rng: Random, number: int, places: Places, today: date, terms: Terms) -> Inmate:
    woman = rng.random() < WOMEN_SHARE
    sentence = _sentence(rng, today, terms)
    dangerous = rng.random() < dangerous_share(sentence)
    unit = places.take(rng, regime_of(rng, sentence, dangerous=dangerous), woman=woman)
    since = min(today - timedelta(days=1), sentence.start + timedelta(days=rng.randint(0, 20)))
    return Inmate(
        number=f"SYN-{number:06d}",
        name=names.inmate(rng, woman=woman),
        born_on=today - timedelta(days=rng.randint(19 * 365, 62 * 365)),
        woman=woman,
        unit=unit,
        admitted_on=sentence.start,
        in_institution_since=since,
        sentence=sentence,
        traits=traits_of(rng, sentence, dangerous=dangerous),
    )


def _sentence(rng: Random, today: date, terms: Terms) -> Sentence:
    drawn = rng.random()
    if drawn < INDEFINITE_SHARE:
        served = timedelta(days=rng.randint(365, 14 * 365))
        return Sentence(rng.choice(("livstid", "forvaring")), None, today - served, None)
    if drawn < INDEFINITE_SHARE + REMAND_SHARE:
        return Sentence("varetaegt", None, today - timedelta(days=rng.randint(1, 200)), None)
    days = terms.draw(rng)
    served = timedelta(days=max(1, int(days * rng.uniform(0.03, 0.64))))
    return Sentence("tidsbestemt", days, today - served, today - served + timedelta(days=days))


def dangerous_share(sentence: Sentence) -> float:
    """Give the share of dangerous crimes among those with such a sentence."""
    return 0.5 if (sentence.months or 0) >= 24 else 0.12  # noqa: PLR2004 - two years


def regime_of(rng: Random, sentence: Sentence, *, dangerous: bool) -> str:
    """Straffuldbyrdelsesloven §§ 21-22: open below five years unless there is a reason against."""
    if sentence.kind == "varetaegt":
        return "arrest"
    if sentence.days is None or (sentence.months or 0) >= 60:  # noqa: PLR2004 - five years
        return "lukket"
    against = 0.5 if dangerous else 0.12
    return "lukket" if rng.random() < against else "aaben"


def traits_of(rng: Random, sentence: Sentence, *, dangerous: bool) -> dict[str, Any]:
    """Draw what the decision tables ask for beside the sentence."""
    asked = dangerous and rng.random() < 0.4  # noqa: PLR2004 - share of victims who asked to be told
    return {
        "farlig_kriminalitet": dangerous,
        "udvist": rng.random() < 0.04,  # noqa: PLR2004 - share expelled
        "bande": rng.random() < 0.05,  # noqa: PLR2004 - share tied to a gang
        "fri_mellem_dom_og_afsoning": sentence.kind == "tidsbestemt" and rng.random() < 0.5,  # noqa: PLR2004
        "forurettet_anmodet": asked,
        "varetaegt_foer_dom": dangerous,
        "kriminalitetstype": rng.choice(CRIMES[:4]) if dangerous else "anden",
    }
