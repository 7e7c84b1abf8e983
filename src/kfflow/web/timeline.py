"""A case's history in sentences: what happened, when, and who did it. The newest line stands first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kfflow.persistence import case_view
from kfflow.persistence.tables import DecisionEvaluation, HistoryEvent
from kfflow.service.context import Context
from kfflow.web.wording import plain, say

SYSTEM = "system"
TASK_TYPES = frozenset({"userTask", "manualTask"})
SERVICE = frozenset({"serviceTask"})
END = frozenset({"endEvent"})
ANY: frozenset[str] = frozenset()
EVENT_TYPES = frozenset({"intermediateCatchEvent", "boundaryEvent", "receiveTask"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `kind` chooses its mark: nothing, system, decision or warn."""

    at: datetime
    text: str
    who: str = ""
    kind: str = ""
    more: str = ""
    process: str = ""


def tell(ctx: Context, case_key: int, running: list[Any]) -> list[Line]:
    """Tell the case's history and its decisions, the newest first."""
    events = case_view.events(ctx.session, case_key)
    names = case_view.names(ctx.session, {event.actor for event in events})
    processes = {row.key: row.name for row in running}
    told = (_line(event, names, processes) for event in events)
    lines = [line for line in told if line is not None]
    lines += [_decided(evaluation) for evaluation in case_view.evaluations(ctx.session, case_key)]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _line(event: HistoryEvent, names: dict[str, str], processes: dict[int, str]) -> Line | None:
    sentence = _sentence(event, processes.get(event.instance_key, ""))
    if sentence is None:
        return None
    text, kind, more = sentence
    did_it = event.actor != SYSTEM and (
        kind == "" or event.kind == "INSTANCE_MODIFIED"
    )  # what the diagram brought about, nobody did
    who = names.get(event.actor, "") if did_it else ""
    mark = kind or ("" if who else "system")
    return Line(event.at, text, who, mark, more, processes.get(event.instance_key, ""))


# kind, element types it is told for (none: any) → sentence in both languages, and the line's mark.
SENTENCES: tuple[tuple[str, frozenset[str], tuple[str, str], str], ...] = (
    ("INSTANCE_STARTED", ANY, ("{process} startet", "{process} started"), ""),
    ("INSTANCE_COMPLETED", ANY, ("{process} afsluttet", "{process} completed"), ""),
    ("INSTANCE_TERMINATED", ANY, ("{process} annulleret", "{process} terminated"), "warn"),
    ("INSTANCE_CANCELED", ANY, ("{process} annulleret med begrundelse", "{process} canceled, with a reason"), ""),
    ("INSTANCE_SUSPENDED", ANY, ("{process} sat i bero", "{process} suspended"), ""),
    ("INSTANCE_RESUMED", ANY, ("{process} genoptaget", "{process} resumed"), ""),
    ("LAW_APPLIED", ANY, ("{process} følger nu {name}", "{process} now follows {name}"), ""),
    ("INSTANCE_MODIFIED", ANY, ("Forløbet i {process} blev rettet", "{process} was modified"), ""),
    ("INSTANCE_MIGRATED", ANY, ("{process} flyttet til en ny version", "{process} moved to another version"), ""),
    ("MIGRATION_UNDONE", ANY, ("Flytningen af {process} blev fortrudt", "The migration of {process} was undone"), ""),
    ("ELEMENT_ACTIVATED", TASK_TYPES, ("Opgaven «{name}» blev oprettet", "The task “{name}” was created"), "system"),
    ("ELEMENT_COMPLETED", TASK_TYPES, ("Opgaven «{name}» blev fuldført", "The task “{name}” was completed"), ""),
    ("ELEMENT_CANCELED", TASK_TYPES, ("Opgaven «{name}» bortfaldt", "The task “{name}” was canceled"), "system"),
    ("ELEMENT_COMPLETED", EVENT_TYPES, ("«{name}» indtraf", "“{name}” occurred"), "system"),
    ("ELEMENT_COMPLETED", SERVICE, ("«{name}» blev udført automatisk", "“{name}” was done automatically"), "system"),
    ("ELEMENT_COMPLETED", END, ("Nåede «{name}»", "Reached “{name}”"), "system"),
    ("GATEWAY_DECIDED", ANY, ("Valg: {name}", "Choice: {name}"), "decision"),
    ("MESSAGE_THROWN", ANY, ("Besked sendt: {name}", "Message sent: {name}"), "system"),
    ("SIGNAL_THROWN", ANY, ("Signal sendt: {name}", "Signal sent: {name}"), "system"),
    ("ERROR_THROWN", ANY, ("Afvigelse ved «{name}»", "Deviation at “{name}”"), "warn"),
    ("ESCALATION_THROWN", ANY, ("Eskaleret ved «{name}»", "Escalated at “{name}”"), "warn"),
    ("TIMER_RESCHEDULED", ANY, ("«{name}» blev flyttet", "“{name}” was moved"), ""),
    ("TIMER_ROUNDS_MISSED", ANY, ("«{name}» indtraf ikke til tiden", "“{name}” did not occur in time"), "warn"),
    ("DATA_AWAITED", ANY, ("«{name}» venter på oplysninger", "“{name}” waits for data"), "system"),
    ("MERGE_CONFLICT", ANY, ("To veje gav forskellige svar ved «{name}»", "Two paths differed at “{name}”"), "warn"),
)
TOLD_IN_FULL = frozenset(
    {
        "INSTANCE_CANCELED",
        "INSTANCE_SUSPENDED",
        "INSTANCE_RESUMED",
        "INSTANCE_MODIFIED",
        "LAW_APPLIED",
        "INSTANCE_MIGRATED",
        "MIGRATION_UNDONE",
        "GATEWAY_DECIDED",
        "ERROR_THROWN",
        "ESCALATION_THROWN",
        "TIMER_RESCHEDULED",
        "TIMER_ROUNDS_MISSED",
        "DATA_AWAITED",
        "MERGE_CONFLICT",
    }
)


def _sentence(event: HistoryEvent, process: str) -> tuple[str, str, str] | None:
    """Give text, mark and what can be unfolded; None for what only the diagram shows."""
    if event.kind == "VARIABLES_SET":
        return _changed(event)
    for kind, types, words, mark in SENTENCES:
        if kind == event.kind and (not types or event.element_type in types):
            text = say(*words).format(process=process, name=event.name or event.element_id)
            return text, mark, plain(event.data) if kind in TOLD_IN_FULL else ""
    return None


def _changed(event: HistoryEvent) -> tuple[str, str, str] | None:
    given = event.data.get("variables", event.data)
    if not isinstance(given, dict) or not given:
        return None
    count = len(given)
    return say(f"{count} oplysninger ændret", f"{count} facts changed"), "system", plain(given)


def _decided(evaluation: DecisionEvaluation) -> Line:
    rules = "; ".join(
        (f"{rule['decision']}: " if rule.get("decision") else "")
        + f"{say('regel', 'rule')} {rule.get('index', '')}"
        + (f" ({rule['hjemmel']})" if rule.get("hjemmel") else "")
        for rule in evaluation.rules
    )
    told = say("Regelopslag", "Decision table")
    text = f"{told} {evaluation.decision_name} v{evaluation.decision_version} → {plain(evaluation.output[0])}"
    more = f"{say('Ud fra', 'From')} {plain(evaluation.inputs)}. {rules}"
    return Line(evaluation.at, text, kind="decision", more=more)
