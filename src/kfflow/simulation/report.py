"""How a simulated span went: to be read in a terminal, and as JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context
from kfflow.simulation import counting
from kfflow.simulation.counting import Incidents
from kfflow.simulation.world import World

YEAR_DAYS = 365
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
    when nothing of it happened.
    """

    name: str
    unit: str
    lived: float | None
    figure: float
    kind: str
    source: str
    per_1000: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All that was counted. Rates are those of the second half, when what was taken over has settled."""

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
        return told | {"rates": [asdict(rate) for rate in self.rates]}

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
            incidents=counting.incidents(ctx),
            troubles=dict(sorted(lived.troubles.items())),
            seconds=lived.seconds,
            cpu_seconds=lived.cpu_seconds,
        )


def _rates(ctx: Context, world: World) -> Iterator[Rate]:
    since = world.extent.start + (world.extent.end - world.extent.start) / 2
    done = counting.done(ctx, since, [*COUNTED.values(), MISUSE])
    a_year = YEAR_DAYS / (world.extent.days / 2) / world.extent.scale
    for name, form in COUNTED.items():
        lived = done.get(form, 0) * a_year
        yield _rate(world, name, "year", lived, per_1000=lived / world.profile["inmates"] * 1000)
    decided = counting.decisions(ctx, since)
    yield _rate(world, "leave_misused_share", "share", _share(done.get(MISUSE, 0), done.get(COUNTED["leaves"], 0)))
    for name, kind, outcome in (
        ("leave_refused_share", "udgang", "afslag"),
        ("parole_granted_share", "proeveloesladelse", "imoedekommet"),
    ):
        of_kind = {found: times for (found_kind, found), times in decided.items() if found_kind == kind}
        yield _rate(world, name, "share", _share(of_kind.get(outcome, 0), sum(of_kind.values())))
    complaints = counting.started(ctx, since).get("kf_klage", 0)
    yield _rate(world, "complaint_share", "share", _share(complaints, sum(decided.values())))


def _rate(world: World, name: str, unit: str, lived: float | None, per_1000: float | None = None) -> Rate:
    figure = world.profile.figures[name]
    return Rate(name, unit, lived, figure.value, figure.kind, figure.source, per_1000)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


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
    yield "\n" + say("Sager: begyndt, afsluttet, åbne", "Cases: begun, ended, open")
    for row in report.cases:
        yield f"  {row['process_id']:<26}{row['started']:>8}{row['ended'] + row['canceled']:>8}{row['open']:>8}"
    yield "\n" + say(
        "Opgaver: udført, timer fra åbnet til udført (median, 95 %)", "Tasks: done, hours to done (median, 95 %)"
    )
    for row in report.tasks:
        yield f"  {row['process_id']:<26}{row['done']:>8}{row['median_hours']:>8.1f}{row['p95_hours']:>8.1f}"
    yield "\n" + say("Frister: overholdt, brudt, løbende", "Deadlines: met, broken, running")
    for row in report.deadlines:
        before = say(", overtaget", ", taken over") if row["taken_over"] else ""
        yield f"  {_DEADLINES[row['kind']][language] + before:<26}{row['met']:>8}{row['broken']:>8}{row['running']:>8}"
    for row in report.most_broken:
        yield f"    {row['element_id']:<32}{row['broken']:>6} / {row['total']}"
    yield "\n" + say("Om året: levet, statistik, pr. 1.000 indsatte", "A year: lived, statistics, per 1,000 inmates")
    yield from (_rate_line(rate, language) for rate in report.rates)
    yield "\n" + say("Utilsigtede hændelser: ", "Unintended incidents: ") + str(sum(i.times for i in report.incidents))
    for incident in report.incidents:
        yield f"  {incident.times} × {incident.process_id}/{incident.element_id} {incident.kind}: {incident.message}"
    yield say("Afviste kommandoer: ", "Refused commands: ") + str(sum(report.troubles.values()))
    yield from (f"  {times} × {words}" for words, times in report.troubles.items())
    yield "\n" + say(
        f"{report.started} sager og {report.done} opgaver på {report.seconds:.0f} s "
        f"({report.cpu_seconds:.0f} s i processen): {report.cpu_seconds / report.days:.2f} s pr. dag, "
        f"{report.started / max(report.seconds, 0.001):.1f} sager i sekundet.",
        f"{report.started} cases and {report.done} tasks in {report.seconds:.0f} s "
        f"({report.cpu_seconds:.0f} s of the process): {report.cpu_seconds / report.days:.2f} s a day, "
        f"{report.started / max(report.seconds, 0.001):.1f} cases a second.",
    )


def _rate_line(rate: Rate, language: int) -> str:
    shown = ("–", "–") if rate.lived is None else (f"{rate.lived:,.0f}", f"{rate.lived:.1%}")
    figure = (f"{rate.figure:,.0f}", f"{rate.figure:.1%}")
    index = 0 if rate.unit == "year" else 1
    per_1000 = "" if rate.per_1000 is None else f"{rate.per_1000:,.0f}"
    name, kind = _NAMES[rate.name][language], _KINDS[rate.kind][language]
    return f"  {name:<26}{shown[index]:>10}{figure[index]:>10}{per_1000:>10}  {kind}"
