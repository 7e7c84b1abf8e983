"""What all parts of the Camunda 7 import share, and its mappings, calls and loops."""

from lxml import etree

from kfflow.engine.bpmn.juel import Untranslatable, is_expression, to_feel
from kfflow.engine.bpmn.names import KF, ZEEBE, bpmn, camunda, kf, line_of, local_name, zeebe
from kfflow.engine.findings import Finding, Severity


class Conversion:
    """One conversion: what it writes and what it could not keep."""

    def __init__(self, resource: str, dialect: str = "camunda") -> None:
        self.resource = resource
        self.dialect = dialect
        self.findings: list[Finding] = []

    def lost(self, element: etree._Element, rule: str, da: str, en: str, severity: Severity = Severity.WARNING) -> None:
        self.findings.append(
            Finding(
                rule,
                severity,
                da,
                en,
                element.get("id"),
                element.get("name"),
                line_of(element),
                resource=self.resource,
            )
        )

    def expression(self, text: str, element: etree._Element) -> str:
        """Give the FEEL of a `${…}` expression with its leading `=`; what has none is reported and kept."""
        try:
            return f"={to_feel(text)}"
        except Untranslatable:
            self.lost(
                element, "camunda-expression",
                f"Udtrykket {text.strip()} kan ikke oversættes til FEEL.",
                f"The expression {text.strip()} cannot be translated to FEEL.",
                Severity.ERROR,
            )  # fmt: skip
            return "=null"

    def text(self, text: str, element: etree._Element) -> str:
        """Give an attribute of our dialect: FEEL for an expression, the literal otherwise."""
        return self.expression(text, element) if is_expression(text) else text

    def value(self, element: etree._Element, attribute: str) -> str | None:
        found = element.get(camunda(attribute))
        return None if found is None else self.text(found, element)

    def extend(self, element: etree._Element, tag: str, **attributes: str | None) -> None:
        """Write a `zeebe:` extension element, unless the diagram has one already or there is nothing to write."""
        given = {name: value for name, value in attributes.items() if value}
        container = extensions_of(element)
        if given and container.find(zeebe(tag)) is None:
            etree.SubElement(container, zeebe(tag), given, nsmap={"zeebe": ZEEBE})


def extensions_of(element: etree._Element) -> etree._Element:
    container = element.find(bpmn("extensionElements"))
    if container is None:
        container = etree.Element(bpmn("extensionElements"))
        after_documentation = len(list(element.iterchildren(bpmn("documentation"))))
        element.insert(after_documentation, container)
    return container


def convert_mappings(work: Conversion, element: etree._Element) -> None:
    """Turn `camunda:inputOutput` into `zeebe:ioMapping`."""
    extensions = element.find(bpmn("extensionElements"))
    found = None if extensions is None else extensions.find(camunda("inputOutput"))
    if found is None or extensions is None:
        return
    for parameter in found:
        direction = local_name(parameter.tag).removesuffix("Parameter")
        if len(parameter):
            work.lost(
                element, "camunda-mapping",
                f"Parameteren {parameter.get('name')} er hverken en tekst eller et udtryk.",
                f"The parameter {parameter.get('name')} is neither a text nor an expression.",
            )  # fmt: skip
            continue
        text = (parameter.text or "").strip()
        add_mapping(extensions, direction, work.text(text, element), parameter.get("name", ""))
        _keep_results(extensions, "unmapped")


def _keep_results(extensions: etree._Element, which: str) -> None:
    """Let results be variables beside what is mapped of them, as they are in Camunda 7."""
    if extensions.find(kf("results")) is None:
        etree.SubElement(extensions, kf("results"), {"keep": which}, nsmap={"kf": KF})


def add_mapping(extensions: etree._Element, direction: str, source: str, target: str) -> None:
    mapping = extensions.find(zeebe("ioMapping"))
    if mapping is None:
        mapping = etree.SubElement(extensions, zeebe("ioMapping"), nsmap={"zeebe": ZEEBE})
    etree.SubElement(mapping, zeebe(direction), {"source": source, "target": target})


def convert_call(work: Conversion, call: etree._Element) -> None:
    """Turn the variables in and out of a call activity into ours."""
    extensions = extensions_of(call)
    for direction, tag in (("input", "in"), ("output", "out")):
        for mapped in extensions.findall(camunda(tag)):
            _call_variable(work, call, extensions, direction, mapped)
    inherits = call.get(camunda("inheritVariables")) == "true"
    passes = inherits or any(m.get("variables") == "all" for m in extensions.findall(camunda("in")))
    returns = any(m.get("variables") == "all" for m in extensions.findall(camunda("out")))
    if returns:
        _keep_results(extensions, "all")
    work.extend(
        call, "calledElement",
        processId=work.text(call.get("calledElement", ""), call),
        propagateAllParentVariables="true" if passes else "false",
        propagateAllChildVariables="true" if returns else "false",
        bindingType={"versionTag": "versionTag", "deployment": "deployment"}.get(
            call.get(camunda("calledElementBinding"), ""), "latest"
        ),
        versionTag=call.get(camunda("calledElementVersionTag")),
    )  # fmt: skip


def _call_variable(
    work: Conversion, call: etree._Element, extensions: etree._Element, direction: str, mapped: etree._Element
) -> None:
    target = mapped.get("target")
    if target and mapped.get("source"):
        add_mapping(extensions, direction, f"={mapped.get('source')}", target)
    elif target and mapped.get("sourceExpression"):
        add_mapping(extensions, direction, work.text(mapped.get("sourceExpression", ""), call), target)
    elif mapped.get("variables") != "all" and not mapped.get("businessKey"):
        work.lost(
            call, "camunda-mapping",
            "En variabel ind eller ud af kaldet kan ikke læses.", "A variable of the call cannot be read.",
        )  # fmt: skip


def convert_loop(work: Conversion, loop: etree._Element) -> None:
    """Turn the collection of a multi-instance activity into ours; Camunda 7 counts its instances from 0."""
    etree.SubElement(extensions_of(loop), kf("loop"), {"countsFrom": "0"}, nsmap={"kf": KF})
    collection = loop.get(camunda("collection"))
    if not collection:
        return
    feel = work.expression(collection, loop) if is_expression(collection) else f"={collection}"
    work.extend(loop, "loopCharacteristics", inputCollection=feel, inputElement=loop.get(camunda("elementVariable")))
