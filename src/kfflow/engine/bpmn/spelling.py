"""Other spellings of the same: booleans as 1 and 0, references with a prefix, expressions beside other content."""

from lxml import etree

from kfflow.engine.bpmn.names import BPMN, local_name, namespace

_BOOLEANS = frozenset(
    [
        "cancelActivity", "cancelRemainingInstances", "instantiate", "isClosed", "isCollection", "isExecutable",
        "isForCompensation", "isImmediate", "isInterrupting", "isSequential", "isUnlimited", "parallelMultiple",
        "testBefore", "triggeredByEvent", "waitForCompletion",
    ]
)  # fmt: skip
_LITERALS = {"1": "true", "0": "false"}
_WITHIN = frozenset(["attachedToRef", "default", "sourceRef", "targetRef"])
"""References to elements of the same file."""
_EXPRESSIONS = frozenset(
    [
        "activationCondition", "completionCondition", "condition", "conditionExpression", "dataPath", "from",
        "loopCardinality", "loopCondition", "messagePath", "timeCycle", "timeDate", "timeDuration", "to",
        "transformation",
    ]
)  # fmt: skip


def settle(root: etree._Element) -> None:
    """Write a tree, in place, in the one spelling that is read here."""
    for element in root.iter():
        if namespace(element.tag) == BPMN:
            for name in element.attrib:
                element.set(name, _settled(element, str(name)))
            if len(element) and local_name(element.tag) in _EXPRESSIONS:
                _gather(element)


def _settled(element: etree._Element, name: str) -> str:
    value = element.get(name, "")
    if name in _BOOLEANS:
        plain = value.strip().lower()
        return _LITERALS.get(plain, plain)
    if name in _WITHIN:
        return value.strip().rpartition(":")[2]
    return _called(element, value) if name == "calledElement" else value


def _called(element: etree._Element, value: str) -> str:
    """Give the id of a called process, which may stand in another file and then has the prefix of that."""
    prefix, _, local = value.strip().rpartition(":")
    return local if prefix in element.nsmap else value


def _gather(expression: etree._Element) -> None:
    """Put the text of an expression together that stands among its documentation and extensions (schema: mixed)."""
    expression.text = "".join([expression.text or "", *(child.tail or "" for child in expression)])
    for child in expression:
        child.tail = None
