"""Moving running instances to another version of their process, and back while they have not gone on.

Drafts, claims and running deadlines stay. A task's name, form, candidates, four-eyes and legal basis are those of the
new version. A deadline runs on by the rule under which it began, also where the new version has another: its ledger
says so; one of a task or the process that the old version lacked begins. A called instance stays on its version and is
migrated on its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update

from kfflow import engine
from kfflow.domain import authorization, diagrams, lifecycle
from kfflow.domain.authorization import FOUR_EYES, PROTECTED, Permission
from kfflow.domain.deadlines import EntryKind
from kfflow.engine.describe import describe
from kfflow.engine.outcome import Environment, Outcome, UserTaskOpened
from kfflow.errors import Conflict, InvalidInput, NotFound
from kfflow.persistence import migrated_places, steps
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import (
    Account,
    Deadline,
    InstanceMigration,
    ProcessDefinition,
    ProcessInstance,
    UserTask,
)
from kfflow.service import (
    access,
    accounts,
    audit,
    deadlines,
    definitions,
    execution,
    history,
    instances,
    opening,
    tasks,
)
from kfflow.service.context import Context


@dataclass(frozen=True, slots=True)
class Plan:
    """What a migration between two versions would map, what it leaves unmapped, and how the versions differ."""

    mapping: Mapping[str, str]
    unmapped: tuple[str, ...]
    changes: tuple[diagrams.Change, ...]


def plan(ctx: Context, source_key: int, target_key: int) -> Plan:
    """Suggest a mapping between two deployed versions of a process, and tell how they differ."""
    access.require(ctx, Permission.MIGRATE_INSTANCE)
    source, target = definitions.get(ctx, source_key), _target(ctx, source_key, target_key)
    old, new = definitions.compiled(ctx, source.key), definitions.compiled(ctx, target.key)
    suggested = engine.suggest_mapping(old, new)
    told = diagrams.difference(
        describe(definitions.source(ctx, source.key), source.resource_name),
        describe(definitions.source(ctx, target.key), target.resource_name),
    )
    return Plan(suggested, tuple(e for e in old.elements if e not in suggested), tuple(told))


def check(ctx: Context, instance_key: int, target_key: int, mapping: Mapping[str, str]) -> list[engine.Obstacle]:
    """Say what stands against migrating an instance, and what would stay as the old version has it."""
    access.require(ctx, Permission.MIGRATE_INSTANCE)
    return obstacles(ctx, instance_key, target_key, mapping)


def obstacles(ctx: Context, instance_key: int, target_key: int, mapping: Mapping[str, str]) -> list[engine.Obstacle]:
    """Give what `check` says; whoever calls has judged who may ask."""
    instance = _instance(ctx, instance_key)
    lifecycle.require_active_instance(instance.state, instance_key)
    target = _target(ctx, instance.definition_key, target_key)
    old, new = definitions.compiled(ctx, instance.definition_key), definitions.compiled(ctx, target.key)
    return engine.check_migration(old, new, instance.snapshot or b"", mapping, definitions.starting_environment(ctx))


def migrate(
    ctx: Context, instance_key: int, target_key: int, mapping: Mapping[str, str], *, reason: str = ""
) -> InstanceMigration:
    """Move an instance to another version; raises InvalidInput naming each element that has no place there."""
    access.require(ctx, Permission.MIGRATE_INSTANCE)
    instance = _instance(ctx, instance_key)
    running = execution.lock(ctx, instance.key, instance.root_key)
    lifecycle.require_active_instance(running.state, instance_key)
    target = _target(ctx, running.definition_key, target_key)
    move = _Move(ctx, running, target, mapping, reason or ctx.reason)
    return move.make()


def undo(ctx: Context, instance_key: int, *, reason: str = "") -> ProcessInstance:
    """Bring an instance back to exactly where it was before its last migration; Conflict when it has gone on since."""
    access.require(ctx, Permission.MIGRATE_INSTANCE)
    instance = _instance(ctx, instance_key)
    running = execution.lock(ctx, instance.key, instance.root_key)
    migration = _last(ctx, instance_key)
    if migration.undone_at is not None or migration.revision != running.revision:
        raise Conflict(
            f"Procesinstans {instance_key} er gået videre siden flytningen, som ikke længere kan fortrydes.",
            f"Process instance {instance_key} has gone on since its migration, which can no longer be undone.",
        )
    _restore(ctx, running, migration)
    migration.undone_at, migration.undone_by = ctx.at, ctx.actor.username
    data = {"migration": str(migration.key), "to": str(migration.from_definition_key)}
    audit.record(ctx, "service:migration:undo", str(instance_key), case_key=running.case_key, reason=reason, data=data)
    ctx.flush()
    return instances.loaded(ctx, instance_key)


def _instance(ctx: Context, key: int) -> ProcessInstance:
    """Give an instance within the actor's scope; designers migrate cases that they may not read."""
    instance = ctx.session.get(ProcessInstance, key)
    if instance is None:
        raise access.not_found(f"Procesinstans {key}")
    instances.require_sight(ctx, instance)
    return instance


def _target(ctx: Context, source_key: int, target_key: int) -> ProcessDefinition:
    source, target = definitions.get(ctx, source_key), definitions.get(ctx, target_key)
    if target.process_id != source.process_id:
        raise InvalidInput(
            f"{target.process_id} er en anden proces end {source.process_id}.",
            f"{target.process_id} is another process than {source.process_id}.",
        )
    if target.key == source.key:
        raise Conflict(
            f"Sagsgangen følger allerede version {target.version}.",
            f"The instance already follows version {target.version}.",
        )
    return target


def _last(ctx: Context, instance_key: int) -> InstanceMigration:
    of_instance = select(InstanceMigration).where(InstanceMigration.instance_key == instance_key)
    found = ctx.session.scalars(of_instance.order_by(InstanceMigration.key.desc()).limit(1)).first()
    if found is None:
        raise NotFound(
            f"Procesinstans {instance_key} er ikke flyttet til en anden version.",
            f"Process instance {instance_key} was not migrated.",
        )
    return found


class _Move:
    """One migration under way: the engine's step, then the rows that wait."""

    def __init__(
        self, ctx: Context, running: Running, target: ProcessDefinition, mapping: Mapping[str, str], reason: str
    ) -> None:
        self.ctx, self.running, self.target, self.mapping, self.reason = ctx, running, target, mapping, reason
        self.source = definitions.get(ctx, running.definition_key)
        self.tasks: dict[str, UserTaskOpened] = {}
        self.went_on = False

    def make(self) -> InstanceMigration:
        ctx, running, snapshot = self.ctx, self.running, self.running.snapshot or b""
        places = migrated_places.read(ctx.session, running.key)
        data = {"from": self.source.version, "to": self.target.version, "mapping": dict(self.mapping)}
        audit.record(
            ctx, "service:instance:migrate", str(running.key), case_key=running.case_key, reason=self.reason, data=data
        )
        running.definition_key = self.target.key
        execution.run(ctx, running, self._step, even_suspended=True)
        ctx.flush()
        _follow(ctx, running, self.target)
        self._rename(snapshot)
        self._change_tasks()
        self._start_case_deadline()
        migration = InstanceMigration(
            key=ctx.new_key(),
            instance_key=running.key,
            from_definition_key=self.source.key,
            to_definition_key=self.target.key,
            mapping=dict(self.mapping),
            snapshot=snapshot,
            places=places,
            revision=None if self.went_on else running.revision,
            reason=self.reason,
            migrated_at=ctx.at,
            migrated_by=ctx.actor.username,
        )
        ctx.session.add(migration)
        ctx.flush()
        ctx.session.flush()
        return migration

    def _step(self, definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        old = definitions.compiled(self.ctx, self.source.key)
        outcome, self.tasks = engine.migrate(old, definition, snapshot, self.mapping, environment)
        self.went_on = any(h.kind != "INSTANCE_MIGRATED" for h in outcome.happened) or bool(outcome.thrown)
        told = {"from": self.source.version, "to": self.target.version}
        happened = tuple(
            h._replace(data={**h.data, **told}) if h.kind == "INSTANCE_MIGRATED" else h for h in outcome.happened
        )
        return replace(outcome, happened=happened)

    def _rename(self, before: bytes) -> None:
        was = {one.token: one.element_id for one in engine.standing(before)}
        now = engine.standing(self.running.snapshot) if self.running.snapshot else ()
        elements = {one.token: one.element_id for one in now if one.token in was}
        migrated_places.rename(self.ctx.session, self.running.key, elements, self.target.key)

    def _change_tasks(self) -> None:
        of_instance = select(UserTask).where(UserTask.instance_key == self.running.key, UserTask.state == "CREATED")
        for task in self.ctx.session.scalars(of_instance.with_for_update().execution_options(populate_existing=True)):
            told = self.tasks.get(task.token)
            if told is not None:
                self._change_task(task, told)

    def _start_case_deadline(self) -> None:
        """Start the deadline of the process where the old version had none, as for a task."""
        definition = definitions.compiled(self.ctx, self.target.key)
        if definition.deadline is None:
            return
        met = definition.deadline.met_by
        names = {met, *(old for old, new in self.mapping.items() if new == met)} if met else set()
        former = migrated_places.former_ids(self.ctx.session, self.running.case_key, names)
        deadlines.start_new_for_case(self.ctx, self.running, definition, former)

    def _change_task(self, task: UserTask, told: UserTaskOpened) -> None:
        """Let a task be what the new version says; draft, claim, priority, due date and deadline stay."""
        task.name, task.lane, task.form_id = told.name, told.lane, told.form_id
        task.candidate_groups, task.candidate_users = list(told.candidate_groups), list(told.candidate_users)
        task.hjemmel = told.hjemmel or (told.deadline.hjemmel if told.deadline else None)
        task.four_eyes, task.access_class = list(told.four_eyes), told.access_class
        task.headers, task.variables = dict(told.headers), dict(told.variables)
        task.revision += 1
        self.ctx.session.flush()
        self._release(task)
        self._keep_deadline(task, told)

    def _release(self, task: UserTask) -> None:
        """Take a task from an assignee whom the new version's four-eyes or protected class shuts out."""
        account = self.ctx.session.get(Account, task.assignee) if task.assignee else None
        if account is None:
            return
        refusal = authorization.may_work(accounts.actor_of(account), tasks.view(self.ctx, task))
        if refusal in (FOUR_EYES, PROTECTED):
            task.assignee, task.claimed_at = None, None
            data = {"assignee": account.username, "why": refusal.code}
            audit.record(self.ctx, "service:task:release", str(task.key), case_key=task.case_key, data=data)

    def _keep_deadline(self, task: UserTask, told: UserTaskOpened) -> None:
        of_task = select(Deadline).where(Deadline.task_key == task.key, Deadline.ended_at.is_(None))
        deadline = self.ctx.session.scalars(of_task).first()
        if deadline is None:
            if told.deadline is not None:
                opening.start_deadline(self.ctx, self.running, task, told)
            return
        deadline.element_id, deadline.name = told.element_id, told.name
        new = told.deadline
        if new is None or (new.rule, new.hjemmel, new.calendar) != (deadline.rule, deadline.hjemmel, deadline.calendar):
            asks = f"{new.rule or new.until} ({new.hjemmel})" if new and not new.obstacle else "-"
            reasons = (
                f"Version {self.target.version}: {asks}. Fristen løber efter den regel, den begyndte under.",
                f"Version {self.target.version}: {asks}. The deadline runs by the rule under which it began.",
            )
            deadlines.enter(
                self.ctx, deadline.key, EntryKind.KEPT, deadline.due_at, hjemmel=deadline.hjemmel, reasons=reasons
            )


def _follow(ctx: Context, running: Running, definition: ProcessDefinition) -> None:
    row = update(ProcessInstance).where(ProcessInstance.key == running.key)
    ctx.session.execute(row.values(definition_key=definition.key, version=definition.version))


def _restore(ctx: Context, running: Running, migration: InstanceMigration) -> None:
    """Write the state, the rows and one line of history; whoever has claimed or drafted meanwhile keeps that."""
    source = definitions.get(ctx, migration.from_definition_key)
    migrated = definitions.get(ctx, migration.to_definition_key)
    old, new = definitions.compiled(ctx, source.key), definitions.compiled(ctx, migrated.key)
    elements = engine.changed_elements(old, new, migration.mapping)
    was = {one.token: one.element_id for one in engine.standing(migration.snapshot)}
    migrated_places.rename(ctx.session, running.key, was, source.key)
    migrated_places.restore(ctx.session, running.key, migration.places, at=ctx.at)
    running.snapshot, running.definition_key = migration.snapshot, source.key
    running.revision += 1
    steps.save_instance(ctx.writes, running, at=ctx.at)
    _follow(ctx, running, source)
    told: dict[str, Any] = {"elements": {new_id: old_id for old_id, new_id in elements.items()}}
    told |= {"from": migrated.version, "to": source.version}
    event = ["MIGRATION_UNDONE", running.process_id, "process", "", told]
    history.add(ctx, running, [event])
