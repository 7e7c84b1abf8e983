"""What a scenario file may say, reading one, and the name under which it is kept with its process.

A scenario is kept like a diagram, as `<process>.<name>.yaml`; shipped, as `workflows/<process>/scenarios/<name>.yaml`.

    name: Almindelig ansøgning imødekommes
    process: kf_udgangstilladelse
    at: "2026-11-02T09:00:00+01:00"             when the case begins
    start: {variables: {indsat_id: SYN-1}}      and element: to start at that event; or instead of start
    message: {name: …, correlation_key: …, variables: {…}}
    steps:
      - complete: RegistrerAnsoegning           a user task; the task must be open
        by: anna                                who does it; without, somebody of the candidate group
        with: {udgangstype: regelmaessig}       the answers of its form
        expect_due: "2026-11-03"                local day, or "2026-11-03T23:59", local time
        refused: FORBIDDEN                      the error code that the command must end with instead
      - expect_open: [GodkendUdgangsadresse]    exactly these user tasks are open
      - expect_decision: {udgang_kompetence: {kompetence: institution}}
      - expect_deadline: TraefAfgoerelse        with due, kind, rule, hjemmel, state
      - expect_incident: SkrivKlientsystem
      - advance_to: "2026-11-12T08:00"          local time; what falls due on the way happens at its own instant
      - message: hoeringssvar
        correlation_key: ${sagsnummer}-politi
        with: {udtalelse: ingen indvendinger}
      - job: SkrivKlientsystem                  instead of its handler: a result, the error it throws,
        error: INTEGRATION_FEJL                 or fails: why, when the last attempt has failed
    expect:
      state: COMPLETED
      path: [RegistrerAnsoegning, …]            in this order, others may lie between
      not_path: [HoerPoliti]                    never reached
      variables: {udfald: imoedekommet}
      letters: [indstilling, afgoerelse]        exactly these were issued, by template, in this order

Maps are compared by the keys that are expected, everything else exactly. `${sagsnummer}` is the case number.
Quoted or not, dates stay text: variables are JSON.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from kfflow.engine.findings import Finding, Severity
from kfflow.errors import FieldProblem, InvalidInput

TOP = frozenset({"name", "process", "at", "start", "message", "steps", "expect"})
EXPECT = frozenset({"state", "path", "not_path", "variables", "letters"})
START = frozenset({"variables", "element"})
MESSAGE = frozenset({"name", "correlation_key", "variables"})
SIBLINGS: dict[str, frozenset[str]] = {
    "complete": frozenset({"by", "with", "expect_due", "refused"}),
    "expect_open": frozenset(),
    "expect_decision": frozenset(),
    "expect_deadline": frozenset({"due", "kind", "rule", "hjemmel", "state"}),
    "expect_incident": frozenset(),
    "advance_to": frozenset(),
    "message": frozenset({"correlation_key", "with"}),
    "job": frozenset({"result", "error", "fails"}),
}
"""Every kind of step with the keys that may stand beside it."""
ENDING = ".yaml"
_TITLE = re.compile(r"^name:(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a scenario: what is done or expected, of what, and how."""

    number: int
    verb: str
    target: Any
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario file, and the folder of the process it belongs to; `at` is aware."""

    file: str
    folder: str
    name: str
    process: str
    at: datetime
    start: dict[str, Any] | None
    message: dict[str, Any] | None
    steps: tuple[Step, ...]
    expect: dict[str, Any]


class _TextDates(yaml.SafeLoader):
    """YAML without dates: what looks like one stays text, as in the JSON of a case's variables."""


_TextDates.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def resource_name(folder: str, file: str) -> str:
    """Give the name under which a scenario of a process is kept."""
    return f"{folder}.{file}"


def place_of(name: str) -> tuple[str, str]:
    """Give the process that a scenario belongs to by its name, and the name of its file; none by a plain name."""
    folder, _, file = name.partition(".")
    return (folder, file) if "." in file else ("", name)


def of_processes(sources: Mapping[str, bytes], processes: Collection[str]) -> list[tuple[str, bytes]]:
    """Give those of the sources that are scenarios of some processes, ordered by name."""
    named = sorted(name for name in sources if name.endswith(ENDING))
    return [(name, sources[name]) for name in named if place_of(name)[0] in processes]


def title_of(source: bytes) -> str:
    """Give what a scenario calls itself, without reading the rest of it; empty when it does not say."""
    found = _TITLE.search(source.decode(errors="replace"))
    return found[1].strip().strip("'\"") if found else ""


def findings(name: str, source: bytes) -> list[Finding]:
    """Give what is wrong with a scenario: what it may not say, and that it tells of another process than its own."""
    folder, file = place_of(name)
    try:
        found = read(file, source, "UTC", folder=folder)
    except InvalidInput as problem:
        line = getattr(problem.__cause__, "problem_mark", None)
        at = line.line + 1 if line else None
        return [Finding("scenario", Severity.ERROR, problem.message_da, problem.message_en, line=at, resource=name)]
    if found.process == folder:
        return []
    da, en = (
        f"Scenariet hører til {folder}, men siger process: {found.process}.",
        f"The scenario belongs to {folder}, but says process: {found.process}.",
    )
    return [Finding("scenario", Severity.ERROR, da, en, resource=name)]


def read(file: str, source: bytes, zone: str, *, folder: str = "") -> Scenario:
    """Read one scenario; raises InvalidInput naming the file and the key that is wrong."""
    try:
        found = yaml.load(source.decode(), Loader=_TextDates)  # noqa: S506 - a SafeLoader with less
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise refused(file, "yaml", f"kan ikke læses: {problem}", f"cannot be read: {problem}") from problem
    top = _mapping(file, "yaml", found)
    _known(file, top, TOP)
    missing = {"name", "process", "at"} - top.keys()
    if missing or ("start" in top) == ("message" in top):
        key = min(missing, default="start")
        raise refused(file, key, "mangler (eller start og message på én gang)", "is missing (or start beside message)")
    return Scenario(
        file=file,
        folder=folder,
        name=str(top["name"]),
        process=str(top["process"]),
        at=instant(file, "at", top["at"], zone),
        start=_part(file, top, "start", START),
        message=_part(file, top, "message", MESSAGE),
        steps=tuple(_step(file, number, step) for number, step in enumerate(top.get("steps") or [], start=1)),
        expect=_part(file, top, "expect", EXPECT) or {},
    )


def _part(file: str, top: dict[str, Any], key: str, allowed: frozenset[str]) -> dict[str, Any] | None:
    if key not in top:
        return None
    part = _mapping(file, key, top[key] or {})
    _known(file, part, allowed, within=key)
    return part


def _step(file: str, number: int, found: object) -> Step:
    where = f"steps[{number}]"
    entries = _mapping(file, where, found)
    verbs = [verb for verb in SIBLINGS if verb in entries]
    if len(verbs) != 1:
        raise refused(file, where, f"skal sige én af {', '.join(SIBLINGS)}", f"must say one of {', '.join(SIBLINGS)}")
    verb = verbs[0]
    options = {key: value for key, value in entries.items() if key != verb}
    target = entries[verb]
    if isinstance(target, dict) and verb == "message":
        options, target = {**target, **options}, target.get("name")
        options.pop("name", None)
    _known(file, options, SIBLINGS[verb], within=where)
    return Step(number, verb, target, options)


def instant(file: str, key: str, text: object, zone: str) -> datetime:
    """Read an ISO 8601 instant; without an offset it is local time."""
    try:
        read_at = datetime.fromisoformat(str(text))
    except ValueError as problem:
        raise refused(file, key, f"er ikke et tidspunkt: {text}", f"is not an instant: {text}") from problem
    return read_at if read_at.tzinfo else read_at.replace(tzinfo=ZoneInfo(zone))


def _mapping(file: str, key: str, found: object) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise refused(file, key, "skal være nøgler med værdier", "must be keys with values")
    return {str(name): value for name, value in found.items()}


def _known(file: str, found: dict[str, Any], allowed: frozenset[str], *, within: str = "") -> None:
    for key in sorted(found.keys() - allowed):
        raise refused(file, f"{within}.{key}".lstrip("."), "kendes ikke", "is not known")


def refused(file: str, key: str, danish: str, english: str) -> InvalidInput:
    """Give the error that names a scenario file and the key in it that is wrong."""
    problem = FieldProblem(key, f"{key} {danish}", f"{key} {english}")
    return InvalidInput(f"{file}: {key} {danish}.", f"{file}: {key} {english}.", fields=[problem])
