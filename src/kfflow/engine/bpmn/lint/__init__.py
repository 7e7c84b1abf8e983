"""Everything that can be wrong with a diagram: one small file a group of rules."""

from kfflow.engine.bpmn.lint import (
    choreographies,
    collaboration,
    containers,
    data,
    events,
    execution,
    expressions,
    gateways,
    identity,
    interfaces,
    letters,
    messages,
    paths,
    payloads,
    references,
    repetitions,
    schedules,
    schema,
    timers,
)
from kfflow.engine.bpmn.model import Diagram
from kfflow.engine.findings import Finding

EXECUTABILITY = frozenset(
    [
        "no-start", "not-supported", "task-incomplete", "message-missing", "signal-missing", "loop-without-items",
        "loop-without-end", "timer-missing", "no-condition", "boundary-without-event", "compensation-handler",
        "parallel-cycle", "not-executable", "expression", "expression-too-long", "script-language", "too-many-joins",
        "camunda-expression", "camunda-script", "camunda-binding", "camunda-listener",
    ]
)  # fmt: skip
"""Rules about what kfflow needs to run a diagram; the others are about what BPMN allows."""

_RULES = (
    identity, references, paths, gateways, events, containers, execution, expressions, collaboration, choreographies,
    data, payloads, interfaces, letters, messages, repetitions, schedules, schema, timers,
)  # fmt: skip


def check_model(diagram: Diagram) -> list[Finding]:
    """Give the findings of all rules about BPMN and about running it; what the law asks for is `basis`."""
    return [finding for rules in _RULES for finding in rules.check(diagram)]
