"""Who is in prison: those who were there when the simulation began, those who came since, and where they are now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import bindparam, insert, select

from kfflow.persistence.tables import Person, Unit
from kfflow.service.context import Context
from kfflow.simulation import inmates, names
from kfflow.simulation.figures import Profile
from kfflow.simulation.first_leave import FirstLeave
from kfflow.simulation.inmates import Inmate, Places, Sentence, Terms
from kfflow.simulation.lots import lots
from kfflow.simulation.register import VERSION, Register

_PLACE = select(Person.institution_code).where(Person.person_number == bindparam("number"))
ARREST_CONSIDERED, CONSIDERED = timedelta(days=180), timedelta(days=365)
"""How long ago the placing of somebody was considered at the most."""
RAISED_BEFORE = timedelta(weeks=4)
"""How long before the first leave the question is raised."""
BEFORE_SERVING = timedelta(days=35)
"""From the judgment to the beginning of the term for somebody who comes from liberty."""
BARS = ("farlig_kriminalitet", "udvist", "bande")
"""What in somebody's record keeps them from leave, or makes it a question for others."""


class People:
    """The inmates by number; `regimes` says where each serves now, and lists only those who are in."""

    def __init__(self, profile: Profile, seed: int, units: Sequence[Unit]) -> None:
        self.profile = profile
        self.seed = seed
        self.units = sorted(units, key=lambda unit: unit.code)
        self.known: dict[str, Inmate] = {}
        self.regimes: dict[str, str] = {}
        self.facts: dict[str, dict[str, Any]] = {}
        self.register = Register()

    def settle(self, ctx: Context, count: int, today: date) -> None:
        """Put in those who serve at the beginning, all at once."""
        rng, serving = lots(self.seed, "people"), self._terms.of_those_serving
        there = inmates.generate(rng, count, Places(self.units), today, terms=serving)
        self.hear_of(there, put_in(ctx, there))
        self.regimes.update({inmate.number: inmate.unit.regime for inmate in there})

    def hear_of(self, there: Sequence[Inmate], told: Sequence[dict[str, Any]]) -> None:
        """Note people and their facts; none of them is followed by that."""
        for inmate, facts in zip(there, told, strict=True):
            self._hear_of(inmate, facts, admitted_on=inmate.admitted_on)

    def _hear_of(self, inmate: Inmate, facts: dict[str, Any], *, admitted_on: date | None) -> None:
        self.known[inmate.number], self.facts[inmate.number] = inmate, facts
        self.register.enter(inmate, facts, admitted_on=admitted_on)

    def admit(self, ctx: Context, today: date, *, at_liberty: bool) -> Inmate:
        """Make somebody who has just been sentenced; from liberty they are in no institution yet."""
        number = f"SYN-{len(self.known) + 1:06d}"
        start = today + BEFORE_SERVING if at_liberty else today
        inmate = self._sentenced(lots(self.seed, number), number, start)
        facts = inmate.facts()
        self._hear_of(inmate, facts, admitted_on=None if at_liberty else start)
        row = _row(ctx, inmate, facts)
        nowhere = {"institution_code": None, "unit_code": None, "admitted_on": None} if at_liberty else {}
        ctx.session.execute(insert(Person), [row | nowhere])
        return inmate

    def _sentenced(self, rng: Random, number: str, start: date) -> Inmate:
        woman = rng.random() < inmates.WOMEN_SHARE
        sentence = self._sentence(rng, start)
        dangerous = rng.random() < inmates.dangerous_share(sentence)
        regime = inmates.regime_of(rng, sentence, dangerous=dangerous)
        return Inmate(
            number=number,
            name=names.inmate(rng, woman=woman),
            born_on=start - timedelta(days=rng.randint(19 * 365, 62 * 365)),
            woman=woman,
            unit=Places([u for u in self.units if u.regime == regime]).take(rng, regime, woman=woman),
            admitted_on=start,
            in_institution_since=start,
            sentence=sentence,
            traits=inmates.traits_of(rng, sentence, dangerous=dangerous),
        )

    def _sentence(self, rng: Random, start: date) -> Sentence:
        days = self._terms.draw(rng)
        return Sentence("tidsbestemt", days, start, start + timedelta(days=days))

    @property
    def _terms(self) -> Terms:
        return Terms(self.profile["admitted_median_months"], self.profile["admitted_spread"])

    def facts_of(self, number: str) -> dict[str, Any]:
        """Give what everybody who does a task about somebody can read of them; nothing of who is not known."""
        inmate = self.known.get(number)
        if inmate is None:
            return {}
        return {**self.facts[number], "indsat_dato": inmate.admitted_on.isoformat()}

    def taken_over(self, number: str, today: date) -> dict[str, Any]:
        """Give what is told of somebody who serves at the beginning, with the points of their course gone by."""
        inmate, facts = self.known[number], self.facts[number]
        end, rng = inmate.sentence.end, lots(self.seed, f"{number}:taken over")
        longest = ARREST_CONSIDERED if inmate.unit.regime == "arrest" else CONSIDERED
        considered = today - min(longest, today - inmate.admitted_on) * rng.random()
        return facts | {
            "indsat_id": number,
            "indsat_dato": inmate.admitted_on.isoformat(),
            "straf_slut": end.isoformat() if end else None,
            "dato_halv": facts.get("halv_tid"),
            "sidst_overvejet": considered.isoformat(),
            "udgang_rejst": self.may_be_on_leave(number, today + RAISED_BEFORE),
        }

    def may_be_on_leave(self, number: str, today: date) -> bool:
        """Tell whether the first day on which somebody may be on leave has come."""
        first = self.facts[number].get("foerste_udgang")
        return first is not None and date.fromisoformat(first) <= today

    def is_admitted(self, number: str, regime: str, today: date) -> None:
        """Note that somebody has come to serve today, whenever they were expected."""
        if number in self.known:
            self.known[number] = replace(self.known[number], admitted_on=today)
        self.comes_in(number, regime)

    def moves(self, number: str, regime: str) -> None:
        """Note that somebody serves in another regime; nothing of who was released on the way."""
        if number in self.regimes:
            self.regimes[number] = regime

    def comes_in(self, number: str, regime: str) -> None:
        """Note that somebody serves in a regime from now on."""
        if number in self.known:
            self.regimes[number] = regime

    def leaves(self, number: str) -> None:
        """Note that somebody has been released, or is dead."""
        self.regimes.pop(number, None)

    def serving(self, *, in_open: bool | None = None) -> list[str]:
        """Give the numbers of those who serve a sentence, of open or of other regimes if asked."""
        return [
            number
            for number, regime in self.regimes.items()
            if not self.known[number].remand and in_open in (None, regime == "aaben")
        ]

    def able_to_go_out(self, institution: str) -> list[str]:
        """Give the numbers of those in an institution's open units whom nothing keeps from leave, the longest first."""
        inmates_there = (self.known[number] for number in self.serving(in_open=True))
        able = [
            inmate
            for inmate in inmates_there
            if inmate.unit.institution_code == institution and not any(inmate.traits[bar] for bar in BARS)
        ]
        able.sort(key=lambda one: (one.sentence.end or date.max, one.number), reverse=True)
        return [inmate.number for inmate in able]

    def place_for(self, rng: Random, regime: str, *, besides: str | None) -> str:
        """Give an institution with places of a regime, more likely a large one; `besides` if no other has some."""
        of_regime = [unit for unit in self.units if unit.regime == regime]
        fitting = [unit for unit in of_regime if unit.institution_code != besides] or of_regime or self.units
        return rng.choices(fitting, [u.places for u in fitting])[0].institution_code

    def with_end(self, number: str, end: date) -> Inmate:
        """Note that somebody's term ends on another day; gives them as they are now."""
        inmate = self.known[number]
        changed = replace(inmate, sentence=replace(inmate.sentence, end=end))
        self.known[number] = changed
        return changed


def put_in(ctx: Context, there: Sequence[Inmate]) -> list[dict[str, Any]]:
    """Put people into the units where they serve, all at once; gives their facts."""
    first_leave = FirstLeave(ctx)
    told = [{**inmate.facts(), "foerste_udgang": first_leave.of(inmate)} for inmate in there]
    if told:
        rows = [_row(ctx, inmate, facts) for inmate, facts in zip(there, told, strict=True)]
        ctx.session.execute(insert(Person), rows)
    return told


def _row(ctx: Context, inmate: Inmate, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": ctx.new_key(),
        "person_number": inmate.number,
        "name": inmate.name,
        "born_on": inmate.born_on,
        "institution_code": inmate.unit.institution_code,
        "unit_code": inmate.unit.code,
        "admitted_on": inmate.admitted_on,
        "facts": facts,
        "source_version": VERSION,
        "fetched_at": ctx.at,
        "synthetic": True,
    }


def place_of(ctx: Context, number: str) -> str | None:
    """Give the institution where somebody is now."""
    return ctx.session.scalar(_PLACE, {"number": number})
