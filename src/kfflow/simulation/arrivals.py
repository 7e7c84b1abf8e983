"""What comes from outside at any time: admissions, applications for leave, transfers, incidents, deaths, new dates."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Protocol

from sqlalchemy import exists, select

from kfflow.domain.authorization import Actor
from kfflow.persistence.tables import Case, Person
from kfflow.service import instances, messages
from kfflow.service.context import Context
from kfflow.simulation import outings
from kfflow.simulation.hours import ZONE, in_office_hours
from kfflow.simulation.inmates import Inmate
from kfflow.simulation.lots import lots
from kfflow.simulation.people import BEFORE_SERVING, People
from kfflow.simulation.setting import Staged

YEAR = timedelta(days=365)
TAKEN_OVER_WITHIN = timedelta(days=21)
"""How soon after the beginning the permissions of those who were on leave before are in kfflow: one round of leaves."""
LEAVE, TRANSFER, RELEASE = "kf_udgangstilladelse", "kf_overfoersel", "kf_loesladelse"
GROUNDS = ("vold", "narkotika", "smugling")
WISHED_SHARE = 0.6
"""Share of the transfers asked for that the inmate wishes; the others are for want of places."""
URGENT_SHARE = 0.3
CHANGED_DAYS = (-30, 60)
"""How a term is changed by a new judgment, at the least and at the most."""

Act = Callable[[Context], None]


class Arrive(Protocol):
    """Let something arrive as the lots have it."""

    def __call__(self, ctx: Context, rng: Random) -> None: ...


class Arrivals:
    """The doors of the prison service; `clerk_of` gives who registers at an institution."""

    def __init__(
        self, people: People, clerk_of: Callable[[Context, str | None], Actor | None], start: datetime
    ) -> None:
        self.people = people
        self.start = start
        self.clerk_of = clerk_of
        self.kinds: dict[str, Arrive] = {
            "judgments": self._judgment,
            "leave_applications": self._application,
            "transfer_requests": self._transfer,
            "incidents": self._incident,
            "changed_master_data": self._change,
            "deaths": self._death,
        }
        """What arrives, by the figure that says how often a year."""

    def drawn(self, kind: str, start: datetime, until: datetime, scale: float) -> Iterator[tuple[datetime, Random]]:
        """Give when something of a kind arrives: at random, within office hours."""
        rng = lots(self.people.seed, kind)
        rate = self.people.profile[kind] * scale
        instant = start
        while rate > 0 and (instant := instant + YEAR * rng.expovariate(rate)) < until:
            yield in_office_hours(instant), Random(rng.random())  # noqa: S311 - nothing secret

    def take_over(self, ctx: Context, *, number: str) -> None:
        """Let the dates of somebody who serves already be known, as their intake would have told them.

        What the law asks for before today has been asked: leave was raised, and their placing considered.
        """
        told = self.people.taken_over(number, ctx.at.astimezone(ZONE).date())
        messages.publish(ctx, name="datoer_klar", correlation_key=number, variables=told)

    def holders(self) -> Iterator[tuple[datetime, Act]]:
        """Give those who were on leave before the beginning: their permissions are applied for in the first weeks."""
        rng = lots(self.people.seed, "holders")
        today = self.start.astimezone(ZONE).date()
        for number in self.people.serving():
            if self.people.may_be_on_leave(number, today) and rng.random() < self.people.profile["leave_holder_share"]:
                at = in_office_hours(self.start + TAKEN_OVER_WITHIN * rng.random())
                yield at, partial(self._apply, number=number, rng=Random(rng.random()))  # noqa: S311 - nothing secret

    def _judgment(self, ctx: Context, rng: Random) -> None:
        """Let somebody be sentenced; in the first weeks they who were sentenced before come in, too."""
        at_liberty = rng.random() < self.people.profile["at_liberty_share"]
        self._sentenced(ctx, at_liberty=at_liberty)
        if at_liberty and ctx.at < self.start + BEFORE_SERVING:
            self._sentenced(ctx, at_liberty=False)

    def _sentenced(self, ctx: Context, *, at_liberty: bool) -> None:
        today = ctx.at.astimezone(ZONE).date()
        inmate = self.people.admit(ctx, today, at_liberty=at_liberty)
        told = {"indsat_id": inmate.number, "dom_dato": today.isoformat(), "paa_fri_fod": at_liberty}
        name = "dom_modtaget" if at_liberty else "indsaettelse_meddelt"
        key = None if at_liberty else inmate.number
        messages.publish(ctx, name=name, correlation_key=key, variables=told)

    def _application(self, ctx: Context, rng: Random) -> None:
        from_open = rng.random() < self.people.profile["leave_from_open_share"]
        inmate = self._drawn(ctx, rng, LEAVE, in_open=from_open)
        if inmate is not None:
            self._apply(ctx, number=inmate.number, rng=rng)

    def _apply(self, ctx: Context, *, number: str, rng: Random) -> None:
        clerk = self._clerk(ctx, self.people.known[number])
        if clerk is None or _has_case(ctx, number, LEAVE):
            return
        kind = rng.choices(list(outings.KINDS), list(outings.KINDS.values()))[0]
        days = 3 if kind == "saerligt_formaal" else rng.randint(14, 40)
        wanted = ctx.at.astimezone(ZONE).date() + timedelta(days=days)
        purpose = rng.choice(outings.PURPOSES[kind])
        asked = {"udgangstype": kind, "formaal": purpose, "oensket_fra": wanted.isoformat()}
        self._register(ctx.on_behalf_of(clerk), number, asked, rng)

    def _register(self, ctx: Context, number: str, asked: dict[str, str], rng: Random) -> instances.Started:
        told = {
            "indsat_id": number,
            "indsat_navn": self.people.known[number].name,
            **asked,
            "ansoegt_dato": ctx.at.astimezone(ZONE).date().isoformat(),
            "udgangsadresse": f"{rng.choice(outings.STREETS)} {rng.randint(1, 120)}, {rng.choice(outings.TOWNS)}",
        }
        return instances.create(ctx, process_id=LEAVE, variables=told)

    def stage(self, ctx: Context, staged: Staged) -> int | None:
        """Let somebody of an open prison ask for a leave that is staged; gives the case, None when nobody can."""
        numbers = self.people.able_to_go_out(staged.institution)
        number = next((one for one in numbers if not _has_case(ctx, one, LEAVE)), None)
        clerk = self.clerk_of(ctx, number) if number else None
        if number is None or clerk is None:
            return None
        wanted = staged.wanted_from.isoformat()
        asked = {"udgangstype": staged.kind, "formaal": staged.purpose, "oensket_fra": wanted}
        begun = self._register(ctx.on_behalf_of(clerk), number, asked, lots(self.people.seed, f"staged:{number}"))
        return begun.case_key

    def _transfer(self, ctx: Context, rng: Random) -> None:
        inmate = self._drawn(ctx, rng, TRANSFER)
        clerk = self._clerk(ctx, inmate)
        if inmate is None or clerk is None:
            return
        told = self._occasion(ctx, inmate, "eget_oenske" if rng.random() < WISHED_SHARE else "pladshensyn")
        instances.create(ctx.on_behalf_of(clerk), process_id=TRANSFER, variables=told, start_element="NyOverfoersel")

    def _incident(self, ctx: Context, rng: Random) -> None:
        inmate = self._drawn(ctx, rng, TRANSFER)
        if inmate is not None:
            told = {**self._occasion(ctx, inmate, rng.choice(GROUNDS)), "haster": rng.random() < URGENT_SHARE}
            messages.publish(ctx, name="disciplinaerhaendelse", correlation_key=None, variables=told)

    def _occasion(self, ctx: Context, inmate: Inmate, ground: str) -> dict[str, object]:
        return {
            "indsat_id": inmate.number,
            "anledning": ground,
            "anledning_dato": ctx.at.astimezone(ZONE).date().isoformat(),
            "straf_maaneder": inmate.sentence.months,
            "indsat_dato": inmate.admitted_on.isoformat(),
        }

    def _change(self, ctx: Context, rng: Random) -> None:
        inmate = self._drawn(ctx, rng, None)
        if inmate is None or inmate.sentence.end is None:
            return
        today = ctx.at.astimezone(ZONE).date()
        changed = inmate.sentence.end + timedelta(days=rng.randint(*CHANGED_DAYS))
        end = max(today + timedelta(days=CHANGED_DAYS[1]), changed)
        self.people.with_end(inmate.number, end)
        told = {"straf_slut": end.isoformat(), "aendring_aarsag": "Ny dom", "aendring_hjemmel": "straffeloven § 89"}
        messages.publish(ctx, name="stamdata_aendret", correlation_key=inmate.number, variables=told)

    def _death(self, ctx: Context, rng: Random) -> None:
        inmate = self._drawn(ctx, rng, None)
        if inmate is not None:
            self.people.leaves(inmate.number)
            messages.publish(ctx, name="indsat_doed", correlation_key=inmate.number, variables={})

    def _drawn(self, ctx: Context, rng: Random, process: str | None, *, in_open: bool | None = None) -> Inmate | None:
        """Draw somebody who serves and has no running case of the process."""
        numbers = self.people.serving(in_open=in_open)
        for number in rng.sample(numbers, min(len(numbers), 20)):
            if process is None or not _has_case(ctx, number, process):
                return self.people.known[number]
        return None

    def _clerk(self, ctx: Context, inmate: Inmate | None) -> Actor | None:
        return None if inmate is None else self.clerk_of(ctx, inmate.number)


def _has_case(ctx: Context, number: str, process: str) -> bool:
    person = select(Person.key).where(Person.person_number == number).scalar_subquery()
    running = exists().where(Case.person_key == person, Case.process_id == process, Case.state == "ACTIVE")
    return bool(ctx.session.scalar(select(running)))
