"""A compiled process: what the other rooms may know of it, and the specs it runs on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kfflow.engine.deadlines import DeadlineRules
from kfflow.engine.dmn import DeadlineUse
from kfflow.engine.expressions import Expression
from kfflow.engine.outcome import Environment
from kfflow.engine.rounds import Round, Settled, settle
from kfflow.engine.spiff.process import ProcessSpec
from kfflow.engine.spiff.timers import TimerTrigger
from kfflow.errors import InvalidInput


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
    letters: tuple[str, ...] = ()
    """The service tasks that will make the letters which this user task prepares; FEEL with a leading `=`."""
    form: str | None = None
    """The id of the form that this user task or start event asks."""


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
    """A timer that starts instances."""

    element_id: str
    trigger: TimerTrigger

    @property
    def text(self) -> tuple[str, str]:
        """Give the timer as it is written: a date, a duration or a cycle, and which."""
        return self.trigger.form, self.trigger.expression.text

    def first(self, env: Environment) -> Round:
        """Give the first round after a deployment at `env.at`; raises InvalidInput when it has no time."""
        text = self._text(env)
        try:
            return self.trigger.first(text, env.at, env.zone)
        except (ValueError, OverflowError):
            raise InvalidInput(
                f"Timeren på {self.element_id} giver ikke noget tidspunkt: {text!r}.",
                f"The timer of {self.element_id} gives no time: {text!r}.",
            ) from None

    def round(self, due: datetime, left: int | None, origin: datetime | None, env: Environment) -> Round:
        """Give a round that was stored: when it is due, of how many, counted from when."""
        if self.trigger.form != "cycle":
            return Round(due, env.zone)
        return Round(due, env.zone, left, self._text(env), origin)

    def _text(self, env: Environment) -> str:
        return str(self.trigger.expression.value({}, env))

    def settle(self, due: Round, at: datetime) -> Settled:
        """Decide what a round that is due does at `at`, by the timer's catch-up policy."""
        return settle(self.trigger.catch_up, due, at)


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
    deadline: DeadlineRules | None = None
    legal_date: Expression | None = None
    deadline_uses: tuple[DeadlineUse, ...] = ()

    @property
    def is_part_of_a_case(self) -> bool:
        """Tell whether it is drawn for other processes to call: under law, and it says of no case of its own."""
        return bool(self.hjemmel) and not self.case
