"""What one engine command changed: the whole contract between the engine and those who store its work.

A token id (`token`) names one waiting place of one instance: opaque text, stable from open to close,
unique within the instance. Instants are aware UTC. Variables are JSON-like values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kfflow.domain import calendars
from kfflow.domain.deadlines import FromTable, InForce
from kfflow.domain.law import Days, Validity
from kfflow.feel import WorkingDay

Variables = Mapping[str, object]


class InstanceState(StrEnum):
    """Life of a process instance as the engine knows it."""

    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"


class CloseReason(StrEnum):
    """Why a waiting place closed."""

    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"


class WaitingKind(StrEnum):
    """What a token waits for."""

    USER_TASK = "USER_TASK"
    JOB = "JOB"
    TIMER = "TIMER"
    MESSAGE = "MESSAGE"
    SIGNAL = "SIGNAL"
    CALL = "CALL"
    INCIDENT = "INCIDENT"


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A `kf:deadline` with its expressions evaluated.

    `rule` is `10 AD` (working days), `30 KD` (calendar days), `4 H`, `30 M`, or an ISO 8601 duration;
    `start` is when it counts from (None: when the element opened); `until` a fixed due instant that needs no rule.
    `kind` is `legal` or `internal`; `warn_share` the share of the time after which owners are warned; `in_force` says
    why this rule counts, when the element has rules by date, `table` which decision table gave it, and `said` in the
    diagram's own words (Danish, English) what was computed. With an `obstacle` (both, too) the table gives no rule,
    and it says why.
    """

    rule: str | None
    hjemmel: str
    kind: str = "internal"
    start: datetime | None = None
    until: datetime | None = None
    calendar: str = "dk"
    roll: str = "none"
    cutoff: str | None = None
    warn_share: float = 0.8
    escalate_to: str | None = None
    in_force: InForce | None = None
    table: FromTable | None = None
    said: tuple[str, str] | None = None
    obstacle: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class UserTaskOpened:
    """A user task waits for a person; `institution` is the code of another place than the case's that it is for."""

    token: str
    element_id: str
    name: str
    lane: str | None = None
    assignee: str | None = None
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    priority: int = 50
    form_id: str | None = None
    hjemmel: str | None = None
    deadline: DeadlineRule | None = None
    four_eyes: tuple[str, ...] = ()
    access_class: str | None = None
    institution: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobOpened:
    """A service, send, or job-based task waits for a worker; `variables` are its mapped inputs."""

    token: str
    element_id: str
    name: str
    type: str
    retries: int = 3
    headers: Mapping[str, str] = field(default_factory=dict)
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimerOpened:
    """A timer is armed; a cycle opens its next timer, with a new token suffix, when it fires."""

    token: str
    element_id: str
    due_at: datetime
    hjemmel: str | None = None


@dataclass(frozen=True, slots=True)
class MessageSubscribed:
    """An element waits for a message of this name and correlation key (None: any within the instance).

    With `reaches_every` the message is for each instance that waits so, else for one instance of the process.
    """

    token: str
    element_id: str
    message_name: str
    correlation_key: str | None
    interrupting: bool = True
    reaches_every: bool = False


@dataclass(frozen=True, slots=True)
class SignalSubscribed:
    """An element waits for a signal."""

    token: str
    element_id: str
    signal_name: str


@dataclass(frozen=True, slots=True)
class CallOpened:
    """A call activity waits for a process instance of its own.

    `binding` is `legalDate` (the version in force for the case), `latest`, `deployment` or `versionTag`.
    """

    token: str
    element_id: str
    process_id: str
    variables: Variables
    binding: str = "legalDate"
    version_tag: str | None = None


@dataclass(frozen=True, slots=True)
class IncidentOpened:
    """An element could not go on (a failed expression, an error that nobody catches, …); its token stays there."""

    token: str
    element_id: str
    kind: str
    message_da: str
    message_en: str


Opened = UserTaskOpened | JobOpened | TimerOpened | MessageSubscribed | SignalSubscribed | CallOpened | IncidentOpened


@dataclass(frozen=True, slots=True)
class Closed:
    """A waiting place that is no more."""

    token: str
    element_id: str
    reason: CloseReason
    kind: WaitingKind


class Happened(NamedTuple):
    """One line of history: element entered, left, flow taken, condition decided, variable set.

    `kind` is one of ELEMENT_ACTIVATED, ELEMENT_COMPLETED, ELEMENT_CANCELED, ELEMENT_RETRIED (it begins once more),
    FLOW_TAKEN, GATEWAY_DECIDED, DECISION_EVALUATED, VARIABLES_SET, VARIABLES_CHANGED (by the whole command),
    MESSAGE_THROWN, SIGNAL_THROWN, ERROR_THROWN, ESCALATION_THROWN, MERGE_CONFLICT, DATA_AWAITED, INSTANCE_STARTED,
    INSTANCE_MODIFIED, INSTANCE_MIGRATED, MIGRATION_UNDONE, INSTANCE_COMPLETED, INSTANCE_TERMINATED.
    `data` holds what decided it: condition text and the values of its names, the rules that fired, the flow id.
    """

    kind: str
    element_id: str
    element_type: str
    name: str = ""
    data: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message, a signal, an escalation that nobody in this instance caught, or an error that a caller catches.

    `kind`: MESSAGE, SIGNAL, ERROR, ESCALATION. `name` is the message/signal name or the error/escalation code.
    A SIGNAL has already reached what waited for it in this instance; the service broadcasts it to all others.
    `time_to_live` is how long a message waits for somebody to take it; None leaves that to the service.
    """

    kind: str
    element_id: str
    name: str
    correlation_key: str | None = None
    variables: Variables = field(default_factory=dict)
    time_to_live: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Redated:
    """A deadline that already runs and hangs on variables which the command changed, its expressions evaluated anew.

    `token` is that of the open task, None for the deadline of the whole case; `names` are the changed variables.
    `rules` holds each rule of the element with its period: it runs on by the one that it began under. A rule that
    gives no date any more is None.
    """

    token: str | None
    names: tuple[str, ...]
    rules: tuple[tuple[Validity, DeadlineRule | None], ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What a called decision gave: the output, and the record of how (rules, inputs) for the history.

    `version` is that of the decision, `hjemmel` the legal basis of the rules that fired.
    """

    output: object
    record: Mapping[str, object] = field(default_factory=dict)
    version: int = 0
    hjemmel: str = ""


Decide = Callable[[str, Variables], Decided]
"""Evaluates the decision with this id on these variables; raises EngineFailure when there is none in force."""


IsCaughtOutside = Callable[[str], bool]
"""Tells whether a caller of this instance, near or far, catches an error with this code."""


def nobody_catches(code: str) -> bool:
    """Answer for an instance that nobody called."""
    _ = code
    return False


danish_working_day: WorkingDay = partial(calendars.on_or_before, calendars.danish_calendar())


@dataclass(frozen=True, slots=True)
class Environment:
    """All that a run may ask of the outside: the instant it happens at, the zone, decisions, who catches, the days.

    `opened_at` and `legal_date` are the case's; without a case, the instant itself. `working_day` is the calendar that
    `last working day()` asks: without an installation's own, that of the Danish public holidays.
    """

    at: datetime
    decide: Decide
    zone: str = "Europe/Copenhagen"
    step_budget: int = 50_000
    opened_at: datetime | None = None
    legal_date: date | None = None
    is_caught_outside: IsCaughtOutside = nobody_catches
    working_day: WorkingDay = danish_working_day

    def days(self) -> Days:
        """Give the days on which the law of the case hangs, in its zone."""
        zone = ZoneInfo(self.zone)
        today = self.at.astimezone(zone).date()
        opened = self.opened_at.astimezone(zone).date() if self.opened_at else today
        return Days(opened, self.legal_date or today, today)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one command changed; `snapshot` is None when the instance ended.

    Raised instead of returned when the engine cannot go on: EngineFailure with the element id; nothing changed then.
    """

    state: InstanceState
    snapshot: bytes | None
    opened: tuple[Opened, ...] = ()
    closed: tuple[Closed, ...] = ()
    happened: tuple[Happened, ...] = ()
    thrown: tuple[Thrown, ...] = ()
    variables: Variables = field(default_factory=dict)
    redated: tuple[Redated, ...] = ()
