"""How a simulated span went: to be read in a terminal, and as JSON."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context
from kfflow.simulation import counting
from kfflow.simulation.counting import Incidents
from kfflow.simulation.world import World

YEAR = timedelta(days=365)
SETTLED = timedelta(weeks=8)
"""How long what was taken over takes to settle; of a shorter span the second half counts."""
TOLERANCE = 0.15
"""How far a rate may lie from its figure."""
COUNTED = {
    "admissions": "modtag_indsat",
    "leaves": "registrer_afgang",
    "transfers": "modtag_paa_nyt_sted",
    "releases": "loeslad",
}
"""What the service counts in its own statistics, by figure: the form whose answer is one."""
MISUSE = "misbrugsrapport"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of the simulation beside its figure.

    `unit` is year (at scale 1) or share; `per_1000` is a year and 1,000 inmates, None for a share; `lived` is None
    when nothing of it happened. `events` is how many times it happened.
    """

    name: str
    unit: str
    lived: float | None
    figure: float
    kind: str
    source: str
    events: int
    per_1000: float | None = None

    @property
    def deviation(self) -> float | None:
        """Give how far it lies from its figure, as a share of the figure."""
        return None if self.lived is None else self.lived / self.figure - 1

    @property
    def noise(self) -> float:
        """Give how far chance alone moves it, as a share: two standard deviations of so few events."""
        return 2 / math.sqrt(max(self.events, 1))

    @property
    def holds(self) -> bool:
        """Tell whether it is as near its figure as is asked for, or as chance lets it be."""
        return self.deviation is not None and abs(self.deviation) <= max(TOLERANCE, self.noise)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"deviation": self.deviation, "noise": self.noise, "holds": self.holds}


@dataclass(frozen=True, slots=True)
class Report:
    """All that was counted. Rates are those of the time after `SETTLED`, when what was taken over has settled."""

    days: int
    seed: int
    scale: float
    inmates: int
    staff: int
    cases: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    deadlines: list[dict[str, Any]]
    most_broken: list[dict[str, Any]]
    rates: list[Rate]
    arrived: Mapping[str, int]
    client_system: Mapping[str, int]
    incidents: list[Incidents]
    troubles: Mapping[str, int]
    seconds: float
    cpu_seconds: float

    @property
    def ok(self) -> bool:
        """Tell whether everything went as intended."""
        return not self.incidents and not self.troubles

    @property
    def started(self) -> int:
        return sum(row["started"] for row in self.cases)

    @property
    def done(self) -> int:
        return sum(row["done"] for row in self.tasks)

    def counts(self) -> dict[str, Any]:
        """Give what is the same for the same seed, whatever the machine."""
        told = {name: value for name, value in asdict(self).items() if name not in ("seconds", "cpu_seconds")}
        return told | {"rates": [rate.as_json() for rate in self.rates]}

    def as_json(self) -> dict[str, Any]:
        """Give everything, with the machine's time."""
        speed = {
            "seconds": round(self.seconds, 2),
            "cpu_seconds": round(self.cpu_seconds, 2),
            "cpu_seconds_a_day": round(self.cpu_seconds / self.days, 3),
            "cases_a_second": round(self.started / self.seconds, 2) if self.seconds else None,
        }
        return self.counts() | {"incidents": [one._asdict() for one in self.incidents], "machine": speed}

    def render(self, language: str) -> str:
        """Give the report as lines of text, in Danish ('da') or English."""
        return "\n".join(_lines(self, 0 if language == "da" else 1))


def of(world: World, staff: int) -> Report:
    """Count what a simulation has left in its database."""
    extent, lived = world.extent, world.lived
    with world.service.query(SYSTEM) as ctx:
        return Report(
            days=extent.days,
            seed=extent.seed,
            scale=extent.scale,
            inmates=len(world.people.regimes),
            staff=staff,
            cases=counting.cases(ctx),
            tasks=counting.tasks(ctx),
            deadlines=counting.deadlines(ctx, extent.start),
            most_broken=counting.most_broken(ctx, extent.start),
            rates=list(_rates(ctx, world)),
            arrived=dict(sorted(lived.arrived.items())),
            client_system=counting.reconciled(ctx),
            incidents=counting.incidents(ctx),
            troubles=dict(sorted(lived.troubles.items())),
            seconds=lived.seconds,
            cpu_seconds=lived.cpu_seconds,
        )


def _rates(ctx: Context, world: World) -> Iterator[Rate]:
    span = world.extent.end - world.extent.start
    since = world.extent.start + min(SETTLED, span / 2)
    done = counting.done(ctx, since, [*COUNTED.values(), MISUSE])
    a_year = YEAR / (world.extent.end - since) / world.extent.scale
    for name, form in COUNTED.items():
        yield _yearly(world, name, done.get(form, 0), a_year)
    decided = counting.decisions(ctx, since)
    yield _share(world, "leave_misused_share", done.get(MISUSE, 0), done.get(COUNTED["leaves"], 0))
    for name, kind, outcome in (
        ("leave_refused_share", "udgang", "afslag"),
        ("parole_granted_share", "proeveloesladelse", "imoedekommet"),
    ):
        of_kind = {found: times for (found_kind, found), times in decided.items() if found_kind == kind}
        yield _share(world, name, of_kind.get(outcome, 0), sum(of_kind.values()))
    complaints = counting.started(ctx, since).get("kf_klage", 0)
    yield _share(world, "complaint_share", complaints, sum(decided.values()))


def _yearly(world: World, name: str, events: int, a_year: float) -> Rate:
    told, lived = world.profile.figures[name], events * a_year
    per_1000 = lived / world.profile["inmates"] * 1000
    return Rate(name, "year", lived, told.value, told.kind, told.source, events, per_1000)


def _share(world: World, name: str, part: int, whole: int) -> Rate:
    told = world.profile.figures[name]
    return Rate(name, "share", part / whole if whole else None, told.value, told.kind, told.source, part)


# ---------------------------------------------------------------- in words

_NAMES = {
    "admissions": ("indsættelser", "admissions"),
    "leaves": ("udgange", "leaves"),
    "transfers": ("overførsler", "transfers"),
    "releases": ("løsladelser", "releases"),
    "leave_misused_share": ("misbrugte udgange", "leaves misused"),
    "leave_refused_share": ("afslag på udgang", "leave refused"),
    "parole_granted_share": ("prøveløsladelse bevilget", "parole granted"),
    "complaint_share": ("påklagede afgørelser", "decisions complained of"),
}
Say = Callable[[str, str], str]
_KINDS = {
    "published": ("offentliggjort", "published"),
    "background": ("anslået", "known"),
    "design": ("valgt", "chosen"),
}
_DEADLINES = {"legal": ("lovens frister", "of the law"), "internal": ("interne frister", "internal")}


def _lines(report: Report, language: int) -> Iterator[str]:
    def say(danish: str, english: str) -> str:
        return (danish, english)[language]

    yield say(
        f"{report.days} dage, skala {report.scale:g}, lod {report.seed}: {report.inmates} indsatte og "
        f"{report.staff} medarbejdere (SYNTETISK).",
        f"{report.days} days, scale {report.scale:g}, seed {report.seed}: {report.inmates} inmates and "
        f"{report.staff} employees (SYNTHETIC).",
    )
    yield from _work(report, say)
    yield from _deadlines(report, say)
    yield "\n" + say(
        "Om året: levet, statistik, afvigelse (tilfældet alene), pr. 1.000 indsatte",
        "A year: lived, statistics, deviation (chance alone), per 1,000 inmates",
    )
    yield from (_rate_line(rate, language) for rate in report.rates)
    yield from _client_system(report.client_system, say)
    yield from _troubles(report, say)
    yield "\n" + say(
        f"{report.started} sager og {report.done} opgaver på {report.seconds:.0f} s "
        f"({report.cpu_seconds:.0f} s processortid uden databasens): {report.cpu_seconds / report.days:.2f} s pr. dag, "
        f"{report.started / max(report.seconds, 0.001):.1f} sager i sekundet.",
        f"{report.started} cases and {report.done} tasks in {report.seconds:.0f} s "
        f"({report.cpu_seconds:.0f} s of processor time without the database's): "
        f"{report.cpu_seconds / report.days:.2f} s a day, "
        f"{report.started / max(report.seconds, 0.001):.1f} cases a second.",
    )


def _work(report: Report, say: Say) -> Iterator[str]:
    yield "\n" + say("Sager: begyndt, afsluttet, åbne", "Cases: begun, ended, open")
    for row in report.cases:
        yield f"  {row['process_id']:<26}{row['started']:>8}{row['ended'] + row['canceled']:>8}{row['open']:>8}"
    yield "\n" + say(
        "Opgaver: udført, timer fra åbnet til udført (median, 95 %)", "Tasks: done, hours to done (median, 95 %)"
    )
    for row in report.tasks:
        yield f"  {row['process_id']:<26}{row['done']:>8}{row['median_hours']:>8.1f}{row['p95_hours']:>8.1f}"


def _deadlines(report: Report, say: Say) -> Iterator[str]:
    yield "\n" + say("Frister: overholdt, brudt, løbende", "Deadlines: met, broken, running")
    for row in report.deadlines:
        words = say(*_DEADLINES[row["kind"]]) + (say(", overtaget", ", taken over") if row["taken_over"] else "")
        yield f"  {words:<26}{row['met']:>8}{row['broken']:>8}{row['running']:>8}"
    for row in report.most_broken:
        yield f"    {row['element_id']:<32}{row['broken']:>6} / {row['total']}"


def _client_system(counted: Mapping[str, int], say: Say) -> Iterator[str]:
    if not counted:
        return
    sent, waiting, refused = (counted[name] for name in ("outcomes_sent", "unsent", "refused"))
    persons, differences = counted["persons"], counted["differences"]
    yield "\n" + say(
        f"Klientsystemet: {sent} udfald sendt, {waiting} usendt, {refused} afvist; "
        f"{persons} personer sammenlignet, {differences} forskelle i alt.",
        f"Client system: {sent} outcomes sent, {waiting} unsent, {refused} refused; "
        f"{persons} persons compared, {differences} differences in all.",
    )


def _troubles(report: Report, say: Say) -> Iterator[str]:
    yield "\n" + say("Utilsigtede hændelser: ", "Unintended incidents: ") + str(sum(i.times for i in report.incidents))
    for incident in report.incidents:
        yield f"  {incident.times} × {incident.process_id}/{incident.element_id} {incident.kind}: {incident.message}"
    yield say("Afviste kommandoer: ", "Refused commands: ") + str(sum(report.troubles.values()))
    yield from (f"  {times} × {words}" for words, times in report.troubles.items())


def _rate_line(rate: Rate, language: int) -> str:
    shown = ("–", "–") if rate.lived is None else (f"{rate.lived:,.0f}", f"{rate.lived:.1%}")
    figure = (f"{rate.figure:,.0f}", f"{rate.figure:.1%}")
    index = 0 if rate.unit == "year" else 1
    per_1000 = "" if rate.per_1000 is None else f"{rate.per_1000:,.0f}"
    name, kind = _NAMES[rate.name][language], _KINDS[rate.kind][language]
    away = "–" if rate.deviation is None else f"{rate.deviation:+.0%}"
    mark = " " if rate.holds else "!"
    noise = f"(±{rate.noise:.0%})"
    return f"{mark} {name:<26}{shown[index]:>9}{figure[index]:>9}{away:>7}{noise:>8}{per_1000:>8}  {kind}"
