"""A compiled process: what the other rooms may know of it, and the specs it runs on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kfflow.engine.deadlines import DeadlineSpec
from kfflow.engine.expressions import Expression
from kfflow.engine.outcome import Environment
from kfflow.engine.spiff.process import ProcessSpec
from kfflow.engine.timing import parse_cycle, parse_duration, parse_instant


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a diagram as a reader sees it; `incoming` and `outgoing` are ids of sequence flows."""

    id: str
    type: str
    name: str
    line: int
    lane: str | None = None
    documentation: str = ""
    hjemmel: str | None = None
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    parent: str | None = None
    attached_to: str | None = None
    deadline_text: str | None = None


@dataclass(frozen=True, slots=True)
class StartMessage:
    """A message that starts an instance."""

    element_id: str
    message_name: str


@dataclass(frozen=True, slots=True)
class StartSignal:
    """A signal that starts an instance."""

    element_id: str
    signal_name: str


@dataclass(frozen=True, slots=True)
class StartTimer:
    """A timer that starts instances: `kind` is `date`, `duration` or `cycle`."""

    element_id: str
    kind: str
    expression: Expression

    def first_due(self, env: Environment) -> datetime | None:
        """Give when it starts the first instance after a deployment at `env.at`; None when it has no time."""
        return self._due(env, None)

    def next_due(self, due: datetime, env: Environment) -> datetime | None:
        """Give when a cycle is due again; None for what happens once."""
        return self._due(env, due) if self.kind == "cycle" else None

    def _due(self, env: Environment, after: datetime | None) -> datetime | None:
        text = str(self.expression.value({}, env))
        try:
            if self.kind == "date":
                return parse_instant(text, env.zone)
            if self.kind == "duration":
                return parse_duration(text).after(env.at, env.zone)
            cycle = parse_cycle(text)
            return cycle.first(env.at, env.zone) if after is None else cycle.following(after, env.zone)
        except ValueError:
            return None


@dataclass(frozen=True, eq=False)
class Definition:
    """A process ready to run; read-only, to be shared by threads and cached."""

    process_id: str
    name: str
    version_tag: str | None
    resource_name: str
    source: bytes
    elements: Mapping[str, Element]
    spec: ProcessSpec = field(repr=False)
    start_messages: tuple[StartMessage, ...] = ()
    start_timers: tuple[StartTimer, ...] = ()
    start_signals: tuple[StartSignal, ...] = ()
    called_processes: tuple[str, ...] = ()
    called_decisions: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    start_form: str | None = None
    hjemmel: str | None = None
    case: Mapping[str, str] = field(default_factory=dict)
    deadline: DeadlineSpec | None = None
    deadline_met_by: str | None = None
    legal_date: Expression | None = None
