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
_ITEM = frozenset(["itemDefinition"])
_OPERATION = frozenset(["operation"])
_MESSAGE = frozenset(["message"])
_PARTICIPANT = frozenset(["participant"])
_NODES = FLOW_NODES | _CHOREOGRAPHY | _DATA | {"dataStoreReference"}

ATTRIBUTES: dict[tuple[str, str], frozenset[str]] = {
    ("sequenceFlow", "sourceRef"): _SEQUENCE_ENDS,
    ("sequenceFlow", "targetRef"): _SEQUENCE_ENDS,
    ("messageFlow", "sourceRef"): _MESSAGE_ENDS,
    ("messageFlow", "targetRef"): _MESSAGE_ENDS,
    ("messageFlow", "messageRef"): _MESSAGE,
    ("boundaryEvent", "attachedToRef"): ACTIVITIES,
    ("messageEventDefinition", "messageRef"): _MESSAGE,
    ("sendTask", "messageRef"): _MESSAGE,
    ("receiveTask", "messageRef"): _MESSAGE,
    ("correlationPropertyRetrievalExpression", "messageRef"): _MESSAGE,
    ("signalEventDefinition", "signalRef"): frozenset(["signal"]),
    ("errorEventDefinition", "errorRef"): frozenset(["error"]),
    ("escalationEventDefinition", "escalationRef"): frozenset(["escalation"]),
    ("participant", "processRef"): frozenset(["process"]),
    ("process", "definitionalCollaborationRef"): _COLLABORATION,
    ("message", "itemRef"): _ITEM,
    ("dataObjectReference", "dataObjectRef"): frozenset(["dataObject"]),
    ("dataStoreReference", "dataStoreRef"): frozenset(["dataStore"]),
    ("serviceTask", "operationRef"): _OPERATION,
    ("sendTask", "operationRef"): _OPERATION,
    ("receiveTask", "operationRef"): _OPERATION,
    ("ioBinding", "operationRef"): _OPERATION,
    ("ioBinding", "inputDataRef"): frozenset(["dataInput", "inputSet"]),
    ("ioBinding", "outputDataRef"): frozenset(["dataOutput", "outputSet"]),
    ("compensateEventDefinition", "activityRef"): ACTIVITIES,
    ("correlationSubscription", "correlationKeyRef"): frozenset(["correlationKey"]),
    ("correlationPropertyBinding", "correlationPropertyRef"): frozenset(["correlationProperty"]),
    ("multiInstanceLoopCharacteristics", "noneBehaviorEventRef"): EVENT_DEFINITIONS,
    ("multiInstanceLoopCharacteristics", "oneBehaviorEventRef"): EVENT_DEFINITIONS,
    ("conversationLink", "sourceRef"): _MESSAGE_ENDS,
    ("conversationLink", "targetRef"): _MESSAGE_ENDS,
    ("callConversation", "calledCollaborationRef"): _COLLABORATION | {"globalConversation"},
    ("choreographyTask", "initiatingParticipantRef"): _PARTICIPANT,
    ("subChoreography", "initiatingParticipantRef"): _PARTICIPANT,
    ("callChoreography", "initiatingParticipantRef"): _PARTICIPANT,
    ("group", "categoryValueRef"): frozenset(["categoryValue"]),
    **{(kind, "itemSubjectRef"): _ITEM for kind in ("dataObject", "dataInput", "dataOutput", "property", "dataStore")},
    **{(kind, "structureRef"): _ITEM for kind in ("signal", "error", "escalation")},
}
CHILDREN: dict[str, frozenset[str]] = {
    "incoming": frozenset(["sequenceFlow"]),
    "outgoing": frozenset(["sequenceFlow"]),
    "eventDefinitionRef": EVENT_DEFINITIONS,
    "interfaceRef": frozenset(["interface"]),
    "supportedInterfaceRef": frozenset(["interface"]),
    "operationRef": _OPERATION,
    "inMessageRef": _MESSAGE,
    "outMessageRef": _MESSAGE,
    "flowNodeRef": _NODES,
    "messageFlowRef": frozenset(["messageFlow"]),
    "choreographyRef": frozenset(["choreography", "globalChoreographyTask"]),
    "loopDataInputRef": _DATA,
    "loopDataOutputRef": _DATA,
    "outerParticipantRef": _PARTICIPANT,
    "innerParticipantRef": _PARTICIPANT,
    "optionalInputRefs": frozenset(["dataInput"]),
    "whileExecutingInputRefs": frozenset(["dataInput"]),
    "optionalOutputRefs": frozenset(["dataOutput"]),
    "whileExecutingOutputRefs": frozenset(["dataOutput"]),
    "errorRef": frozenset(["error"]),
    "participantRef": _PARTICIPANT,
    "correlationPropertyRef": frozenset(["correlationProperty"]),
    "dataInputRefs": frozenset(["dataInput"]),
    "dataOutputRefs": frozenset(["dataOutput"]),
    "inputSetRefs": frozenset(["inputSet"]),
    "outputSetRefs": frozenset(["outputSet"]),
}
DATA_ENDS = {"sourceRef": _DATA, "targetRef": _DATA}
"""What a data association connects."""
OPTIONAL = frozenset(
    [
        "operationRef", "itemSubjectRef", "structureRef", "dataStoreRef", "categoryValueRef", "flowNodeRef",
        "messageFlowRef",
    ]
)  # fmt: skip
"""References that some tools leave behind when they delete what was referred to; nothing that runs depends on them."""
