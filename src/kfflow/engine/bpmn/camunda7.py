"""Diagrams drawn for Camunda 7 become diagrams of our dialect; what has no counterpart is named."""

from collections.abc import Callable

from lxml import etree

from kfflow.engine.bpmn.camunda7_parts import Conversion, convert_call, convert_loop, convert_mappings
from kfflow.engine.bpmn.juel import is_juel
from kfflow.engine.bpmn.names import BPMN, CAMUNDA, CAMUNDA_RELATIVES, KF, ZEEBE, bpmn, camunda, local_name, namespace
from kfflow.engine.bpmn.read import Unreadable, read_xml
from kfflow.engine.findings import Finding, Severity

_EXPRESSIONS = frozenset(
    [
        "conditionExpression", "timeDate", "timeDuration", "timeCycle", "loopCardinality", "completionCondition",
        "condition", "loopCondition",
    ]
)  # fmt: skip
_HANDLED_ATTRIBUTES = frozenset(
    [
        "assignee",
        "calledElementBinding",
        "calledElementVersionTag",
        "candidateGroups",
        "candidateUsers",
        "class",
        "collection",
        "decisionRef",
        "decisionRefBinding",
        "delegateExpression",
        "dueDate",
        "elementVariable",
        "exclusive",
        "expression",
        "followUpDate",
        "formKey",
        "formRef",
        "formRefBinding",
        "formRefVersion",
        "historyTimeToLive",
        "inheritVariables",
        "initiator",
        "isStartableInTasklist",
        "mapDecisionResult",
        "priority",
        "resultVariable",
        "taskPriority",
        "topic",
        "type",
        "versionTag",
    ]
)
_HANDLED_ELEMENTS = frozenset(
    ["inputOutput", "inputParameter", "outputParameter", "in", "out", "properties", "property"]
)


_HARMLESS = frozenset(
    [
        "async", "asyncBefore", "asyncAfter", "jobPriority", "diagramRelationId", "candidateStarterGroups",
        "candidateStarterUsers", "modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon",
    ]
)  # fmt: skip
"""Attributes that change nothing of what a process does."""
_LISTENERS = frozenset(["executionListener", "taskListener", "connector", "errorEventDefinition"])
_BINDINGS = {
    "calledElementBinding": ("latest", "deployment", "versionTag"),
    "decisionRefBinding": ("latest",),
}


def is_camunda7(root: etree._Element) -> bool:
    """Tell whether anything in the diagram is written in the Camunda 7 dialect, or that of a relative."""
    names = (name for element in root.iter() for name in (element.tag, *element.attrib))
    return any(namespace(name) == CAMUNDA or namespace(name) in CAMUNDA_RELATIVES for name in names)


def speaks_juel(root: etree._Element) -> bool:
    """Tell whether a diagram of neither Camunda 8 nor kfflow has JUEL for its expressions."""
    tags = [e.tag for e in root.iter()]
    if any(namespace(tag) in (ZEEBE, KF) for tag in tags):
        return False
    return any(is_juel(e.text or "") for e in root.iter(*map(bpmn, _EXPRESSIONS)))


def convert_camunda7(source: bytes, resource_name: str) -> tuple[bytes, list[Finding]]:
    """Convert a diagram; gives the converted bytes and what was lost. A file that cannot be read is given back."""
    try:
        root = read_xml(source, resource_name)
    except Unreadable as problem:
        return source, [problem.finding]
    findings = convert_tree(root, resource_name)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8"), findings


def convert_tree(root: etree._Element, resource_name: str) -> list[Finding]:
    """Convert in place."""
    work = Conversion(resource_name, _adopt(root))
    convert_expressions(work, root)
    for element in [e for e in root.iter() if namespace(e.tag) == BPMN]:
        kind = local_name(element.tag)
        if kind in _CONVERTERS:
            _CONVERTERS[kind](work, element)
        convert_mappings(work, element)
        _name_the_rest(work, element)
    return work.findings


def _adopt(root: etree._Element) -> str:
    """Write the words of a relative as those of Camunda 7, in place; gives the prefix that its words have."""
    found = "camunda"
    for element in root.iter():
        for name in (element.tag, *element.attrib):
            relative = CAMUNDA_RELATIVES.get(namespace(name))
            if relative is None:
                continue
            found = relative
            if name == element.tag:
                element.tag = camunda(local_name(name))
            else:
                element.set(camunda(local_name(name)), element.attrib.pop(name))
    return found


def convert_expressions(work: Conversion, root: etree._Element) -> None:
    """Write what is surely JUEL as FEEL, in place."""
    for element in root.iter(*map(bpmn, _EXPRESSIONS)):
        if is_juel(element.text or ""):
            element.text = work.expression(element.text or "", _owner(element))


def _owner(element: etree._Element) -> etree._Element:
    """Give the element with an id that an expression belongs to."""
    owner: etree._Element | None = element
    while owner is not None and not owner.get("id"):
        owner = owner.getparent()
    return element if owner is None else owner


def _user_task(work: Conversion, task: etree._Element) -> None:
    work.extend(
        task, "assignmentDefinition",
        assignee=work.value(task, "assignee"),
        candidateGroups=work.value(task, "candidateGroups"),
        candidateUsers=work.value(task, "candidateUsers"),
    )  # fmt: skip
    work.extend(
        task, "taskSchedule", dueDate=work.value(task, "dueDate"), followUpDate=work.value(task, "followUpDate")
    )
    work.extend(task, "priorityDefinition", priority=work.value(task, "priority"))
    form = task.get(camunda("formRef")) or task.get(camunda("formKey"))
    if form:
        work.extend(task, "formDefinition", formId=form.rpartition(":")[2].rpartition("/")[2].partition(".")[0])


def _worker(work: Conversion, task: etree._Element) -> None:
    topic = task.get(camunda("topic"))
    if topic:
        work.extend(task, "taskDefinition", type=work.text(topic, task))
        return
    for attribute in ("class", "delegateExpression", "expression"):
        code = task.get(camunda(attribute))
        if code:
            name = code.strip("${}#").rpartition(".")[2].partition("(")[0] or code
            work.extend(task, "taskDefinition", type=name)
            work.lost(
                task, "camunda-java",
                f"Java-koden {code} skal afløses af en håndtering af jobtypen {name}.",
                f"The Java code {code} needs a handler for the job type {name} instead.",
            )  # fmt: skip
            return


def _rule(work: Conversion, task: etree._Element) -> None:
    decision = task.get(camunda("decisionRef"))
    if not decision:
        _worker(work, task)
        return
    variable = task.get(camunda("resultVariable")) or "result"
    work.extend(task, "calledDecision", decisionId=work.text(decision, task), resultVariable=variable)
    if task.get(camunda("mapDecisionResult")) != "singleEntry":
        work.lost(
            task, "camunda-decision-result",
            f"{variable} bliver det, beslutningen giver: én værdi ved én udgang, ikke Camunda 7's liste af rækker.",
            f"{variable} becomes what the decision gives: one value for one output, not Camunda 7's list of rows.",
        )  # fmt: skip


def _throwing(work: Conversion, event: etree._Element) -> None:
    definition = event.find(bpmn("messageEventDefinition"))
    if definition is not None and definition.get(camunda("topic")):
        work.extend(event, "taskDefinition", type=work.text(definition.get(camunda("topic"), ""), event))


def _script(work: Conversion, task: etree._Element) -> None:
    script = task.find(bpmn("script"))
    if script is None or not (script.text or "").strip():
        return
    language = (task.get("scriptFormat") or "").lower()
    text = script.text or ""
    if language in ("feel", "application/feel", "juel"):
        feel = work.expression(text, task) if language == "juel" else f"={text.strip()}"
        work.extend(task, "script", expression=feel, resultVariable=task.get(camunda("resultVariable")))
        task.remove(script)
        return
    work.lost(
        task, "camunda-script",
        f"Scriptet er skrevet i {language or 'et ukendt sprog'}; kfflow kører kun FEEL.",
        f"The script is written in {language or 'an unknown language'}; kfflow runs FEEL only.",
        Severity.ERROR,
    )  # fmt: skip


def _name_the_rest(work: Conversion, element: etree._Element) -> None:
    for attribute in element.attrib:
        name = local_name(attribute)
        if namespace(attribute) == CAMUNDA and name not in _HANDLED_ATTRIBUTES:
            work.lost(
                element, "camunda-attribute",
                f"{work.dialect}:{name} har intet modstykke og bruges ikke.",
                f"{work.dialect}:{name} has no counterpart and is not used.",
                Severity.INFO if name in _HARMLESS else Severity.WARNING,
            )  # fmt: skip
        if name in _BINDINGS and element.get(attribute) not in _BINDINGS[name]:
            work.lost(
                element, "camunda-binding",
                f"{name}={element.get(attribute)} har intet modstykke; vælg latest, deployment eller versionTag.",
                f"{name}={element.get(attribute)} has no counterpart; choose latest, deployment or versionTag.",
                Severity.ERROR,
            )  # fmt: skip
    extensions = element.find(bpmn("extensionElements"))
    for child in extensions if extensions is not None else ():
        name = local_name(child.tag)
        if namespace(child.tag) == CAMUNDA and name in _LISTENERS:
            work.lost(
                element, "camunda-listener",
                f"{work.dialect}:{name} er kode, som kfflow ikke kører; tegn den som en opgave.",
                f"{work.dialect}:{name} is code that kfflow does not run; draw it as a task.",
                Severity.ERROR,
            )  # fmt: skip
        elif namespace(child.tag) == CAMUNDA and name not in _HANDLED_ELEMENTS:
            work.lost(
                element, "camunda-element",
                f"{work.dialect}:{name} har intet modstykke og bruges ikke.",
                f"{work.dialect}:{name} has no counterpart and is not used.",
            )  # fmt: skip


_CONVERTERS: dict[str, Callable[[Conversion, etree._Element], None]] = {
    "userTask": _user_task,
    "serviceTask": _worker,
    "sendTask": _worker,
    "businessRuleTask": _rule,
    "scriptTask": _script,
    "callActivity": convert_call,
    "multiInstanceLoopCharacteristics": convert_loop,
    "intermediateThrowEvent": _throwing,
    "endEvent": _throwing,
}
