"""Tasks of people and of workers, from the element model."""

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.model import Node
from kfflow.engine.build_deadlines import build_deadlines
from kfflow.engine.compiler import Compiler
from kfflow.engine.spiff.element import ElementSpec
from kfflow.engine.spiff.process import ProcessSpec
from kfflow.engine.spiff.tasks import UserTask, UserTaskSettings, WorkerTask


def build_worker(process: ProcessSpec, name: str, node: Node, compiler: Compiler) -> ElementSpec:
    spec = WorkerTask(process, name, node.type, node.name)
    task = ext.zeebe_attributes(node.xml, "taskDefinition")
    spec.job_type = compiler.text(task.get("type", ""), node)
    spec.retries = compiler.optional(task.get("retries"), node)
    spec.headers = ext.headers(node.xml)
    return spec


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
        deadline=build_deadlines(node, compiler),
        four_eyes=ext.words(ext.kf_attributes(node.xml, "fourEyes").get("differentFrom", "")),
        access_class=ext.kf_attributes(node.xml, "access").get("class"),
        institution=compiler.optional(ext.kf_attributes(node.xml, "place").get("institution"), node),
        headers=ext.headers(node.xml),
    )
    return spec
