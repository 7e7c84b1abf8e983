"""Due dates of tasks (`zeebe:taskSchedule`): worked out once, when the task opens, and then a person's to change.

So do Camunda 7 ("the initial due date of a task when it is created") and 8; a `kf:deadline` follows its variables.
"""

from collections.abc import Iterator

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.lint.saying import INFO, say, title
from kfflow.engine.bpmn.model import Diagram
from kfflow.engine.expressions import compile_text
from kfflow.engine.findings import Finding
from kfflow.feel import FeelSyntaxError


def check(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.all_nodes():
        names = _read(ext.zeebe_attributes(node.xml, "taskSchedule").get("dueDate", ""))
        if names:
            told = ", ".join(names)
            yield say(
                diagram, "due-date-fixed", INFO, node,
                f"{title(node)}: forfaldsdatoen regnes kun ud, når opgaven opstår, og følger ikke {told} siden.",
                f"{title(node)}: the due date is worked out when the task opens only and does not follow {told} later.",
                "use kf:deadline with until or start for a date that follows",
            )  # fmt: skip


def _read(text: str) -> tuple[str, ...]:
    """Give the variables that a due date hangs on; none where it cannot be read, which another rule says."""
    try:
        return tuple(sorted(compile_text(text).names()))
    except FeelSyntaxError:
        return ()
