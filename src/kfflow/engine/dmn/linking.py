"""A model joined with the models it imports: references resolved, every piece of logic compiled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kfflow.engine.dmn import item_types
from kfflow.engine.dmn.boxed import compile_boxed, compile_function
from kfflow.engine.dmn.model import (
    DecisionElement,
    Element,
    Import,
    InputData,
    Knowledge,
    Service,
    Source,
)
from kfflow.engine.dmn.scope import Logic, Scope, Variables, find_type, typed
from kfflow.engine.findings import Finding, Severity
from kfflow.feel.types import ANY, FunctionType, Type
from kfflow.feel.values import Function

IMPORT_DEPTH_LIMIT = 10
MakeFunction = Callable[[Callable[[], Variables]], Function]


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a requirement points: an element of this model (`namespace` is None) or of an imported one.

    What is imported without a name (`alias` is empty) is known by its own (DMN 1.5 §6.3.3).
    """

    namespace: str | None
    alias: str
    element: Element

    @property
    def name(self) -> str:
        """Give the name by which expressions reach the element: of itself, or of what holds it."""
        return self.alias or self.element.name


@dataclass(slots=True)
class Linked:
    """A compiled model: `imports` by namespace, `logic` by decision, `functions` by business knowledge, all by id.

    `reads` are the names that each element uses.
    """

    source: Source
    types: Mapping[str, Type]
    imports: "dict[str, Linked]" = field(default_factory=dict)
    logic: dict[str, Logic] = field(default_factory=dict)
    functions: dict[str, MakeFunction] = field(default_factory=dict)
    requirements: dict[str, tuple[Reference, ...]] = field(default_factory=dict)
    reads: dict[str, set[str]] = field(default_factory=dict)
    read_in_all: "dict[str, frozenset[str] | None]" = field(default_factory=dict)

    def resolve(self, href: str) -> Reference | None:
        namespace, _, element_id = href.rpartition("#")
        if namespace in {"", self.source.namespace} and element_id in self.source.elements:
            return Reference(None, "", self.source.elements[element_id])
        if namespace in self.imports and element_id in self.imports[namespace].source.elements:
            return Reference(namespace, self.aliases[namespace], self.imports[namespace].source.elements[element_id])
        return None

    @property
    def aliases(self) -> dict[str, str]:
        """Give the names of the imported models by namespace."""
        return {i.namespace: i.name for i in self.source.imports if i.namespace in self.imports}

    def references(self, hrefs: Sequence[str]) -> tuple[Reference, ...]:
        return tuple(r for r in map(self.resolve, hrefs) if r is not None)


def link(source: Source, others: Sequence[Source], resource: str, findings: list[Finding], depth: int = 0) -> Linked:
    """Compile `source` with the models it imports taken from `others`."""
    imports = _imports(source, others, resource, findings, depth)
    inherited = _inherited(source, imports)
    linked = Linked(source, item_types.build_types(source.items, inherited), imports)
    members = item_types.member_names(source.items) | {
        e.name for m in imports.values() for e in m.source.elements.values()
    }
    for imported in imports.values():
        members |= item_types.member_names(imported.source.items)
    scope = Scope(resource, findings, linked.types, members)
    for element in source.elements.values():
        _compile(linked, scope, element)
    _report_cycles(linked, scope)
    return linked


def _inherited(source: Source, imports: "Mapping[str, Linked]") -> dict[str, Type]:
    """Give the imported types by the names they have here."""
    present = [(i.name, imports[i.namespace]) for i in source.imports if i.namespace in imports]
    return {f"{a}.{n}" if a else n: t for a, m in present for n, t in m.types.items()}


def _imports(
    source: Source, others: Sequence[Source], resource: str, findings: list[Finding], depth: int
) -> dict[str, Linked]:
    by_namespace = {o.namespace: o for o in others}
    found: dict[str, Linked] = {}
    for wanted in source.imports:
        imported = by_namespace.get(wanted.namespace)
        if imported is not None and depth < IMPORT_DEPTH_LIMIT:
            found[wanted.namespace] = link(imported, others, imported.name, [], depth + 1)
        else:
            findings.append(_missing_import(wanted, resource))
    return found


def _missing_import(wanted: Import, resource: str) -> Finding:
    return Finding(
        "dmn-import",
        Severity.WARNING,
        f"Den importerede model {wanted.name} er ikke til stede.",
        f"The imported model {wanted.name} is not present.",
        name=wanted.name,
        line=wanted.line,
        resource=resource,
    )


def _compile(linked: Linked, scope: Scope, element: Element) -> None:
    hrefs = element.requires if isinstance(element, (DecisionElement, Knowledge)) else ()
    references = linked.references(hrefs)
    linked.requirements[element.id] = references
    names = {r.name for r in references} | {i.name for i in linked.source.imports}
    inner = scope.within(element, names, is_typed=_are_typed(references))
    linked.reads[element.id] = inner.reads
    _report_unresolved(linked, inner, hrefs)
    if element.type_ref:
        inner.type_of(element.type_ref, element.line)
    if isinstance(element, DecisionElement) and element.logic is not None:
        wanted = linked_type(linked, element)
        linked.logic[element.id] = typed(compile_boxed(inner, element.logic), wanted, element.name)
    elif isinstance(element, Knowledge) and element.logic is not None:
        result = linked_type(linked, element)
        linked.functions[element.id] = compile_function(
            inner.plus(element.name), element.logic, element.name, result_type(result)
        )
    elif isinstance(element, Service):
        _report_unresolved(linked, inner, (*element.outputs, *element.inputs, *element.input_decisions))


def _are_typed(references: Sequence[Reference]) -> bool:
    """Tell whether an element requires input data, and all of it declares a type."""
    inputs = [r.element for r in references if isinstance(r.element, InputData)]
    return bool(inputs) and all(i.type_ref for i in inputs)


def result_type(declared: Type) -> Type:
    """Give what a function yields: since DMN 1.3 its variable may be declared as a function type."""
    return declared.result if isinstance(declared, FunctionType) else declared


def linked_type(linked: Linked, element: Element) -> Type:
    return find_type(linked.types, element.type_ref) or ANY


def _report_unresolved(linked: Linked, scope: Scope, hrefs: Sequence[str]) -> None:
    for href in hrefs:
        namespace = href.rpartition("#")[0]
        is_foreign = any(i.namespace == namespace for i in linked.source.imports)
        if linked.resolve(href) is None and not is_foreign:
            scope.report("dmn-reference", f"{href} findes ikke.", f"{href} does not exist.", 0)


def _report_cycles(linked: Linked, scope: Scope) -> None:
    for element in linked.source.elements.values():
        if isinstance(element, DecisionElement) and _requires_itself(linked, element):
            scope.within(element, ()).report(
                "dmn-cycle",
                f"Beslutningen {element.name} kræver sig selv.",
                f"The decision {element.name} requires itself.",
                element.line,
            )


def _requires_itself(linked: Linked, element: DecisionElement) -> bool:
    pending = list(local_decisions(linked, element.id))
    seen: set[str] = set()
    while pending:
        current = pending.pop()
        if current == element.id:
            return True
        if current not in seen:
            seen.add(current)
            pending.extend(local_decisions(linked, current))
    return False


def local_decisions(linked: Linked, element_id: str) -> list[str]:
    """Give the ids of the decisions of this model that an element requires directly."""
    return [
        r.element.id
        for r in linked.requirements.get(element_id, ())
        if r.namespace is None and isinstance(r.element, DecisionElement)
    ]


def variables_read(linked: Linked, element: Element) -> frozenset[str] | None:
    """Give the names that an element and all it requires may read; None when that cannot be told."""
    if element.id not in linked.read_in_all:
        linked.read_in_all[element.id] = _read_in_all(linked, element)
    return linked.read_in_all[element.id]


def _read_in_all(linked: Linked, element: Element) -> frozenset[str] | None:
    if linked.source.imports or isinstance(element, Service):
        return None
    read: set[str] = set()
    pending, seen = [element], {element.id}
    while pending:
        current = pending.pop()
        read |= {current.name} | linked.reads.get(current.id, set())
        if isinstance(current, Service):
            return None
        required = [r.element for r in linked.requirements.get(current.id, ()) if r.element.id not in seen]
        seen |= {e.id for e in required}
        pending += required
    return frozenset(read)


def evaluation_order(linked: Linked, decision_id: str, given: Mapping[str, object]) -> list[str]:
    """Give the decisions to evaluate for one of them, the required ones first; `given` ones are known already."""
    order: list[str] = []
    seen: set[str] = set(given)
    pending: list[tuple[str, bool]] = [(decision_id, False)]
    while pending:
        current, is_done = pending.pop()
        if is_done:
            order.append(current)
        elif current not in seen:
            seen.add(current)
            pending.append((current, True))
            pending.extend((d, False) for d in local_decisions(linked, current))
    return order
