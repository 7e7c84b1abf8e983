"""Which element of a new version an element of the old one becomes, and the flows and scopes that follow from it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from kfflow.engine.build import ROOT
from kfflow.engine.definition import Definition, Element
from kfflow.engine.spiff.element import ElementSpec
from kfflow.engine.spiff.loops import RepeatedActivity
from kfflow.engine.spiff.process import ProcessSpec


@dataclass(frozen=True)
class ElementMap:
    """Two versions and a mapping of element ids; an element that is not named in it keeps its id."""

    old: Definition
    new: Definition
    given: Mapping[str, str] = field(default_factory=dict)

    def element(self, element_id: str) -> str:
        if element_id == self.old.process_id:
            return self.new.process_id
        return self.given.get(element_id, element_id)

    def name(self, name: str) -> str:
        """Give the name of a spec: `X#` is the inside of a repeated X."""
        if name == ROOT:
            return ROOT
        inner = "#" if name.endswith("#") else ""
        return self.element(name.removesuffix("#")) + inner

    def spec(self, name: str) -> ElementSpec | None:
        """Give the new spec that an old one becomes; None when the new version has no such element."""
        return self.new.spec.find(self.name(name))

    def flow(self, flow_id: str | None, into: str) -> str | None:
        """Give the new flow into an element that an old flow became: of the same id, else the one from the same place.

        Where the new version has added elements on the way, it is the one that leads on from the last of them. None
        when there is none, or several could be meant.
        """
        arriving = incoming(self.new, self.element(into))
        if flow_id in arriving:
            return flow_id
        if added := self.added_on(flow_id, into):
            (last,) = self.new.spec.element(added[-1]).flows
            return last.id
        source = next((s for f, s in incoming(self.old, into).items() if f == flow_id), None)
        if source is None:
            return None
        same = [f for f, s in arriving.items() if s == self.element(source)]
        return same[0] if len(same) == 1 else None

    def added_on(self, flow_id: str | None, into: str) -> tuple[str, ...]:
        """Give the elements, one after the other, that the new version has put on a flow into an element."""
        ways = {flow.id: flow.target for spec in self.new.spec.task_specs.values() for flow in spec.flows}
        kept = {self.element(old) for old in self.old.elements}
        added: list[str] = []
        place = ways.get(flow_id or "", "")
        while place and place not in kept and place not in added:
            added.append(place)
            flows = self.new.spec.element(place).flows
            place = flows[0].target if len(flows) == 1 else ""
        return tuple(added) if place == self.element(into) else ()

    def changed(self) -> dict[str, str]:
        """Give the elements of the old version that have another id in the new one."""
        known = self.old.elements
        return {
            old: self.element(old)
            for old in known
            if self.element(old) != old and self.element(old) in self.new.elements
        }


def reaches(process: ProcessSpec, begin: str, goal: str) -> bool:
    """Tell whether a token can get from one element to another by flows and attached events."""
    seen: set[str] = set()
    pending = [begin]
    while pending:
        name = pending.pop()
        spec = process.find(name)
        if name == goal:
            return True
        if spec is None or name in seen:
            continue
        seen.add(name)
        pending += [flow.target for flow in spec.flows] + list(getattr(spec, "boundaries", ()))
        pending += [target] if (target := getattr(spec, "target", "")) else []
    return False


def incoming(definition: Definition, element_id: str) -> dict[str, str]:
    """Give the flows into an element, with where each comes from."""
    specs = definition.spec.task_specs.values()
    return {flow.id: spec.element_id for spec in specs for flow in spec.flows if flow.target == element_id}


def scope_of(definition: Definition, name: str) -> str:
    """Give the name of the spec in whose tokens the tokens of another one run."""
    if name.endswith("#"):
        return name.removesuffix("#")
    around = definition.elements[name].parent
    if around is None or around == definition.process_id:
        return ROOT
    return f"{around}#" if isinstance(definition.spec.element(around), RepeatedActivity) else around


def suggest(old: Definition, new: Definition) -> dict[str, str]:
    """Suggest what each element becomes: the one of the same id and type, else of the same type and name if unique."""
    same = {e.id: e.id for e in old.elements.values() if (o := new.elements.get(e.id)) and o.type == e.type}
    left = [e for e in old.elements.values() if e.id not in same and e.name]
    free = [e for e in new.elements.values() if e.id not in same.values() and e.name]
    olds, news = Counter(map(_looks, left)), Counter(map(_looks, free))
    by_look = {_looks(e): e.id for e in free}
    unique = {e.id: by_look[_looks(e)] for e in left if olds[_looks(e)] == news[_looks(e)] == 1}
    process = {old.process_id: new.process_id}
    return {**same, **unique, **process}


def _looks(element: Element) -> tuple[str, str]:
    return element.type, element.name


def changed_elements(old: Definition, new: Definition, given: Mapping[str, str]) -> dict[str, str]:
    """Give the elements that have another id in the new version."""
    return ElementMap(old, new, given).changed()
