# SPDX-License-Identifier: LGPL-3.0-or-later
"""Timers of a running instance: armed, fired round by round, caught up with, and moved to another time."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from kfflow.engine.expressions import Expression
from kfflow.engine.outcome import CloseReason, TimerOpened, WaitingKind
from kfflow.engine.rounds import CatchUp, Missed, Round, settle
from kfflow.engine.spiff.triggers import Trigger
from kfflow.engine.timing import InvalidTime, parse_duration, parse_instant

if TYPE_CHECKING:
    from kfflow.engine.spiff.element import ElementSpec
    from kfflow.engine.spiff.events import EventSpec
    from kfflow.engine.spiff.token import Token


@dataclass(frozen=True)
class TimerTrigger(Trigger):
    """A date, a duration, or a cycle, and what happens to rounds that were missed."""

    form: str
    expression: Expression
    catch_up: CatchUp = field(default_factory=CatchUp)
    kind = "timer"

    def first(self, text: str, at: datetime, zone: str) -> Round:
        """Give the first round of a timer set going at `at`; raises InvalidTime or ValueError."""
        if self.form == "date":
            return Round(parse_instant(text, zone), zone)
        if self.form == "duration":
            return Round(parse_duration(text).after(at, zone), zone)
        return Round.first_of(text, at, zone)

    def arm(self, token: "Token", spec: "ElementSpec") -> None:
        env = token.execution.env
        value = spec.evaluate(self.expression, token)
        text = value if isinstance(value, str) else repr(value)
        try:
            first = self.first(text, env.at, env.zone)
        except (InvalidTime, ValueError, OverflowError):
            raise spec.failure(
                "INVALID_TIMER",
                f"Timeren på {spec.element_id} giver ikke noget tidspunkt: {text!r}.",
                f"The timer of {spec.element_id} gives no time: {text!r}.",
            ) from None
        _open(token, spec, first)

    def fired(self, token: "Token", spec: "ElementSpec") -> None:
        """Wait for the next round of a cycle, or for no more."""
        token.execution.close(token, CloseReason.COMPLETED)
        _wait_for(token, spec, _round(token).following())


def settle_missed(token: "Token") -> bool:
    """Apply the catch-up policy to a timer that is due; False when no round of it fires now."""
    spec: EventSpec = token.task_spec
    must_fire_last = not spec.listens_beside
    settled = settle(_trigger(token).catch_up, _round(token), token.execution.env.at, must_fire_last=must_fire_last)
    if settled.missed:
        _note_missed(token, settled.missed)
    if settled.fires is not None:
        _remember(token, settled.fires)
        return True
    token.execution.close(token, CloseReason.CANCELED)
    _wait_for(token, spec, settled.waits)
    return False


def move(token: "Token", due_at: datetime, reason: str) -> None:
    """Let a waiting timer be due at another time; rounds after this one are counted from there."""
    here = _round(token)
    _remember(token, here.moved(due_at))
    token.task_spec.note(
        token.execution,
        "TIMER_RESCHEDULED",
        **{"from": here.due.isoformat(), "to": due_at.isoformat(), "reason": reason},
    )


def has_rounds_left(token: "Token") -> bool:
    """Tell whether a timer that fires now fires a known number of times more."""
    left = token.memo.get("left", 1)
    return isinstance(left, int) and left > 1


def _open(token: "Token", spec: "ElementSpec", due: Round) -> None:
    _remember(token, due)
    token.execution.open(token, WaitingKind.TIMER, TimerOpened(token.id, spec.element_id, due.due, spec.hjemmel))


def _wait_for(token: "Token", spec: "ElementSpec", due: Round | None) -> None:
    if due is None:
        token.execution.remove(token)
    else:
        _open(token.execution.replace(token), spec, due)


def _note_missed(token: "Token", missed: Missed) -> None:
    token.task_spec.note(
        token.execution,
        "TIMER_ROUNDS_MISSED",
        policy=_trigger(token).catch_up.policy.value,
        rounds=missed.rounds,
        first=missed.first.isoformat(),
        last=missed.last.isoformat(),
    )


def _trigger(token: "Token") -> TimerTrigger:
    spec: EventSpec = token.task_spec
    trigger = spec.trigger_of(token)
    assert isinstance(trigger, TimerTrigger)
    return trigger


def _remember(token: "Token", due: Round) -> None:
    """Keep a round in the snapshot; a time that lay in the past is due when it is armed, and not late then."""
    memo = token.memo
    memo["due"] = max(due.due, token.execution.env.at).isoformat() if due.cycle is None else due.due.isoformat()
    if due.cycle is not None:
        memo["cycle"], memo["left"] = due.cycle, -1 if due.left is None else due.left
        memo["from"] = (due.origin or due.due).isoformat()


def _round(token: "Token") -> Round:
    memo, zone = token.memo, token.execution.env.zone
    due, cycle, left = datetime.fromisoformat(str(memo["due"])), memo.get("cycle"), memo.get("left", 1)
    if not isinstance(cycle, str) or not isinstance(left, int):
        return Round(due, zone)
    origin = datetime.fromisoformat(str(memo.get("from") or memo["due"]))
    return Round(due, zone, None if left < 0 else max(left, 1), cycle, origin)
