"""Which attributes and child elements refer to what kinds of elements (BPMN 2.0, class diagrams of §8–10)."""

from kfflow.engine.bpmn.model import ACTIVITIES, EVENTS, FLOW_NODES

EVENT_DEFINITIONS = frozenset(
    f"{kind}EventDefinition"
    for kind in (
        "cancel", "compensate", "conditional", "error", "escalation", "link", "message", "signal", "terminate", "timer",
    )
)  # fmt: skip
_CHOREOGRAPHY = frozenset(["choreographyTask", "subChoreography", "callChoreography"])
_COLLABORATION = frozenset(["collaboration", "choreography", "globalConversation"])
_CONVERSATION = frozenset(["conversation", "callConversation", "subConversation"])
_DATA = frozenset(["dataObject", "dataObjectReference", "dataInput", "dataOutput", "dataStoreReference", "property"])
_MESSAGE_ENDS = ACTIVITIES | EVENTS | _CONVERSATION | _CHOREOGRAPHY | {"participant"}
_SEQUENCE_ENDS = FLOW_NODES | _CHOREOGRAPHY

ATTRIBUTES: dict[tuple[str, str], frozenset[str]] = {
    ("sequenceFlow", "sourceRef"): _SEQUENCE_ENDS,
    ("sequenceFlow", "targetRef"): _SEQUENCE_ENDS,
    ("messageFlow", "sourceRef"): _MESSAGE_ENDS,
    ("messageFlow", "targetRef"): _MESSAGE_ENDS,
    ("messageFlow", "messageRef"): frozenset(["message"]),
    ("boundaryEvent", "attachedToRef"): ACTIVITIES,
    ("messageEventDefinition", "messageRef"): frozenset(["message"]),
    ("sendTask", "messageRef"): frozenset(["message"]),
    ("receiveTask", "messageRef"): frozenset(["message"]),
    ("correlationPropertyRetrievalExpression", "messageRef"): frozenset(["message"]),
    ("signalEventDefinition", "signalRef"): frozenset(["signal"]),
    ("errorEventDefinition", "errorRef"): frozenset(["error"]),
    ("escalationEventDefinition", "escalationRef"): frozenset(["escalation"]),
    ("participant", "processRef"): frozenset(["process"]),
    ("process", "definitionalCollaborationRef"): _COLLABORATION,
    ("message", "itemRef"): frozenset(["itemDefinition"]),
    ("dataObjectReference", "dataObjectRef"): frozenset(["dataObject"]),
}
CHILDREN: dict[str, frozenset[str]] = {
    "incoming": frozenset(["sequenceFlow"]),
    "outgoing": frozenset(["sequenceFlow"]),
    "eventDefinitionRef": EVENT_DEFINITIONS,
    "interfaceRef": frozenset(["interface"]),
    "inMessageRef": frozenset(["message"]),
    "outMessageRef": frozenset(["message"]),
    "errorRef": frozenset(["error"]),
    "participantRef": frozenset(["participant"]),
    "correlationPropertyRef": frozenset(["correlationProperty"]),
    "dataInputRefs": frozenset(["dataInput"]),
    "dataOutputRefs": frozenset(["dataOutput"]),
    "inputSetRefs": frozenset(["inputSet"]),
    "outputSetRefs": frozenset(["outputSet"]),
}
DATA_ENDS = {"sourceRef": _DATA, "targetRef": _DATA}
"""What a data association connects."""
