# SPDX-License-Identifier: LGPL-3.0-or-later
"""Where errors and escalations go: outward from the token that threw, to the innermost that catches (§13.5.4)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kfflow.engine.outcome import InstanceState, Thrown
from kfflow.engine.spiff.triggers import ErrorTrigger, EscalationTrigger
from kfflow.errors import EngineFailure

if TYPE_CHECKING:
    from kfflow.engine.spiff.events import EventSpec
    from kfflow.engine.spiff.token import Token


def throw_error(token: "Token", code: str, variables: dict[str, object], message: str = "") -> None:
    """Throw an error from a token; one that only a caller of the instance catches ends the instance.

    Raises EngineFailure when nobody catches it: what happens then is left to the engine (BPMN 2.0 §10.5.1), and an
    element that could not do its work keeps its token (docs/adr/0020).
    """
    spec, execution = token.task_spec, token.execution
    spec.note(execution, "ERROR_THROWN", code=code, message=message)
    for host, catcher in _catchers(token, ErrorTrigger, code):
        if catcher.is_boundary:
            execution.interrupt(host, catcher, variables)
        else:
            execution.spec.element(catcher.subprocess).launch(host, catcher.name, variables, interrupting=True)
        return
    if not execution.env.is_caught_outside(code):
        raise _uncaught(token, code, message)
    execution.throw(Thrown("ERROR", spec.element_id, code, None, variables))
    execution.finish(InstanceState.TERMINATED)


def end_by_error(token: "Token", code: str, variables: dict[str, object], message: str) -> None:
    """Throw an error for whoever works at a token that waits; the token stays with an incident if nobody catches it."""
    try:
        throw_error(token, code, variables, message)
    except EngineFailure as uncaught:
        token.execution.open_incident(token, uncaught)


def catches_error(token: "Token", code: str) -> bool:
    """Tell whether something at or around a token catches an error with this code."""
    return any(_catchers(token, ErrorTrigger, code))


def _uncaught(token: "Token", code: str, message: str) -> Exception:
    said = f": {message}" if message else ""
    return token.task_spec.failure(
        "UNHANDLED_ERROR",
        f"Intet i diagrammet griber fejlen {code!r}{said}",
        f"Nothing in the diagram catches the error {code!r}{said}",
    )


def throw_escalation(token: "Token", code: str, variables: dict[str, object] | None = None) -> bool:
    """Throw an escalation, with variables for whoever catches it; True when the token that threw lives on."""
    spec, execution = token.task_spec, token.execution
    payload = variables or {}
    spec.note(execution, "ESCALATION_THROWN", code=code)
    for host, catcher in _catchers(token, EscalationTrigger, code):
        if not catcher.is_boundary:
            launched = execution.spec.element(catcher.subprocess)
            launched.launch(host, catcher.name, payload, interrupting=catcher.is_interrupting)
        elif catcher.is_interrupting:
            execution.interrupt(host, catcher, payload)
        else:
            execution.branch_off(host, catcher, payload)
        return execution.is_alive(token)
    execution.throw(Thrown("ESCALATION", spec.element_id, code, None, payload))
    return True


def _catchers(token: "Token", kind: type, code: str) -> "Iterator[tuple[Token, EventSpec]]":
    """Give who catches, innermost first: attached events, then event subprocesses of the scope around."""
    came_from: Token | None = None
    host: Token | None = token
    while host is not None:
        yield from _event_subprocesses(host, came_from, kind, code)
        attached = [host.execution.spec.element(n) for n in getattr(host.task_spec, "boundaries", ())]
        yield from ((host, spec) for spec in _matching(attached, kind, code))
        came_from, host = host, host.parent


def _event_subprocesses(
    host: "Token", came_from: "Token | None", kind: type, code: str
) -> "Iterator[tuple[Token, EventSpec]]":
    names = getattr(host.task_spec, "event_starts", ())
    if came_from is None or came_from.task_spec.is_event_subprocess:
        return
    starts = [host.execution.spec.element(name) for name in names]
    yield from ((host, spec) for spec in _matching(starts, kind, code))


def _matching(specs: "list[EventSpec]", kind: type, code: str) -> "list[EventSpec]":
    """Give those that catch this code, the ones that name it before the ones that catch all."""
    codes = [(spec, {t.code for t in spec.triggers if isinstance(t, kind)}) for spec in specs]
    return [spec for spec, own in codes if code and code in own] + [spec for spec, own in codes if "" in own]
