"""Migration through the commands: what waits keeps its rows, and undo brings everything back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Conflict, Forbidden, InvalidInput, NotFound
from kfflow.persistence.tables import (
    AuditEvent,
    Deadline,
    DeadlineEntry,
    HistoryEvent,
    InstanceMigration,
    Job,
    MessageSubscription,
    ProcessDefinition,
    Timer,
    UserTask,
)
from kfflow.service import deployments, instances, migrations, tasks
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams
from tests.integration.service.test_running import LEADER, METTE, OLE, complete, create, instance_of, open_tasks

DESIGNER = Actor("dea", "Dea", frozenset({Role.DESIGNER}), national=True)
TEN = '<kf:deadline rule="10 AD" hjemmel="§ 46"/>'
TWENTY = '<kf:deadline rule="20 AD" hjemmel="§ 47"/>'


def deploy(service, *sources):
    """Deploy versions of one file, one after the other; gives their keys."""
    keys = []
    for source in sources:
        with service.command(SYSTEM) as ctx:
            deployments.deploy(ctx, [("p.bpmn", source)])
            keys += [ctx.session.scalars(select(ProcessDefinition.key).order_by(ProcessDefinition.key.desc())).first()]
    return keys


def boundary(name, host, duration, *, interrupting="false"):
    return f"""<bpmn:boundaryEvent id="{name}" attachedToRef="{host}" cancelActivity="{interrupting}">
      <bpmn:timerEventDefinition id="{name}_def"><bpmn:timeDuration>{duration}</bpmn:timeDuration>
      </bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:endEvent id="{name}_slut"/>
      <bpmn:sequenceFlow id="{name}_f" sourceRef="{name}" targetRef="{name}_slut"/>"""


def first_version():
    task = diagrams.user_task("Hoering", extra=TEN) + boundary("Rykker", "Hoering", "P5D")
    return diagrams.sequence("sag", task, diagrams.user_task("Afgoer"), ids=["Hoering", "Afgoer"])


def second_version(deadline=TEN, groups="enhedschef", form=""):
    task = diagrams.user_task("Hoer", groups=groups, extra=deadline + form)
    task += boundary("Rykker", "Hoer", "P9D") + boundary("Varsel", "Hoer", "P1D")
    return diagrams.sequence(
        "sag", diagrams.user_task("Visiter"), task, diagrams.user_task("Afgoer"), ids=["Visiter", "Hoer", "Afgoer"]
    )


def migrate(service, key, target, actor=LEADER, **mapping):
    with service.command(actor, reason="Ny lov") as ctx:
        return migrations.migrate(ctx, key, target, mapping)


def undo(service, key, actor=LEADER):
    with service.command(actor) as ctx:
        return migrations.undo(ctx, key, reason="Fortrudt")


def rows(service, table, **columns):
    with service.database.transaction() as session:
        return list(session.scalars(select(table).filter_by(**columns).order_by(table.key)))


@pytest.fixture
def standing(service, clock):
    """A claimed task with a draft, a running deadline and an armed timer; and the key of the second version."""
    old, new = deploy(service, first_version(), second_version(TWENTY))
    instance = create(service, "sag", definition_key=old)
    task = open_tasks(service)[0]
    with service.command(METTE) as ctx:
        tasks.claim(ctx, task.key)
        tasks.save_draft(ctx, task.key, {"svar": "halvt"})
    clock.at += timedelta(days=1)
    return instance, new


def test_drafts_claims_deadlines_and_timers_are_kept(service, standing):
    instance, new = standing
    before, timer, deadline = open_tasks(service)[0], rows(service, Timer)[0], rows(service, Deadline)[0]
    migrate(service, instance.key, new, Hoering="Hoer")
    after = open_tasks(service)[0]
    kept = ("key", "token", "assignee", "claimed_at", "draft", "draft_saved_at", "due_at", "warn_at", "created_at")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert (after.element_id, after.name, after.candidate_groups) == ("Hoer", "Hoer", ["enhedschef"])
    assert (after.hjemmel, after.definition_key) == ("§ 47", new)
    timers = rows(service, Timer, state="ARMED")
    assert (timers[0].element_id, timers[0].due_at) == ("Rykker", timer.due_at)
    assert [t.element_id for t in timers] == ["Rykker", "Varsel"]
    assert [(d.due_at, d.element_id, d.rule) for d in rows(service, Deadline)] == [(deadline.due_at, "Hoer", "10 AD")]
    moved = instance_of(service, instance.key)
    assert (moved.definition_key, moved.version, moved.revision) == (new, 2, 2)


def test_a_task_gets_the_form_of_the_new_version(service):
    form = '<zeebe:formDefinition formId="hoering_2"/>'
    old, new = deploy(service, first_version(), second_version(form=form))
    instance = create(service, "sag", definition_key=old)
    migrate(service, instance.key, new, Hoering="Hoer")
    assert open_tasks(service)[0].form_id == "hoering_2"


def test_a_deadline_says_that_another_rule_did_not_change_it(service, standing):
    instance, new = standing
    migrate(service, instance.key, new, Hoering="Hoer")
    kept = rows(service, DeadlineEntry)[-1]
    assert (kept.kind, kept.hjemmel) == ("KEPT", "§ 46")
    assert kept.reason == "Version 2: 20 AD (§ 47). Fristen løber efter den regel, den begyndte under."


def test_the_case_goes_on_in_the_new_version(service, standing):
    instance, new = standing
    migrate(service, instance.key, new, Hoering="Hoer")
    complete(service, open_tasks(service)[0])
    assert [t.element_id for t in open_tasks(service)] == ["Afgoer"]
    complete(service, open_tasks(service)[0])
    assert instance_of(service, instance.key).state == "COMPLETED"
    told = rows(service, HistoryEvent, kind="INSTANCE_MIGRATED")[0]
    assert told.data == {"elements": {"Hoering": "Hoer"}, "from": 1, "to": 2}
    written = rows(service, AuditEvent, verb="service:instance:migrate")[0]
    assert (written.reason, written.data["mapping"]) == ("Ny lov", {"Hoering": "Hoer"})


def test_undo_brings_back_every_row_and_the_very_state(service, standing):
    instance, new = standing
    names = [c.name for c in UserTask.__table__.columns if c.name != "revision"]
    before, state = open_tasks(service)[0], instance_of(service, instance.key)
    timers = [(t.key, t.element_id, t.due_at, t.state) for t in rows(service, Timer)]
    migrate(service, instance.key, new, Hoering="Hoer")
    undo(service, instance.key)
    after, back = open_tasks(service)[0], instance_of(service, instance.key)
    assert [getattr(after, n) for n in names] == [getattr(before, n) for n in names]
    assert (back.snapshot, back.definition_key, back.version) == (state.snapshot, state.definition_key, 1)
    assert [(t.key, t.element_id, t.due_at, t.state) for t in rows(service, Timer, state="ARMED")] == timers
    assert [d.element_id for d in rows(service, Deadline)] == ["Hoering"]
    told = rows(service, HistoryEvent, kind="MIGRATION_UNDONE")[0]
    assert told.data == {"elements": {"Hoer": "Hoering"}, "from": 2, "to": 1}
    with pytest.raises(Conflict):
        undo(service, instance.key)
    complete(service, after)
    assert [t.element_id for t in open_tasks(service)] == ["Afgoer"]


def test_undo_is_refused_when_the_instance_has_gone_on(service, standing):
    instance, new = standing
    with pytest.raises(NotFound):
        undo(service, instance.key)
    migrate(service, instance.key, new, Hoering="Hoer")
    complete(service, open_tasks(service)[0])
    with pytest.raises(Conflict):
        undo(service, instance.key)


def test_undo_keeps_what_somebody_drafted_meanwhile(service, standing):
    instance, new = standing
    migrate(service, instance.key, new, Hoering="Hoer")
    with service.command(METTE) as ctx:
        tasks.save_draft(ctx, open_tasks(service)[0].key, {"svar": "helt"})
    undo(service, instance.key)
    assert open_tasks(service)[0].draft == {"svar": "helt"}


def test_what_is_refused_changes_nothing(service, standing):
    instance, new = standing
    before = instance_of(service, instance.key)
    with pytest.raises(InvalidInput) as raised:
        migrate(service, instance.key, new)
    assert [(f.field, f.code) for f in raised.value.fields] == [
        ("Hoering", "UNMAPPED"),
    ]  # fmt: skip
    after = instance_of(service, instance.key)
    assert (after.snapshot, after.revision, after.version) == (before.snapshot, before.revision, 1)
    assert rows(service, InstanceMigration) == []
    with service.command(DESIGNER) as ctx:
        found = migrations.check(ctx, instance.key, new, {})
        assert [(o.kind, o.element_id) for o in found] == [
            ("UNMAPPED", "Hoering"), ("TIMER_KEPT", "Rykker"),
        ]  # fmt: skip


def test_a_deadline_that_is_new_begins_and_ends_with_the_undo(service):
    plain = diagrams.sequence("sag", diagrams.user_task("Trin"), ids=["Trin"])
    due = diagrams.sequence("sag", diagrams.user_task("Trin", extra=TEN), ids=["Trin"])
    old, new = deploy(service, plain, due)
    instance = create(service, "sag", definition_key=old)
    migrate(service, instance.key, new)
    assert [d.state for d in rows(service, Deadline)] == ["RUNNING"]
    assert open_tasks(service)[0].due_at == rows(service, Deadline)[0].due_at
    undo(service, instance.key)
    assert [d.state for d in rows(service, Deadline)] == ["CANCELED"]
    assert open_tasks(service)[0].due_at is None


def test_a_deadline_begun_by_a_migration_ends_with_its_task(service):
    plain = diagrams.sequence("sag", diagrams.user_task("Trin"), ids=["Trin"])
    due = diagrams.sequence("sag", diagrams.user_task("Trin", extra=TEN), ids=["Trin"])
    old, new = deploy(service, plain, due)
    instance = create(service, "sag", definition_key=old)
    assert [task.has_deadline for task in open_tasks(service)] == [False]
    migrate(service, instance.key, new)
    complete(service, open_tasks(service)[0])
    assert [d.state for d in rows(service, Deadline)] == ["MET"]


def whole_case_due(source, met_by):
    """The same diagram with a deadline of the whole case."""
    deadline = f'<kf:deadline rule="10 AD" hjemmel="§ 46" metBy="{met_by}"/>'
    head, opening, body = source.decode().partition("<bpmn:startEvent")
    return f"{head}<bpmn:extensionElements>{deadline}</bpmn:extensionElements>{opening}{body}".encode()


@pytest.mark.parametrize(("met_by", "states"), [("Afgoer", ["RUNNING"]), ("Visiter", [])])
def test_a_deadline_of_the_whole_case_that_is_new_begins_unless_what_meets_it_is_done(service, met_by, states):
    old_tasks = diagrams.user_task("Modtag"), diagrams.user_task("Hoer"), diagrams.user_task("Afgoer")
    tasks_now = diagrams.user_task("Visiter"), *old_tasks[1:]
    plain = diagrams.sequence("sag", *old_tasks, ids=["Modtag", "Hoer", "Afgoer"])
    due = whole_case_due(diagrams.sequence("sag", *tasks_now, ids=["Visiter", "Hoer", "Afgoer"]), met_by)
    old, new = deploy(service, plain, due)
    instance = create(service, "sag", definition_key=old)
    complete(service, open_tasks(service)[0])
    migrate(service, instance.key, new, Modtag="Visiter")
    assert [d.state for d in rows(service, Deadline, task_key=None)] == states
    undo(service, instance.key)
    assert [d.state for d in rows(service, Deadline)] == ["CANCELED" for _ in states]


def test_a_deadline_of_the_whole_case_that_runs_is_not_begun_again(service):
    steps = diagrams.user_task("Hoer"), diagrams.user_task("Afgoer")
    due = whole_case_due(diagrams.sequence("sag", *steps, ids=["Hoer", "Afgoer"]), "Afgoer")
    old, new = deploy(service, due, due.replace(b'"10 AD"', b'"20 AD"'))
    instance = create(service, "sag", definition_key=old)
    migrate(service, instance.key, new)
    assert [(d.rule, d.state) for d in rows(service, Deadline)] == [("10 AD", "RUNNING")]


def test_jobs_and_subscriptions_follow(service):
    def version(job, wait):
        both = diagrams.service_task(job, "send", retries=4)
        wait_for = diagrams.message_catch(wait, "Besked")
        fork = '<bpmn:parallelGateway id="Del"/><bpmn:parallelGateway id="Saml"/>'
        flows = "".join(
            f'<bpmn:sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>'
            for a, b in [
                ("Begynd", "Del"),
                ("Del", job),
                ("Del", wait),
                (job, "Saml"),
                (wait, "Saml"),
                ("Saml", "Slut"),
            ]
        )
        flows += '<bpmn:sequenceFlow id="ud" sourceRef="Saml" targetRef="Slut"/>'
        body = f'<bpmn:startEvent id="Begynd"/>{fork}{both}{wait_for}<bpmn:endEvent id="Slut"/>{flows}'
        root = diagrams.message("Besked", "svar", "=sagsnummer")
        process = f'<bpmn:process id="sag" isExecutable="true">{body}</bpmn:process>'
        return f"{diagrams.HEAD}{root}{process}</bpmn:definitions>".encode()

    old, new = deploy(service, version("Send", "Vent"), version("Afsend", "Afvent"))
    instance = create(service, "sag", definition_key=old)
    before = [rows(service, Job)[0], rows(service, MessageSubscription)[0]]
    migrate(service, instance.key, new, Send="Afsend", Vent="Afvent")
    job, subscription = rows(service, Job)[0], rows(service, MessageSubscription)[0]
    assert (job.element_id, job.retries, job.definition_key, job.state) == ("Afsend", 4, new, "CREATED")
    assert (subscription.element_id, subscription.correlation_key) == ("Afvent", before[1].correlation_key)
    assert [job.token, subscription.token] == [row.token for row in before]


def test_an_assignee_whom_four_eyes_shuts_out_lets_go_of_the_task(service):
    def version(eyes):
        second = diagrams.user_task("Godkend", extra=eyes)
        return diagrams.sequence("sag", diagrams.user_task("Skriv"), second, ids=["Skriv", "Godkend"])

    old, new = deploy(service, version(""), version('<kf:fourEyes differentFrom="Skriv"/>'))
    who = "sagsbehandler"
    account = Actor(who, "S", frozenset({Role.CASEWORKER}), frozenset({"sagsbehandler"}), institution="SDO")
    instance = create(service, "sag", definition_key=old, actor=account)
    complete(service, open_tasks(service)[0], actor=account)
    with service.command(account) as ctx:
        tasks.claim(ctx, open_tasks(service)[0].key)
    migrate(service, instance.key, new)
    assert (open_tasks(service)[0].assignee, open_tasks(service)[0].four_eyes) == (None, ["Skriv"])
    undo(service, instance.key)
    assert (open_tasks(service)[0].assignee, open_tasks(service)[0].four_eyes) == (who, [])


def test_four_eyes_see_who_did_a_task_under_its_former_name(service):
    def version(first):
        second = diagrams.user_task("Godkend", extra=f'<kf:fourEyes differentFrom="{first}"/>')
        return diagrams.sequence("sag", diagrams.user_task(first), second, ids=[first, "Godkend"])

    old, new, newest = deploy(service, version("Skriv"), version("Udkast"), version("Forslag"))
    instance = create(service, "sag", definition_key=old)
    complete(service, open_tasks(service)[0])
    migrate(service, instance.key, new, Skriv="Udkast")
    migrate(service, instance.key, newest, Udkast="Forslag")
    with pytest.raises(Forbidden, match="four eyes"):
        complete(service, open_tasks(service)[0])
    complete(service, open_tasks(service)[0], actor=OLE)


def test_migration_is_for_supervisors_and_designers_within_their_scope(service, standing):
    instance, new = standing
    with pytest.raises(Forbidden):
        migrate(service, instance.key, new, METTE, Hoering="Hoer")
    chief = Actor("nils", "Nils", frozenset({Role.SUPERVISOR}), institution="NYB", area="vest")
    with pytest.raises(NotFound):
        migrate(service, instance.key, new, chief, Hoering="Hoer")
    migrate(service, instance.key, new, DESIGNER, Hoering="Hoer")
    with pytest.raises(Conflict):
        migrate(service, instance.key, new, DESIGNER)


def test_another_process_is_refused(service, standing):
    instance, _ = standing
    with service.command(SYSTEM) as ctx:
        other = diagrams.sequence("anden", diagrams.user_task("Hoering"), ids=["Hoering"])
        deployments.deploy(ctx, [("q.bpmn", other)])
    key = rows(service, ProcessDefinition, process_id="anden")[0].key
    with pytest.raises(InvalidInput):
        migrate(service, instance.key, key)


def test_a_plan_suggests_names_and_tells_the_differences(service, standing):
    instance, new = standing
    with service.command(DESIGNER) as ctx:
        planned = migrations.plan(ctx, instances.loaded(ctx, instance.key).definition_key, new)
    assert (planned.mapping["Afgoer"], planned.unmapped) == ("Afgoer", ("Hoering",))
    assert "Hoer" in {change.element_id for change in planned.changes}
