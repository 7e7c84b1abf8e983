"""From the bytes of a diagram to definitions that run, or to everything that is wrong with it."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from lxml import etree

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn import spelling
from kfflow.engine.bpmn.build_model import build_model
from kfflow.engine.bpmn.camunda7 import convert_expressions, convert_tree, is_camunda7, speaks_juel
from kfflow.engine.bpmn.camunda7_parts import Conversion
from kfflow.engine.bpmn.lint import basis, check_model, deadline_tables
from kfflow.engine.bpmn.lint.deadline_tables import FindTable
from kfflow.engine.bpmn.model import Diagram, EventDefinition, Node
from kfflow.engine.bpmn.read import Unreadable, read_xml
from kfflow.engine.build import build_process
from kfflow.engine.build_events import timer_trigger
from kfflow.engine.compiler import Compiler
from kfflow.engine.definition import Definition, Element, StartMessage, StartSignal, StartTimer
from kfflow.engine.findings import DeploymentRefused, Finding, Severity
from kfflow.engine.verdict import Judgement, Verdict, verdict_of

_log = logging.getLogger(__name__)
Asking = Callable[[Diagram], Iterable[Finding]]
_RAN_IN_CAMUNDA_7 = frozenset(["boundary-leads-nowhere", "flow-lists", "no-condition"])


def judge(
    source: bytes, resource_name: str, *, under_law: bool = False, find_table: FindTable | None = None
) -> Judgement:
    """Say whether a diagram may be deployed, is a draft or is refused, and all there is to say; never raises.

    A diagram that names a legal basis, or is known to be `under_law`, is held to all of `lint.basis`. With
    `find_table` the tables that give deadlines are looked at, too.
    """
    try:
        definitions, findings = _compile(source, resource_name, partial(_asked, under_law, find_table))
    except Unreadable as problem:
        return Judgement(Verdict.REFUSED, (problem.finding,))
    except Exception as fault:  # noqa: BLE001 - a fault of ours must not keep a designer from their other findings
        _log.exception("lint failed on %s", resource_name)
        return Judgement(Verdict.REFUSED, (_internal(resource_name, fault),))
    return Judgement(verdict_of(findings) if definitions else Verdict.DRAFT, tuple(findings))


def lint(source: bytes, resource_name: str) -> list[Finding]:
    """Give everything there is to say about a diagram; never raises on bad input."""
    return list(judge(source, resource_name).findings)


def compile_new(
    source: bytes, resource_name: str, *, under_law: bool = False, find_table: FindTable | None = None
) -> tuple[Definition, ...]:
    """Compile the executable processes of a diagram to be deployed; raises DeploymentRefused with all findings.

    It is held to what `judge` says. What was deployed once is compiled with `compile_process`.
    """
    return _compiled(source, resource_name, partial(_asked, under_law, find_table))


def compile_process(source: bytes, resource_name: str) -> tuple[Definition, ...]:
    """Compile the executable processes of a deployed diagram, which was judged then; raises as `compile_new`."""
    return _compiled(source, resource_name, _judged_before)


def _asked(under_law: bool, find_table: FindTable | None, diagram: Diagram) -> Iterator[Finding]:  # noqa: FBT001 - partial
    """Ask what the law asks, and whether the tables that give deadlines are there."""
    yield from basis.check(diagram, under_law=under_law)
    if find_table is not None:
        yield from deadline_tables.check(diagram, find_table)


def _judged_before(_diagram: Diagram) -> tuple[Finding, ...]:
    return ()


def _compiled(source: bytes, resource_name: str, ask: Asking) -> tuple[Definition, ...]:
    try:
        definitions, findings = _compile(source, resource_name, ask)
    except Unreadable as problem:
        raise DeploymentRefused([problem.finding]) from None
    if any(f.severity is Severity.ERROR for f in findings):
        raise DeploymentRefused(findings)
    if not definitions:
        raise DeploymentRefused([*findings, _nothing_to_run(resource_name)])
    return definitions


def _compile(source: bytes, resource: str, ask: Asking) -> tuple[tuple[Definition, ...], list[Finding]]:
    root = read_xml(source, resource)
    spelling.settle(root)
    is_import = is_camunda7(root)
    imported = _import(root, resource, is_import=is_import)
    diagram = build_model(root, resource)
    findings = imported + _as_camunda_ran_it(check_model(diagram), is_imported=is_import)
    if not any(f.severity is Severity.ERROR for f in findings):
        compiler = Compiler(resource)
        definitions = tuple(_definition(diagram, process, compiler, source) for process in _executable(diagram))
        return definitions, [*findings, *ask(diagram), *compiler.findings]
    if not any(f.rule == "too-many-joins" for f in findings):
        findings += _expressions_only(diagram)
    return (), [*findings, *ask(diagram)]


def _import(root: etree._Element, resource: str, *, is_import: bool) -> list[Finding]:
    """Turn what other engines write into our dialect, in place; gives what was lost."""
    if is_import:
        return convert_tree(root, resource)
    work = Conversion(resource)
    if speaks_juel(root):
        convert_expressions(work, root)
    return work.findings


def _as_camunda_ran_it(findings: list[Finding], *, is_imported: bool) -> list[Finding]:
    """Let what Camunda 7 ran without ambiguity, against the letter of BPMN, be a remark in an imported diagram."""
    if not is_imported:
        return findings
    return [replace(f, severity=Severity.WARNING) if f.rule in _RAN_IN_CAMUNDA_7 else f for f in findings]


def _expressions_only(diagram: Diagram) -> list[Finding]:
    """Compile what can be compiled of a diagram with faults, for what its expressions have to say."""
    compiler = Compiler(diagram.resource)
    for process in _executable(diagram):
        try:
            build_process(diagram, process, compiler)
        except (KeyError, ValueError, AssertionError, AttributeError, IndexError, TypeError):
            continue
    return compiler.findings


def _executable(diagram: Diagram) -> list[Node]:
    return [p for p in diagram.processes if p.is_executable]


def _internal(resource: str, fault: Exception) -> Finding:
    name = type(fault).__name__
    return Finding(
        "internal",
        Severity.ERROR,
        f"Filen kunne ikke gennemgås på grund af en fejl i kfflow ({name}).",
        f"The file could not be checked because of a fault in kfflow ({name}).",
        resource=resource,
    )


def _nothing_to_run(resource: str) -> Finding:
    return Finding(
        "not-executable",
        Severity.ERROR,
        "Ingen proces i filen er markeret som kørbar (isExecutable).",
        "No process in the file is marked as executable (isExecutable).",
        resource=resource,
    )


def _definition(diagram: Diagram, process: Node, compiler: Compiler, source: bytes) -> Definition:
    spec = build_process(diagram, process, compiler)
    starts = [n for n in process.children if n.type == "startEvent"]
    waiting = [*starts, *_instantiating(process)]
    begins = [(node, event) for node in waiting for event in node.events]
    nodes = list(process.walk())
    return Definition(
        process_id=process.id,
        name=process.name or process.id,
        version_tag=ext.zeebe_attributes(process.xml, "versionTag").get("value"),
        resource_name=diagram.resource,
        source=source,
        elements={node.id: _element(node) for node in nodes},
        spec=spec,
        start_messages=tuple(StartMessage(n.id, name) for n in waiting for name in _messages(diagram, n)),
        start_timers=tuple(_start_timer(n, e, compiler) for n, e in begins if e.kind == "timer"),
        start_signals=tuple(StartSignal(n.id, e.name) for n, e in begins if e.kind == "signal"),
        called_processes=_literals(nodes, "callActivity", "calledElement", "processId"),
        called_decisions=_literals(nodes, "businessRuleTask", "calledDecision", "decisionId"),
        forms=tuple(sorted({f for n in nodes if (f := _form(n))})),
        start_form=next((f for n in starts if not n.events and (f := _form(n))), None),
        hjemmel=ext.hjemmel(process.xml),
        case=ext.kf_attributes(process.xml, "case"),
        deadline=spec.case_deadline,
        legal_date=compiler.optional(ext.kf_attributes(process.xml, "case").get("legalDate"), process),
        deadline_uses=tuple(use for node in nodes for use in deadline_tables.uses(node)),
    )


def _form(node: Node) -> str | None:
    return ext.zeebe_attributes(node.xml, "formDefinition").get("formId")


def _instantiating(process: Node) -> list[Node]:
    """Give the elements whose events begin an instance without a start event (BPMN 2.0 §10.3.3, §10.6.6)."""
    begin = [n for n in process.children if n.xml.get("instantiate") == "true"]
    behind = [flow.target for n in begin if n.type == "eventBasedGateway" for flow in n.outgoing]
    return [n for n in begin if n.type == "receiveTask"] + behind


def _messages(diagram: Diagram, node: Node) -> list[str]:
    """Give the names of the messages that a start event or receiving element waits for."""
    if node.type != "receiveTask":
        return [event.name for event in node.events if event.kind == "message"]
    message = diagram.by_id.get(node.xml.get("messageRef", "").rpartition(":")[2])
    return [] if message is None else [message.get("name") or node.id]


def _start_timer(node: Node, event: EventDefinition, compiler: Compiler) -> StartTimer:
    return StartTimer(node.id, timer_trigger(event, node, compiler))


def _literals(nodes: list[Node], kind: str, tag: str, attribute: str) -> tuple[str, ...]:
    """Give the ids that are named outright; the ones computed at run time cannot be known here."""
    found = {ext.zeebe_attributes(n.xml, tag).get(attribute) or n.xml.get(tag) for n in nodes if n.type == kind}
    return tuple(sorted(name for name in found if name and not name.startswith("=")))


def _element(node: Node) -> Element:
    return Element(
        id=node.id,
        type=node.type,
        name=node.name,
        line=node.line,
        lane=node.lane,
        documentation=ext.documentation(node.xml),
        hjemmel=ext.hjemmel(node.xml) or ext.deadline_hjemmel(node.xml),
        incoming=tuple(f.id for f in node.incoming),
        outgoing=tuple(f.id for f in node.outgoing),
        parent=node.parent.id if node.parent is not None else None,
        attached_to=node.attached.id if node.attached is not None else None,
        letters=tuple(said.get("element", "") for said in ext.all_written(node.xml, "letter")),
        form=_form(node),
    )
