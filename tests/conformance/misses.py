"""Cases of the third-party suites that kfflow does not pass, each with the reason; anything else must pass."""

from fnmatch import fnmatchcase

_INTERRUPTS = (
    "The case expects the activity to go on after its attached event fired. That event has no cancelActivity, so it "
    "interrupts (BPMN 2.0 §10.5.4: the default is true): the remaining instances end and the normal way "
    'out is not taken. With cancelActivity="false" kfflow throws as the case says (tests/unit/engine).'
)
_TOKEN_MAP = (
    "The case expects a task that its own token map does not know: the element ScriptTask1 is mapped to the token of "
    "another task. The diagram runs as drawn (BPMN 2.0 §13.3.5)."
)
_NO_SCRIPT = (
    "The published script is a placeholder that is replaced for each engine before a run; as it stands it counts "
    "nothing, so the loop's condition (BPMN 2.0 §13.3.6) never becomes false and ends as an incident."
)
_TYPING_ERROR = "The published condition ends in a stray `>`: an expression of no language; refused by its element."
_JAVA = "The function is written in Java (DMN 1.5 §10.3.2.13.3); kfflow runs nothing but FEEL."
_SPELLING = (
    "The value is equal; the case compares the text of a duration and expects another spelling than the one of "
    "DMN 1.5 §10.3.4.1 for a zero or whole duration."
)
_INTERRUPTED = {
    f"betsy/{name}": _INTERRUPTS
    for name in (
        "activities/MultiInstance_ComplexBehavior",
        "activities/MultiInstance_NoneBehavior",
        "activities/MultiInstance_OneBehavior",
        "cfpatterns/WCP09_Structured_Discriminator_MultiInstance",
        "cfpatterns/WCP12_MultipleInstancesWithoutSynchronization",
    )
}
EXECUTION = _INTERRUPTED | {
    "betsy/activities/AdHocSubProcess_Parallel": _TOKEN_MAP,
    "betsy/activities/AdHocSubProcess_Sequential": _TOKEN_MAP,
}
AS_PUBLISHED = EXECUTION | {
    "betsy/activities/Loop_ConditionOnly": _NO_SCRIPT,
    "betsy/activities/Loop_Task": _NO_SCRIPT,
    "betsy/events/Conditional_StartEvent_EventSubProcess_NonInterrupting": _TYPING_ERROR,
}
DMN = {
    "tck/0076-feel-external-java/*": _JAVA,
    "tck/0007-date-time/*": _SPELLING,
    "tck/0100-arithmetic/*": _SPELLING,
}
VALIDATION: dict[str, str] = {}
IMPORT: dict[str, str] = {}


def reason(case: str, known: dict[str, str]) -> str | None:
    """Give why a case is missed, by its id or by a pattern; None when nobody has explained it."""
    return next((why for pattern, why in known.items() if fnmatchcase(case, pattern)), None)
