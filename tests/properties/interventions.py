"""What people do to a case on its path: an attempt that failed, standing still, tokens moved, another version.

Each is a command like any other, so its connection is lost in the same places, and the case is whole after it.
"""

from contextlib import suppress

from kfflow import engine
from kfflow.persistence.tables import Job, ProcessInstance
from kfflow.service import definitions, deployments, held_results, jobs, migrations, modifications, suspension
from tests.properties import orders, paths, services

REASON = "prøve"
ONE_IN = 4
"""How often somebody intervenes: one turn of so many."""


def may_happen(proving: "services.Proving", turn: paths.Turn) -> bool:
    """Intervene now and then; False when nobody did, so that the turn is made as always."""
    if proving.random.randrange(ONE_IN) or not proving.is_active():
        return False
    has_job = any(table is Job for table, _ in proving.places())
    possible = (standing_still, tokens_moved, other_version, *[failed_attempt] * 3 * has_job)
    kind = proving.random.choice(possible)
    kind(proving, turn)
    proving.intervened[kind.__name__] += 1
    return True


def failed_attempt(proving: "services.Proving", turn: paths.Turn) -> None:
    """A worker reports a job's last attempt as failed: it waits with an incident, one however often it is told."""
    key = turn.pick([key for table, key in proving.places() if table is Job])
    proving.act(lambda ctx: jobs.fail(ctx, key, retries=0, message=REASON))


def standing_still(proving: "services.Proving", turn: paths.Turn) -> None:
    """Suspended, a case moves for nobody; resumed, it takes how its jobs went meanwhile."""
    root = proving.root
    proving.act(lambda ctx: suspension.suspend(ctx, root, reason=REASON))
    still = proving.stored()
    with suppress(*services.REFUSALS):
        proving.command(proving.chosen(turn)[1])
    assert proving.stored()[:2] == still[:2]
    proving.act(lambda ctx: suspension.resume(ctx, root, reason=REASON))
    with proving.service.command(services.ANYBODY) as ctx:
        held = held_results.due_keys(ctx, limit=services.MOST_ROUNDS)
    for key in held:
        proving.act(lambda ctx, key=key: held_results.take(ctx, key))


def tokens_moved(proving: "services.Proving", _turn: paths.Turn) -> None:
    """Somebody moves, adds or ends tokens of one instance of the case, sensibly or not."""
    key, definition_key, snapshot = proving.random.choice(proving.running())
    with proving.service.command(services.ANYBODY) as ctx:
        definition = definitions.compiled(ctx, definition_key)
    given = orders.to_modify(definition, snapshot, proving.random)
    proving.act(lambda ctx: modifications.modify(ctx, key, given, reason=REASON), tells_twice=False)


def other_version(proving: "services.Proving", _turn: paths.Turn) -> None:
    """The case moves to a version whose every id is new, and half the time back again."""
    name, source = proving.sources[0]
    old = engine.compile_process(source, name)[0]
    text, mapping = orders.renamed(source, old)
    with proving.calm.transaction() as session:
        left = session.get_one(ProcessInstance, proving.root).definition_key
    deployed = proving.command(lambda ctx: deployments.deploy(ctx, [(name, text)]))
    target = deployed.processes[0].key
    proving.act(lambda ctx: migrations.migrate(ctx, proving.root, target, mapping, reason=REASON))
    if proving.random.random() < 0.5:
        proving.act(lambda ctx: migrations.undo(ctx, proving.root, reason=REASON))
    with proving.calm.transaction() as session:
        if session.get_one(ProcessInstance, proving.root).definition_key != left:
            proving.sources[0] = (name, text)
