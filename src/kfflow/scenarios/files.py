"""What a scenario file may say, and reading one.

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
      - job: SkrivKlientsystem                  instead of its handler: a result, or the error it throws
        error: INTEGRATION_FEJL
    expect:
      state: COMPLETED
      path: [RegistrerAnsoegning, …]            in this order, others may lie between
      not_path: [HoerPoliti]                    never reached
      variables: {udfald: imoedekommet}
      letters: [indstilling, afgoerelse]        exactly these were issued, by template, in this order

Maps are compared by the keys that are expected, everything else exactly. `${sagsnummer}` is the case number.
Quoted or not, dates stay text: variables are JSON.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

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
    "job": frozenset({"result", "error"}),
}
"""Every kind of step with the keys that may stand beside it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a scenario: what is done or expected, of what, and how."""

    number: int
    verb: str
    target: Any
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario file; `at` is aware."""

    path: Path
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


def find(workflows_dir: Path, process: str | None) -> list[Path]:
    """Give the scenario files of one process folder, or of all, ordered by path."""
    return sorted(workflows_dir.glob(f"{process or '*'}/scenarios/*.yaml"))


def read(path: Path, zone: str) -> Scenario:
    """Read one scenario; raises InvalidInput naming the file and the key that is wrong."""
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=_TextDates)  # noqa: S506 - a SafeLoader with less
    except yaml.YAMLError as problem:
        raise refused(path, "yaml", f"kan ikke læses: {problem}", f"cannot be read: {problem}") from problem
    top = _mapping(path, "yaml", found)
    _known(path, top, TOP)
    missing = {"name", "process", "at"} - top.keys()
    if missing or ("start" in top) == ("message" in top):
        key = min(missing, default="start")
        raise refused(path, key, "mangler (eller start og message på én gang)", "is missing (or start beside message)")
    return Scenario(
        path=path,
        name=str(top["name"]),
        process=str(top["process"]),
        at=instant(path, "at", top["at"], zone),
        start=_part(path, top, "start", START),
        message=_part(path, top, "message", MESSAGE),
        steps=tuple(_step(path, number, step) for number, step in enumerate(top.get("steps") or [], start=1)),
        expect=_part(path, top, "expect", EXPECT) or {},
    )


def _part(path: Path, top: dict[str, Any], key: str, allowed: frozenset[str]) -> dict[str, Any] | None:
    if key not in top:
        return None
    part = _mapping(path, key, top[key] or {})
    _known(path, part, allowed, within=key)
    return part


def _step(path: Path, number: int, found: object) -> Step:
    where = f"steps[{number}]"
    entries = _mapping(path, where, found)
    verbs = [verb for verb in SIBLINGS if verb in entries]
    if len(verbs) != 1:
        raise refused(path, where, f"skal sige én af {', '.join(SIBLINGS)}", f"must say one of {', '.join(SIBLINGS)}")
    verb = verbs[0]
    options = {key: value for key, value in entries.items() if key != verb}
    target = entries[verb]
    if isinstance(target, dict) and verb == "message":
        options, target = {**target, **options}, target.get("name")
        options.pop("name", None)
    _known(path, options, SIBLINGS[verb], within=where)
    return Step(number, verb, target, options)


def instant(path: Path, key: str, text: object, zone: str) -> datetime:
    """Read an ISO 8601 instant; without an offset it is local time."""
    try:
        read_at = datetime.fromisoformat(str(text))
    except ValueError as problem:
        raise refused(path, key, f"er ikke et tidspunkt: {text}", f"is not an instant: {text}") from problem
    return read_at if read_at.tzinfo else read_at.replace(tzinfo=ZoneInfo(zone))


def _mapping(path: Path, key: str, found: object) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise refused(path, key, "skal være nøgler med værdier", "must be keys with values")
    return {str(name): value for name, value in found.items()}


def _known(path: Path, found: dict[str, Any], allowed: frozenset[str], *, within: str = "") -> None:
    for key in sorted(found.keys() - allowed):
        raise refused(path, f"{within}.{key}".lstrip("."), "kendes ikke", "is not known")


def refused(path: Path, key: str, danish: str, english: str) -> InvalidInput:
    """Give the error that names a scenario file and the key in it that is wrong."""
    problem = FieldProblem(key, f"{key} {danish}", f"{key} {english}")
    return InvalidInput(f"{path.name}: {key} {danish}.", f"{path.name}: {key} {english}.", fields=[problem])
