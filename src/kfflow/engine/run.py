"""The commands of the engine: a snapshot and what happened go in, an Outcome comes out. No clock, no I/O."""

from collections.abc import Callable, Mapping
from datetime import datetime

from kfflow.engine.build import ROOT
from kfflow.engine.definition import Definition
from kfflow.engine.outcome import (
    CloseReason,
    Environment,
    InstanceState,
    Outcome,
    UserTaskOpened,
    WaitingKind,
)
from kfflow.engine.snapshot import dump, load
from kfflow.engine.spiff import timers
from kfflow.engine.spiff.activity import ActivitySpec
from kfflow.engine.spiff.element import ElementSpec, resume
from kfflow.engine.spiff.events import CatchEvent
from kfflow.engine.spiff.execution import Execution
from kfflow.engine.spiff.propagation import catches_error, end_by_error, throw_escalation
from kfflow.engine.spiff.redating import redated
from kfflow.engine.spiff.scopes import ProcessScope
from kfflow.engine.spiff.tasks import UserTask
from kfflow.engine.spiff.token import Token
from kfflow.engine.variables import Frame
from kfflow.errors import Conflict, EngineFailure, InvalidInput

Variables = Mapping[str, object]
_THROWING = (WaitingKind.USER_TASK, WaitingKind.JOB, WaitingKind.CALL, WaitingKind.INCIDENT)


def start(
    definition: Definition, variables: Variables, env: Environment, *, start_element: str | None = None
) -> Outcome:
    """Start an instance at its none start event, or at the start event named."""
    starts = _starts(definition, start_element)
    execution = begin(definition, variables, env)
    root = execution.task_tree
    frame = root.frame
    frames = [frame] if len(starts) == 1 else [frame.branch() for _ in starts]
    for name, own in zip(starts, frames, strict=True):
        _begin(execution, definition.spec.element(name), root, own, happened=name == start_element)
    return finish(execution)


def begin(definition: Definition, variables: Variables, env: Environment) -> Execution:
    """Open an instance with its variables and what listens for it; no element has been entered."""
    execution = Execution(definition.spec, env)
    frame = Frame(None)
    root = execution.add(definition.spec.element(ROOT), None, frame)
    root.inner = frame
    execution.task_tree = root
    execution.ledger.note("INSTANCE_STARTED", definition.process_id, "process", definition.name)
    execution.write(frame, dict(variables))
    root.run()
    return execution


def _begin(execution: Execution, spec: ElementSpec, root: Token, frame: Frame, *, happened: bool) -> None:
    """Begin at an element; where an instance begins by receiving (§10.3.3, §10.6.6), what it waits for has come."""
    if happened and isinstance(spec, CatchEvent):
        execution.go_on_at(spec, root, frame, {})
    else:
        execution.arrive(spec, root, frame)


def _starts(definition: Definition, start_element: str | None) -> tuple[str, ...]:
    root = definition.spec.element(ROOT)
    assert isinstance(root, ProcessScope)
    starts = root.starts
    starters = (definition.start_messages, definition.start_timers, definition.start_signals)
    triggered = {starter.element_id for kind in starters for starter in kind}
    if start_element is not None:
        if start_element not in starts and start_element not in triggered:
            raise InvalidInput(f"{start_element} er ikke en start.", f"{start_element} is no start event.")
        return (start_element,)
    plain = tuple(name for name in starts if name not in triggered)
    if not plain and len(starts) != 1:
        raise InvalidInput(
            f"Processen {definition.process_id} kan ikke startes uden en hændelse.",
            f"The process {definition.process_id} cannot be started without an event.",
        )
    return plain or starts


def complete_task(
    definition: Definition, snapshot: bytes, token: str, variables: Variables, env: Environment
) -> Outcome:
    """Complete a user task with what the person answered."""
    return _result(definition, snapshot, token, variables, env, WaitingKind.USER_TASK)


def complete_job(
    definition: Definition, snapshot: bytes, token: str, variables: Variables, env: Environment
) -> Outcome:
    """Complete a job with what the worker gave."""
    return _result(definition, snapshot, token, variables, env, WaitingKind.JOB)


def complete_call(
    definition: Definition, snapshot: bytes, token: str, variables: Variables, env: Environment
) -> Outcome:
    """Complete a call activity with the variables of the instance it called."""
    return _result(definition, snapshot, token, variables, env, WaitingKind.CALL)


def fire_timer(definition: Definition, snapshot: bytes, token: str, env: Environment) -> Outcome:
    """Let a timer that is due fire, or drop the rounds that its catch-up policy drops."""
    execution = load(definition.spec, snapshot, env, touched=token)
    waiting = _open(execution, token, WaitingKind.TIMER)
    if timers.settle_missed(waiting):
        waiting.task_spec.happen(waiting, {})
    return finish(execution)


def reschedule_timer(  # noqa: PLR0917 - the order of the contract
    definition: Definition, snapshot: bytes, token: str, due_at: datetime, reason: str, env: Environment
) -> Outcome:
    """Let a timer be due at another instant; the rounds after it are counted from there."""
    execution = load(definition.spec, snapshot, env)
    timers.move(_open(execution, token, WaitingKind.TIMER), due_at, reason)
    return finish(execution)


def deliver_message(
    definition: Definition, snapshot: bytes, token: str, variables: Variables, env: Environment
) -> Outcome:
    """Give a message to the one element that subscribed to it."""
    return _happen(definition, snapshot, token, variables, env, WaitingKind.MESSAGE)


def deliver_signal(
    definition: Definition, snapshot: bytes, token: str, variables: Variables, env: Environment
) -> Outcome:
    """Give a signal to an element that waits for it."""
    return _happen(definition, snapshot, token, variables, env, WaitingKind.SIGNAL)


def throw_error_at(  # noqa: PLR0917 - the order of the contract
    definition: Definition,
    snapshot: bytes,
    token: str,
    code: str,
    message: str,
    variables: Variables,
    env: Environment,
) -> Outcome:
    """Let a task, job or call end with a BPMN error: caught innermost, or an incident where it was thrown."""
    execution = load(definition.spec, snapshot, env)
    thrower = _open(execution, token, *_THROWING)
    end_by_error(thrower, code, dict(variables), message)
    return finish(execution)


def catches(definition: Definition, snapshot: bytes, token: str, code: str, env: Environment) -> bool:
    """Tell whether an error with this code, thrown by the call that waits at `token`, is caught in this instance."""
    return catches_error(_find(load(definition.spec, snapshot, env, touched=token), token), code)


def escalate_call(  # noqa: PLR0917 - the order of the contract
    definition: Definition, snapshot: bytes, token: str, code: str, variables: Variables, env: Environment
) -> Outcome:
    """Let an escalation of a called instance reach its call activity."""
    execution = load(definition.spec, snapshot, env)
    throw_escalation(_open(execution, token, WaitingKind.CALL), code, dict(variables))
    return finish(execution)


def set_variables(
    definition: Definition, snapshot: bytes, variables: Variables, env: Environment, *, token: str | None = None
) -> Outcome:
    """Write variables: of the process, or as the element at `token` sees them."""
    execution = load(definition.spec, snapshot, env)
    holder = execution.task_tree if token is None else _find(execution, token)
    frame = holder.inner or holder.frame
    write_everywhere(execution, frame, dict(variables))
    execution.ledger.note(
        "VARIABLES_SET", holder.task_spec.element_id, holder.task_spec.element_type, names=sorted(variables)
    )
    return finish(execution)


def write_everywhere(execution: Execution, frame: Frame, variables: dict[str, object]) -> None:
    """Write into a frame so that branches that run inside it see the value too."""
    execution.write(frame, variables)
    for name in variables:
        for inner in frame.inside():
            inner.changed.pop(name, None)
        frame.before.pop(name, None)


def retry(definition: Definition, snapshot: bytes, token: str, env: Environment) -> Outcome:
    """Let an element with an incident try again, or a call activity whose process could not be found."""
    execution = load(definition.spec, snapshot, env)
    stuck = _open(execution, token, WaitingKind.INCIDENT, WaitingKind.CALL)
    execution.try_again(stuck)
    return finish(execution)


def reopen(definition: Definition, snapshot: bytes, token: str, env: Environment) -> Outcome:
    """Open once more what a token waits for, because what it opened before is gone."""
    execution = load(definition.spec, snapshot, env)
    waiting = _open(execution, token, *WaitingKind)
    execution.close(waiting, CloseReason.CANCELED)
    if waiting.is_listener:
        waiting.task_spec.trigger_of(waiting).arm(waiting, waiting.task_spec)
    else:
        waiting.run()
    return finish(execution)


def place_of_task(definition: Definition, snapshot: bytes, token: str, env: Environment) -> UserTaskOpened:
    """Give what the diagram says now of a user task that is open; changes nothing."""
    task = _open(load(definition.spec, snapshot, env), token, WaitingKind.USER_TASK)
    assert isinstance(task.task_spec, UserTask), "what waits as a user task is one"
    return task.task_spec.place(task)


def cancel(definition: Definition, snapshot: bytes, env: Environment) -> Outcome:
    """End an instance; everything open closes."""
    execution = load(definition.spec, snapshot, env)
    execution.finish(InstanceState.TERMINATED)
    return finish(execution)


def _result(  # noqa: PLR0917 - the order of the contract
    definition: Definition, snapshot: bytes, token: str, variables: Variables, env: Environment, kind: str
) -> Outcome:
    execution = load(definition.spec, snapshot, env, touched=token)
    waiting = _open(execution, token, kind)
    assert isinstance(waiting.task_spec, ActivitySpec)
    waiting.memo["result"] = dict(variables)
    execution.close(waiting, CloseReason.COMPLETED)
    resume(waiting)
    return finish(execution)


def _happen(  # noqa: PLR0917 - the order of the contract
    definition: Definition, snapshot: bytes, token: str, variables: Variables, env: Environment, kind: str
) -> Outcome:
    execution = load(definition.spec, snapshot, env, touched=token)
    waiting = _open(execution, token, kind)
    happen: Callable[[Token, dict[str, object]], None] = waiting.task_spec.happen
    happen(waiting, dict(variables))
    return finish(execution)


def _find(execution: Execution, token: str) -> Token:
    found: Token | None = execution.tasks.get(token)
    if found is None:
        raise Conflict(f"{token} er ikke længere åben.", f"{token} is no longer open.")
    return found


def _open(execution: Execution, token: str, *kinds: str) -> Token:
    found = _find(execution, token)
    if found.waiting not in kinds:
        raise Conflict(
            f"{token} venter ikke på dette ({found.waiting or 'intet'}).",
            f"{token} does not wait for this ({found.waiting or 'nothing'}).",
        )
    return found


def finish(execution: Execution) -> Outcome:
    """Let the instance run until it waits, and write down what changed."""
    execution.run()
    ledger = execution.ledger
    if ledger.variables:
        ledger.note("VARIABLES_CHANGED", execution.spec.name, "process", variables=dict(ledger.variables))
    if execution.state is InstanceState.ACTIVE:
        snapshot: bytes | None = _store(execution)
    else:
        snapshot = None
        ended = f"INSTANCE_{execution.state}"
        ledger.note(ended, execution.spec.name, "process")
    return Outcome(
        execution.state,
        snapshot,
        tuple(ledger.opened),
        tuple(ledger.closed),
        tuple(ledger.happened),
        tuple(ledger.thrown),
        ledger.variables,
        redated(execution),
    )


def _store(execution: Execution) -> bytes:
    try:
        return dump(execution)
    except TypeError as problem:
        raise EngineFailure(
            "Sagens variable kan ikke gemmes som JSON.", f"The variables cannot be stored as JSON: {problem}"
        ) from None
