# SPDX-License-Identifier: LGPL-3.0-or-later
"""Gateways: exclusive, parallel, inclusive, event-based (BPMN 2.0 §13.4)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from kfflow.engine.outcome import CloseReason
from kfflow.engine.spiff.activity import choose_flows, holds, no_way_out, record_choice
from kfflow.engine.spiff.element import ElementSpec, resume

if TYPE_CHECKING:
    from kfflow.engine.spiff.token import Token


class ExclusiveGateway(ElementSpec):
    """Takes the first way whose condition holds, in the order drawn (§13.4.2)."""

    def conclude(self, token: "Token") -> None:
        taken = self._first(token)
        record_choice(self, token, taken)
        if not taken and self.flows:
            raise no_way_out(self)
        token.memo["taken"] = taken

    def _first(self, token: "Token") -> list[int]:
        for index, flow in enumerate(self.flows):
            if not flow.is_default and holds(self, flow, token):
                return [index]
        return [i for i, flow in enumerate(self.flows) if flow.is_default]


class JoiningGateway(ElementSpec):
    """A gateway that lets tokens wait for each other."""

    arrivals: tuple[str, ...] = ()

    def is_gathered(self, memo: Mapping[str, object]) -> bool:
        return len(self.arrivals) <= 1 or "leaving" in memo

    def waiting_here(self, token: "Token") -> "list[Token]":
        """Give the tokens of the same scope that wait here, in the order of the incoming flows; none of them rests."""
        here = [t for t in token.scope.children if t.task_spec is self and "leaving" not in t.memo]
        return sorted(here, key=lambda t: self.arrivals.index(t.via) if t.via in self.arrivals else -1)

    def one_each(self, tokens: "list[Token]") -> "list[Token]":
        """Choose one token for each incoming flow that has any: the one that came first."""
        first: dict[str | None, Token] = {}
        for token in sorted(tokens, key=lambda t: int(t.id.rpartition(":")[2])):
            first.setdefault(token.via, token)
        return [t for t in tokens if first.get(t.via) is t]

    def join(self, ready: "list[Token]") -> None:
        """Let tokens become one: that of the last flow, so that the order of arrival decides nothing."""
        survivor = ready[-1]
        execution = survivor.execution
        execution.meet(survivor, ready[:-1])
        self.activated(survivor)
        survivor.memo["leaving"] = True
        execution.wake(survivor)


class ParallelGateway(JoiningGateway):
    """Waits for one token on each incoming flow, then takes all ways out (§13.4.1)."""

    def begin(self, token: "Token") -> bool:
        if len(self.arrivals) > 1:
            ready = self.one_each(self.waiting_here(token))
            if {t.via for t in ready} != set(self.arrivals):
                return False
            self.join(ready)
            return False
        self.activated(token)
        return True


class InclusiveGateway(JoiningGateway):
    """Waits until no more token can come; takes all ways whose condition holds (§13.4.3).

    `upstream` gives, for each incoming flow, the elements from which a token can get there without passing here.
    """

    upstream: Mapping[str, frozenset[str]] = MappingProxyType({})

    def begin(self, token: "Token") -> bool:
        if len(self.arrivals) > 1:
            return False
        self.activated(token)
        return True

    def conclude(self, token: "Token") -> None:
        token.memo["taken"] = choose_flows(self, token)

    def settle(self, token: "Token") -> bool:
        """Let the waiting tokens go on when none is under way to an empty flow (asked when nothing moves)."""
        if token.waiting is not None or "leaving" in token.memo:
            return False
        here = self.waiting_here(token)
        filled = {t.via for t in here}
        if any(self._is_coming(other, filled) for other in token.scope.inside() if other.task_spec is not self):
            return False
        self.join(self.one_each(here))
        return True

    def _is_coming(self, other: "Token", filled: set[str | None]) -> bool:
        if other.is_listener:
            return False
        name = other.task_spec.element_id
        reaches_empty = any(name in self.upstream[f] for f in self.arrivals if f not in filled)
        reaches_filled = any(name in self.upstream[f] for f in self.arrivals if f in filled)
        return reaches_empty and not reaches_filled


class EventBasedGateway(ElementSpec):
    """Waits for the first of the events behind it (§13.4.4)."""

    def begin(self, token: "Token") -> bool:
        for child in token.inside():
            token.execution.withdraw(child)
        self.activated(token)
        for flow in self.flows:
            token.execution.spec.element(flow.target).listen_behind(token, flow)
        return False

    def chosen(self, listener: "Token", payload: dict[str, object]) -> None:
        """Go on at the event that happened; the others are withdrawn."""
        gateway = listener.scope
        execution, frame, scope = gateway.execution, gateway.frame, gateway.scope
        execution.close(listener, CloseReason.COMPLETED)
        for child in gateway.inside():
            execution.withdraw(child)
        self.note(execution, "ELEMENT_COMPLETED")
        flow = next(f for f in self.flows if f.id == listener.via)
        execution.ledger.note("FLOW_TAKEN", flow.id, "sequenceFlow", flow.name)
        execution.remove(gateway)
        token = execution.add(listener.task_spec, scope, frame, flow.id)
        frame.holder = token
        listener.task_spec.activated(token)
        token.memo["result"] = payload
        resume(token)
