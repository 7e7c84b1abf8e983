"""What every command is given, and the one place where a command's transaction begins and ends.

A command takes its `Context` first. It never commits, never reads a clock and never rings the bell itself:
`Service.command` does that around it. The bell is rung after the commit, and only then.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any, Literal, Protocol

from sqlalchemy.orm import Session

from kfflow.domain.authorization import Actor
from kfflow.klientsystem.port import ClientSystem
from kfflow.persistence.database import Database, Transaction
from kfflow.persistence.keys import Keys
from kfflow.persistence.writes import Writes
from kfflow.service.compiled import CompiledResources

Language = Literal["da", "en"]


class Clock(Protocol):
    """Where the instant of a command comes from."""

    @property
    def at(self) -> datetime | None:
        """The instant, if it is known without asking the database."""

    def now(self, transaction: Transaction, told: datetime | None = None) -> datetime:
        """Give the instant; `told` is the database's `now()` when a statement of the command has brought it along."""


class DatabaseClock:
    """The database's own clock: all processes of an installation share it."""

    at = None

    def now(self, transaction: Transaction, told: datetime | None = None) -> datetime:
        if told is not None:
            return told
        row = transaction.fetch_one("SELECT now()", [])
        assert row is not None, "now() is always there"
        instant: datetime = row[0]
        return instant


class SettableClock:
    """A clock that stands still until it is moved: for tests, scenario runs, replay and simulation."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self, _transaction: Transaction, _told: datetime | None = None) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class Bell:
    """A hint to the workers that a row is waiting.

    `kind` is job, result (of a job), timer, message, subscription, signal or batch.
    """

    kind: str
    key: int


Ring = Callable[[frozenset[Bell]], None]


def silent(_bells: frozenset[Bell]) -> None:
    """Ring nobody: the sweeper finds the work."""


@dataclass(slots=True)
class Context:
    """One command: its transaction, who acts, when, why, and what it has to write."""

    transaction: Transaction
    actor: Actor
    clock: Clock
    keys: Keys
    compiled: CompiledResources
    language: Language = "da"
    request_id: str | None = None
    reason: str = ""
    zone: str = "Europe/Copenhagen"
    publish_alone: bool = False
    writes: Writes = field(default_factory=Writes)
    bells: set[Bell] = field(default_factory=set)
    calendar_version: int | None = None
    _at: datetime | None = None

    @property
    def session(self) -> Session:
        return self.transaction.session

    @property
    def at(self) -> datetime:
        """Give the one instant (UTC) at which everything in this command happens."""
        if self._at is None:
            self._at = self.clock.now(self.transaction)
        return self._at

    @property
    def known_at(self) -> datetime | None:
        """Give the instant if it is known without asking the database."""
        return self._at or self.clock.at

    def learn_instant(self, told: datetime) -> None:
        """Take the database's `now()` from a statement that brought it along, and save asking for it."""
        if self._at is None:
            self._at = self.clock.now(self.transaction, told)

    def new_key(self) -> int:
        return self.keys.draw(self.transaction)

    def flush(self) -> None:
        """Send what was written so far, so that the command's own queries see it."""
        self.writes.flush(self.transaction)

    def on_behalf_of(self, actor: Actor) -> "Context":
        """Give the same command acting as somebody else: one transaction, one instant, one set of writes."""
        return self._with(actor=actor)

    def because(self, reason: str) -> "Context":
        """Give the same command with a reason of its own."""
        return self._with(reason=reason)

    def as_of(self, at: datetime) -> "Context":
        """Give the same command at another instant (UTC): what is imported happened when it happened."""
        return self._with(_at=at)

    def _with(self, **changed: Any) -> "Context":  # noqa: ANN401 - fields of this class
        self.at  # noqa: B018 - read now, so that both have the same
        return replace(self, **changed)

    def choose(self, danish: str, english: str) -> str:
        return danish if self.language == "da" else english


RECONCILE_AT = time(5, 15)
"""When in the day, by the installation's zone, both sides of the client system are compared unless set otherwise."""


class Service:
    """One installation's commands on one database."""

    def __init__(
        self, database: Database, *, clock: Clock | None = None, ring: Ring = silent, zone: str = "Europe/Copenhagen"
    ) -> None:
        self.database = database
        self.clock: Clock = clock or DatabaseClock()
        self.ring = ring
        self.zone = zone
        self.keys = Keys()
        self.compiled = CompiledResources()
        self.client_system: ClientSystem | None = None
        self.reconcile_at = RECONCILE_AT
        self.publish_alone = False

    @contextmanager
    def command(
        self, actor: Actor, *, language: Language = "da", request_id: str | None = None, reason: str = ""
    ) -> Iterator[Context]:
        """Run one command in one transaction; commits at the end of the block, undoes everything when it raises."""
        with self.database.begin() as transaction:
            ctx = Context(
                transaction=transaction,
                actor=actor,
                clock=self.clock,
                keys=self.keys,
                compiled=self.compiled,
                language=language,
                request_id=request_id,
                reason=reason,
                zone=self.zone,
                publish_alone=self.publish_alone,
            )
            yield ctx
            ctx.flush()
        if ctx.bells:
            self.ring(frozenset(ctx.bells))

    query = command
    """Reading is a command too: what it shows is written to the audit log."""
