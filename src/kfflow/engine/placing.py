"""Where an activated element goes: the scopes around it that run, those that must be made, and what cannot be."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from kfflow.engine.build import ROOT
from kfflow.engine.definition import Definition
from kfflow.engine.instructions import VariablesAt
from kfflow.engine.outcome import CloseReason
from kfflow.engine.spiff.activity import ActivitySpec
from kfflow.engine.spiff.compensation import CompensationStart
from kfflow.engine.spiff.element import ElementSpec
from kfflow.engine.spiff.events import StartEvent
from kfflow.engine.spiff.execution import Execution
from kfflow.engine.spiff.gateways import EventBasedGateway, JoiningGateway
from kfflow.engine.spiff.loops import RepeatedActivity
from kfflow.engine.spiff.process import ProcessSpec
from kfflow.engine.spiff.scopes import EventSubprocess, Subprocess
from kfflow.engine.spiff.token import Token
from kfflow.engine.variables import Frame
from kfflow.errors import FieldProblem

Locals = Mapping[str, dict[str, object]]


class RefusedError(Exception):
    """One instruction cannot be followed; names the element and why."""

    def __init__(self, element_id: str, code: str, da: str, en: str) -> None:
        self.problem = FieldProblem(element_id, da, en, code)
        super().__init__(en)


@dataclass(frozen=True)
class Place:
    """Where a token is put: its element, the token of the scope, and what is local to elements made on the way."""

    spec: ElementSpec
    scope: Token
    local: Locals


def activatable(definition: Definition, element_id: str) -> ElementSpec:
    """Give the spec of an element on which a token can be put; raises RefusedError for any other."""
    spec = definition.spec.find(element_id)
    if spec is None:
        da, en = f"{element_id} findes ikke i diagrammet.", f"The diagram has no element {element_id}."
        raise RefusedError(element_id, "UNKNOWN_ELEMENT", da, en)
    for reason, (da, en) in _OBSTACLES.items():
        if reason(definition.spec, spec):
            why_da, why_en = f"{element_id} kan ikke aktiveres: {da}.", f"{element_id} cannot be activated: {en}."
            raise RefusedError(element_id, "NOT_ACTIVATABLE", why_da, why_en)
    return spec


def _is_boundary(_: ProcessSpec, spec: ElementSpec) -> bool:
    return spec.is_boundary


def _is_start(_: ProcessSpec, spec: ElementSpec) -> bool:
    return isinstance(spec, StartEvent)


def _is_started_by_event(_: ProcessSpec, spec: ElementSpec) -> bool:
    return spec.is_event_subprocess


def _is_behind_event_gateway(process: ProcessSpec, spec: ElementSpec) -> bool:
    gateways = (s for s in process.task_specs.values() if isinstance(s, EventBasedGateway))
    return any(flow.target == spec.name for gateway in gateways for flow in gateway.flows)


def _is_handler(process: ProcessSpec, spec: ElementSpec) -> bool:
    return any(getattr(other, "compensated_by", None) == spec.name for other in process.task_specs.values())


_OBSTACLES = {
    _is_boundary: ("en hændelse på kanten venter sammen med sin aktivitet", "a boundary event waits with its activity"),
    _is_start: ("en starthændelse indtræffer kun selv", "a start event happens only by itself"),
    _is_started_by_event: ("en hændelsesproces startes af sin hændelse", "its event starts an event subprocess"),
    _is_behind_event_gateway: (
        "hændelsen venter sammen med sin hændelsesgateway; aktivér gatewayen",
        "the event waits with its event-based gateway; activate the gateway",
    ),
    _is_handler: ("en kompensation udføres kun ved kompensation", "a compensation handler runs by compensation only"),
}


def scopes_around(definition: Definition, element_id: str) -> list[str]:
    """Give the names of the specs whose tokens an element runs in, the process first, the innermost subprocess last."""
    names: list[str] = []
    around = definition.elements[element_id].parent
    while around is not None and around != definition.process_id:
        repeated = isinstance(definition.spec.element(around), RepeatedActivity)
        names += [f"{around}#", around] if repeated else [around]
        around = definition.elements[around].parent
    return [ROOT, *reversed(names)]


class Placing:
    """Finds or makes the scopes for the elements that one modification activates; `doomed` tokens are about to end."""

    def __init__(self, definition: Definition, execution: Execution, doomed: Collection[str]) -> None:
        self.definition, self.execution, self.doomed = definition, execution, doomed

    def place(self, element_id: str, ancestor: Token | None, variables: tuple[VariablesAt, ...]) -> Place:
        """Give where a token on the element goes; inside a named ancestor, scopes are made anew."""
        spec = activatable(self.definition, element_id)
        names = scopes_around(self.definition, element_id)
        local = self._locals(spec, names, variables)
        if ancestor is None:
            return Place(spec, self._descend(element_id, names, local), local)
        if ancestor.task_spec.name not in names:
            da = f"{ancestor.id} er ikke et forløb, som {element_id} er tegnet i."
            en = f"{ancestor.id} is no scope that {element_id} is drawn in."
            raise RefusedError(element_id, "NOT_AN_ANCESTOR", da, en)
        scope, position = ancestor, names.index(ancestor.task_spec.name)
        self._tell_running(scope, local)
        for name in names[position + 1 :]:
            scope = self._make(element_id, name, scope, local)
        return Place(spec, scope, local)

    def _descend(self, element_id: str, names: list[str], local: Locals) -> Token:
        scope: Token = self.execution.task_tree
        for name in names[1:]:
            running = [t for t in scope.inside() if t.task_spec.name == name and self._can_hold(t)]
            if len(running) > 1:
                tokens = ", ".join(t.id for t in running)
                da = f"{element_id}: {running[0].task_spec.element_id} kører flere gange ({tokens}); nævn den rette."
                en = f"{element_id}: {running[0].task_spec.element_id} runs several times ({tokens}); name the one."
                raise RefusedError(element_id, "SEVERAL_SCOPES", da, en)
            scope = running[0] if running else self._make(element_id, name, scope, local)
            self._tell_running(scope, local)
        return scope

    def _can_hold(self, token: Token) -> bool:
        return not token.is_listener and token.inner is not None and token.id not in self.doomed

    def _make(self, element_id: str, name: str, scope: Token, local: Locals) -> Token:
        """Let a scope run with nothing inside, its attached events and event subprocesses listening."""
        spec = self.execution.spec.element(name)
        self._require_makeable(element_id, spec)
        assert isinstance(spec, Subprocess)
        token = self.execution.add(spec, scope, free_frame(scope))
        token.frame.holder = token
        token.memo.update(local_memo(spec, local))
        spec.enter(token)
        spec.open(token)
        self.execution.hold(token)
        if isinstance(spec, EventSubprocess):
            self._stop_listening(scope, spec)
        return token

    def _require_makeable(self, element_id: str, spec: ElementSpec) -> None:
        if isinstance(spec, RepeatedActivity) or spec.name.endswith("#"):
            da = f"{element_id} ligger i {spec.element_id}, der gentages; nævn den gentagelse, der skal bruges."
            en = f"{element_id} is inside {spec.element_id}, which repeats; name the repetition to use."
            raise RefusedError(element_id, "INSIDE_REPETITION", da, en)
        process = self.execution.spec
        starts = [process.element(name) for name in getattr(spec, "starts", ())]
        if _is_handler(process, spec) or any(isinstance(s, CompensationStart) for s in starts):
            da = f"{element_id} ligger i {spec.element_id}, der kun udføres ved kompensation."
            en = f"{element_id} is inside {spec.element_id}, which runs by compensation only."
            raise RefusedError(element_id, "INSIDE_COMPENSATION", da, en)

    def _stop_listening(self, scope: Token, spec: EventSubprocess) -> None:
        """An interrupting event subprocess that runs is not started once more by its event."""
        for child in scope.inside():
            if child.is_listener and child.task_spec.name in spec.starts and child.task_spec.is_interrupting:
                self.execution.withdraw(child)

    def _locals(self, spec: ElementSpec, names: list[str], variables: tuple[VariablesAt, ...]) -> Locals:
        """Give what is local to which element; raises RefusedError for a scope that has no variables here."""
        local: dict[str, dict[str, object]] = {}
        scopes = {name for name in names if name != ROOT}
        scopes |= {spec.name} if isinstance(spec, ActivitySpec) else set()
        for given in variables:
            if given.scope is None or given.scope == self.definition.process_id:
                continue
            if given.scope not in scopes:
                da = f"{given.scope} er hverken {spec.element_id} eller et forløb omkring, som kan have egne variable."
                en = f"{given.scope} is neither {spec.element_id} nor a scope around it that has variables of its own."
                raise RefusedError(spec.element_id, "NO_SUCH_SCOPE", da, en)
            local.setdefault(given.scope, {}).update(given.values)
        return local

    def _tell_running(self, scope: Token, local: Locals) -> None:
        """Write what is local to a scope that runs already, and take it out of the incident that its end met."""
        values = local.get(scope.task_spec.name)
        if values and scope.inner is not None:
            scope.inner.local.update(values)
        if scope.memo.pop("path_ended", None):
            self.execution.close(scope, CloseReason.CANCELED)


def local_memo(spec: ElementSpec, local: Locals) -> dict[str, object]:
    """Give what a token must remember so that its element begins with these variables of its own."""
    values = local.get(spec.name)
    return {"local": values} if values else {}


def free_frame(scope: Token) -> Frame:
    """Give the variables for one more path inside a scope: a branch, or all of the scope when nothing else runs."""
    frame = scope.inner or scope.frame
    runs = frame.branches or (frame.holder is not None and frame.holder is not scope)
    return frame.branch() if runs else frame


def arrive(execution: Execution, place: Place, frame: Frame) -> Token:
    """Put the token there; a gateway that joins is passed without waiting for the other branches."""
    token = execution.arrive(place.spec, place.scope, frame)
    token.memo.update(local_memo(place.spec, place.local))
    if isinstance(place.spec, JoiningGateway):
        place.spec.activated(token)
        token.memo["leaving"] = True
    return token


def everything_inside(token: Token) -> Iterator[Token]:
    """Give a token and all tokens within it."""
    yield token
    for child in token.inside():
        yield from everything_inside(child)
