"""How a simulated span went: to be read in a terminal, and as JSON."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kfflow.service.accounts import SYSTEM
from kfflow.simulation import counting, rates
from kfflow.simulation.counting import Incidents
from kfflow.simulation.rates import Rate
from kfflow.simulation.world import World


@dataclass(frozen=True, slots=True)
class Report:
    """All that was counted. Rates are those of the time after `rates.SETTLED`, when what was taken over has settled."""

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
            rates=list(rates.of(ctx, world)),
            arrived=dict(sorted(lived.arrived.items())),
            client_system=counting.reconciled(ctx),
            incidents=counting.incidents(ctx),
            troubles=dict(sorted(lived.troubles.items())),
            seconds=lived.seconds,
            cpu_seconds=lived.cpu_seconds,
        )


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
