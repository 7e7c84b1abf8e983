"""One case through the commands on PostgreSQL, whose connection is lost at any statement and at the commit."""

from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from random import Random
from typing import Any

import psycopg
from sqlalchemy import Select, event, func, literal, select, union_all
from sqlalchemy.orm import Session

from kfflow import engine
from kfflow.domain.authorization import Actor, Role
from kfflow.engine.snapshot import active
from kfflow.errors import Conflict, InvalidInput, NotFound, Unavailable
from kfflow.persistence.database import Database
from kfflow.persistence.tables import (
    HistoryEvent,
    HistoryStep,
    Incident,
    Job,
    Message,
    MessageSubscription,
    ProcessInstance,
    SignalSubscription,
    Timer,
    UserTask,
)
from kfflow.persistence.wire import Wire
from kfflow.service import (
    definitions,
    deployments,
    incidents,
    instances,
    jobs,
    messages,
    signals,
    tasks,
    throwing,
    timers,
)
from kfflow.service.context import Context, Service, SettableClock
from tests.properties import blocks, interventions, paths
from tests.properties.pairs import Pair
from tests.unit.engine.drawing import AT

ANYBODY = Actor("prover", "Prover", frozenset(Role), frozenset({"sagsbehandler"}), national=True)
PLACES = {
    UserTask: "CREATED",
    Job: "CREATED",
    Timer: "ARMED",
    MessageSubscription: "OPEN",
    SignalSubscription: "OPEN",
    Incident: "ACTIVE",
}
NAMED = {table.__name__: table for table in PLACES}
BEFORE_COMMIT, AFTER_COMMIT = "before the commit", "after the commit"
MOST_ROUNDS = 40
REFUSALS = (Conflict, InvalidInput, NotFound)

Command = Callable[[Context], object]


class Lost(psycopg.OperationalError):
    """The connection is lost, because the test says so."""


@dataclass
class Weather:
    """When the next connection is lost: at a statement by number, at the commit, or not at all."""

    strikes_at: int | str | None = None
    seen: int = 0
    has_struck: bool = False

    def statement(self, connection: Any) -> None:
        self.seen += 1
        if self.strikes_at == self.seen:
            self.strike(connection)

    def strike(self, connection: Any) -> None:
        self.has_struck, self.strikes_at = True, None
        psycopg.Connection.close(connection)
        raise Lost("lost")

    @contextmanager
    def commit(self, connection: Any):
        if self.strikes_at == BEFORE_COMMIT:
            self.strike(connection)
        yield
        if self.strikes_at == AFTER_COMMIT:
            self.strike(connection)

    @contextmanager
    def at(self, place: int | str | None):
        self.strikes_at, self.seen, self.has_struck = place, 0, False
        yield self
        self.strikes_at = None


def expose(database: Database, weather: Weather) -> Database:
    """Give a database of the same address whose connections are in the weather."""
    exposed = Database(database.url, pool_size=2)

    class Cursor(psycopg.Cursor):
        def execute(self, *arguments: Any, **named: Any) -> Any:
            weather.statement(self.connection)
            return super().execute(*arguments, **named)

    def on_connect(connection: Any, record: Any) -> None:
        def commit() -> None:
            with weather.commit(connection):
                psycopg.Connection.commit(connection)

        connection.cursor_factory, connection.commit = Cursor, commit
        record.info["wire"] = ExposedWire(connection, weather)

    event.listen(exposed.engine, "connect", on_connect)
    return exposed


class ExposedWire(Wire):
    """A wire in the weather."""

    def __init__(self, connection: Any, weather: Weather) -> None:
        super().__init__(connection)
        self.weather = weather

    def command(self, command: bytes) -> None:
        if command != b"COMMIT":
            super().command(command)
            return
        with self.weather.commit(self._connection):
            super().command(command)

    def run(self, statement: str, values: Any) -> Any:
        self.weather.statement(self._connection)
        return super().run(statement, values)


class Proving:
    """One case on its path; `calm` is the database without weather, for what only looks."""

    def __init__(self, calm: Database, exposed: Database, weather: Weather, pair: Pair) -> None:
        self.calm, self.weather = calm, weather
        self.clock = SettableClock(AT)
        self.service = Service(exposed, clock=self.clock)
        self.service.publish_alone = True
        self.random = Random(pair.seed)
        self.lost, self.intervened = Counter[int | str](), Counter[str]()
        sources = [("p.bpmn", blocks.drawn(pair.tree)), ("c.bpmn", blocks.drawn(pair.called, blocks.CALLED))]
        self.sources = sources
        self.command(lambda ctx: deployments.deploy(ctx, sources))
        given = {"answer": 1, "trail": [], "key": "k"}
        self.root: int = self.command(lambda ctx: instances.create(ctx, process_id="P", variables=given).key)

    def command(self, act: Command) -> Any:
        with self.service.command(ANYBODY) as ctx:
            return act(ctx)

    # what is stored

    def places(self) -> list[tuple[type, int]]:
        """Give what waits in this case, in the order in which it opened."""
        found = union_all(*(_open(table, [table.key, literal(table.__name__)], self.root) for table in PLACES))
        with self.calm.transaction() as session:
            return [(NAMED[name], key) for key, name in sorted(session.execute(found))]

    def running(self) -> list[tuple[int, int, bytes]]:
        """Give the running instances of this case: key, definition and snapshot of each."""
        found = select(ProcessInstance.key, ProcessInstance.definition_key, ProcessInstance.snapshot)
        of_case = found.where(ProcessInstance.root_key == self.root, ProcessInstance.state == "ACTIVE")
        with self.calm.transaction() as session:
            return [tuple(row) for row in session.execute(of_case.order_by(ProcessInstance.key))]

    def is_active(self) -> bool:
        return any(key == self.root for key, _, _ in self.running())

    def stored(self) -> tuple[object, ...]:
        """Give all that a command can change of the case: rows of instances, places and history."""
        of_case = select(ProcessInstance.key).where(ProcessInstance.root_key == self.root)
        written = select(func.count()).where(HistoryStep.instance_key.in_(of_case))
        running = select(
            ProcessInstance.key, ProcessInstance.revision, ProcessInstance.state, ProcessInstance.snapshot
        ).where(ProcessInstance.root_key == self.root)
        left = select(Message.key, Message.state).where(Message.state == "BUFFERED")
        with self.calm.transaction() as session:
            rows = [tuple(row) for row in session.execute(running.order_by(ProcessInstance.key))]
            buffered = [tuple(row) for row in session.execute(left.order_by(Message.key))]
            steps = session.scalar(written)
        return tuple(rows), tuple(self.places()), tuple(buffered), steps

    # one turn

    def act(self, command: Command, *, tells_twice: bool = True) -> None:
        """Do a command, losing the connection somewhere in it, then repeat it as whoever sent it would.

        One that `tells_twice` knows when it was done before: repeated after an unheard commit it changes nothing.
        """
        before = self.stored()
        place = self.random.choice((None, *range(1, 9), BEFORE_COMMIT, AFTER_COMMIT))
        with self.weather.at(place):
            try:
                self.command(command)
            except REFUSALS:
                assert self.stored() == before
            except Unavailable:
                assert self.weather.has_struck
                self.lost[place] += 1
        if self.weather.has_struck:
            assert (self.stored() == before) is (place != AFTER_COMMIT)
            self._repeat(command, is_done=place == AFTER_COMMIT and tells_twice)

    def _repeat(self, command: Command, *, is_done: bool) -> None:
        before = self.stored()
        with suppress(*REFUSALS):
            self.command(command)
        assert not is_done or self.stored() == before

    def turn(self, turn: paths.Turn) -> None:
        if not interventions.may_happen(self, turn):
            table, command = self.chosen(turn)
            self.act(command, tells_twice=table is not SignalSubscription)
        self.deliver()
        self.require_whole()

    def chosen(self, turn: paths.Turn) -> tuple[type, Command]:
        """Give one of the places, and what comes to it."""
        table, key = turn.pick(self.places())
        return table, self._command(table, key, turn)

    def _command(self, table: type, key: int, turn: paths.Turn) -> Command:
        variables = turn.variables()
        match table.__name__:
            case "UserTask" | "Job":
                return _worked(table, key, turn)
            case "Timer":
                with self.calm.transaction() as session:
                    self.clock.at = max(self.clock.at, session.get_one(Timer, key).due_at)
                return lambda ctx: timers.fire(ctx, key)
            case "Incident":
                return lambda ctx: incidents.resolve(ctx, key)
            case "SignalSubscription":
                return lambda ctx: signals.broadcast(ctx, name="signal", variables=variables)
        named = {"name": "besked", "correlation_key": "k", "message_id": f"{self.root}:{self.random.random()}"}
        return lambda ctx: messages.publish(ctx, variables=variables, **named)

    def deliver(self) -> None:
        """Do what workers would: deliver thrown messages and signals, one command each."""
        for _ in range(MOST_ROUNDS):
            with self.service.command(ANYBODY) as ctx:
                waiting = messages.deliverable(ctx, limit=1)
            if not waiting:
                return
            key, kind = waiting[0]
            self.act(lambda ctx, key=key: messages.deliver_waiting(ctx, key)) if kind == "message" else self._spread(
                key
            )

    def _spread(self, key: int) -> None:
        def reach(ctx: Context) -> None:
            receiver = signals.next_receiver(ctx, key)
            if receiver is not None:
                signals.deliver(ctx, receiver)

        self.act(reach, tells_twice=False)

    # what must hold

    def require_whole(self) -> None:
        """The history of every instance, replayed, is what is stored; what is open is what its snapshot waits for."""
        with self.service.command(ANYBODY) as ctx, self.calm.transaction() as session:
            running = list(session.scalars(select(ProcessInstance).where(ProcessInstance.root_key == self.root)))
            lines, opened = histories(session, running), open_tokens(session, self.root)
            for instance in running:
                replayed = engine.replay(lines[instance.key])
                assert (replayed.state, replayed.variables) == (instance.state, instance.variables)
                if instance.snapshot is None:
                    assert (replayed.active, opened[instance.key]) == ({}, set())
                    continue
                spec = definitions.compiled(ctx, instance.definition_key).spec
                assert replayed.active == active(spec, instance.snapshot)
                places = engine.waiting(instance.snapshot)
                assert opened[instance.key] <= {token for token, _, _ in places}
                assert opened[instance.key] >= {token for token, _, kind in places if kind != "CALL"}

    def end(self) -> None:
        """Cancel what still runs; nothing is left open then, and no message for the next case."""
        if self.is_active():
            self.act(lambda ctx: instances.cancel(ctx, self.root))
        self.require_whole()
        assert self.places() == []
        self.clock.at += throwing.BUFFERED_FOR
        self.command(messages.expire)


def _worked(table: type, key: int, turn: paths.Turn) -> Command:
    """Complete a task or job, or end it by an error."""
    variables, service = turn.variables(), tasks if table is UserTask else jobs
    if turn.throws("USER_TASK"):
        return lambda ctx: service.throw_error(ctx, key, code=paths.ERROR, variables=variables)
    if table is Job:
        return lambda ctx: jobs.complete(ctx, key, variables)
    return lambda ctx: tasks.complete(ctx, key, variables=variables, validate=False)


def _open(table: Any, columns: list[Any], root: int) -> Select[Any]:
    return select(*columns).where(table.root_key == root, table.state == PLACES[table])


def open_tokens(session: Session, root: int) -> defaultdict[int, set[str]]:
    """Give the tokens that rows say are waiting, by the instances of a case."""
    found = union_all(*(_open(table, [table.instance_key, table.token], root) for table in PLACES))
    tokens = defaultdict[int, set[str]](set)
    for instance, token in session.execute(found):
        if token is not None:
            tokens[instance].add(token)
    return tokens


def histories(session: Session, instances: list[ProcessInstance]) -> defaultdict[int, list[HistoryEvent]]:
    """Give the history of each instance, oldest first."""
    of_them = HistoryEvent.instance_key.in_([instance.key for instance in instances])
    lines = defaultdict[int, list[HistoryEvent]](list)
    for line in session.scalars(select(HistoryEvent).where(of_them).order_by(HistoryEvent.key)):
        lines[line.instance_key].append(line)
    return lines
