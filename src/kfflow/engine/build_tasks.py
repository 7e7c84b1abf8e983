"""Tasks of people and of workers, from the element model."""

from kfflow.domain.almanac import CODES as CALENDARS
from kfflow.domain.deadlines import parse_rule
from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.model import Node
from kfflow.engine.compiler import Compiler
from kfflow.engine.deadlines import DeadlineSpec
from kfflow.engine.spiff.element import ElementSpec
from kfflow.engine.spiff.process import ProcessSpec
from kfflow.engine.spiff.tasks import UserTask, UserTaskSettings, WorkerTask
from kfflow.errors import InvalidInput

_ANY_RULE = "1 AD"


def build_worker(process: ProcessSpec, name: str, node: Node, compiler: Compiler) -> ElementSpec:
    spec = WorkerTask(process, name, node.type, node.name)
    task = ext.zeebe_attributes(node.xml, "taskDefinition")
    spec.job_type = compiler.text(task.get("type", ""), node)
    spec.retries = compiler.optional(task.get("retries"), node)
    spec.headers = ext.headers(node.xml)
    return spec


_KINDS = frozenset({"legal", "internal"})
_ATTRIBUTES = frozenset(
    {"rule", "start", "until", "hjemmel", "kind", "calendar", "roll", "cutoff", "warnShare", "escalateTo", "metBy"}
)
"""What a `kf:deadline` can say."""


def build_user_task(process: ProcessSpec, name: str, node: Node, compiler: Compiler) -> ElementSpec:
    spec = UserTask(process, name, node.type, node.name)
    assignment = ext.zeebe_attributes(node.xml, "assignmentDefinition")
    schedule = ext.zeebe_attributes(node.xml, "taskSchedule")
    form = ext.zeebe_attributes(node.xml, "formDefinition")
    priority = ext.zeebe_attributes(node.xml, "priorityDefinition").get("priority")
    spec.settings = UserTaskSettings(
        assignee=compiler.optional(assignment.get("assignee"), node),
        candidate_groups=compiler.optional(assignment.get("candidateGroups"), node),
        candidate_users=compiler.optional(assignment.get("candidateUsers"), node),
        due_date=compiler.optional(schedule.get("dueDate"), node),
        follow_up_date=compiler.optional(schedule.get("followUpDate"), node),
        priority=compiler.optional(priority, node),
        form_id=form.get("formId") or form.get("formKey") or form.get("externalReference") or None,
        lane=node.lane,
        deadline=build_deadline(node, compiler),
        four_eyes=ext.words(ext.kf_attributes(node.xml, "fourEyes").get("differentFrom", "")),
        access_class=ext.kf_attributes(node.xml, "access").get("class"),
        institution=compiler.optional(ext.kf_attributes(node.xml, "place").get("institution"), node),
        headers=ext.headers(node.xml),
    )
    return spec


def build_deadline(node: Node, compiler: Compiler) -> DeadlineSpec | None:
    """Compile the `kf:deadline` of a node or process."""
    found = ext.kf_attributes(node.xml, "deadline")
    if not found:
        return None
    _judge_deadline(found, node, compiler)
    return DeadlineSpec(
        rule=compiler.optional(found.get("rule"), node),
        start=compiler.optional(found.get("start"), node),
        until=compiler.optional(found.get("until"), node),
        hjemmel=found.get("hjemmel") or ext.hjemmel(node.xml) or "",
        kind=found.get("kind", "internal"),
        calendar=found.get("calendar", "dk"),
        roll=found.get("roll", "none"),
        cutoff=found.get("cutoff"),
        warn_share=_share(found.get("warnShare", "0.8"), node, compiler),
        escalate_to=found.get("escalateTo"),
    )


def _judge_deadline(found: dict[str, str], node: Node, compiler: Compiler) -> None:
    """Report what can be told before anything runs; a rule that is an expression shows its value only then."""
    _judge_attributes(found, node, compiler)
    rule, calendar = found.get("rule", ""), found.get("calendar", "dk")
    is_computed = not rule or rule.startswith("=")
    try:
        parse_rule(_ANY_RULE if is_computed else rule, roll=found.get("roll", "none"), cutoff=found.get("cutoff"))
    except InvalidInput as problem:
        for wrong in problem.fields:
            compiler.report(f"deadline-{wrong.field}", node, wrong.message_da, wrong.message_en)
    if calendar not in CALENDARS:
        da, en = f"Kalenderen »{calendar}« findes ikke.", f'There is no calendar "{calendar}".'
        compiler.report("deadline-calendar", node, da, en)


def _judge_attributes(found: dict[str, str], node: Node, compiler: Compiler) -> None:
    """Report what is not known, said twice or not at all, and a kind that is neither of the law nor internal."""
    for unknown in sorted(found.keys() - _ATTRIBUTES):
        da, en = f"Fristen kender ikke »{unknown}«.", f'The deadline knows no "{unknown}".'
        compiler.report("deadline-attribute", node, da, en)
    if bool(found.get("rule")) is bool(found.get("until")):
        da, en = "Fristen har enten rule eller until.", "A deadline has either rule or until."
        compiler.report("deadline-rule", node, da, en)
    if found.get("kind", "internal") not in _KINDS:
        da, en = (
            f"»{found['kind']}« er hverken legal eller internal.",
            f'"{found["kind"]}" is neither legal nor internal.',
        )
        compiler.report("deadline-kind", node, da, en)


def _share(text: str, node: Node, compiler: Compiler) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        compiler.report(
            "deadline-warn-share",
            node,
            f"Varslingsandelen {text!r} skal være et tal mellem 0 og 1.",
            f"The warning share {text!r} must be a number between 0 and 1.",
        )
        return 0.8
    return share
