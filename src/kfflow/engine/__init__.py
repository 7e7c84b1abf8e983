"""The engine room: BPMN and DMN are compiled at deploy and run as pure functions on snapshots."""

from kfflow.engine.bpmn.camunda7 import convert_camunda7
from kfflow.engine.bpmn.lint.deadline_tables import FindTable
from kfflow.engine.cases import case_deadline, legal_date
from kfflow.engine.compile import compile_new, compile_process, judge, lint
from kfflow.engine.definition import Definition, Element, StartMessage, StartSignal, StartTimer
from kfflow.engine.element_runs import element_runs
from kfflow.engine.letters import CallAhead, JobAhead, plan_letter
from kfflow.engine.letters_ahead import letters_ahead, letters_of_start
from kfflow.engine.mapping import changed_elements
from kfflow.engine.mapping import suggest as suggest_mapping
from kfflow.engine.migration import blocks, check_migration, migrate
from kfflow.engine.modification import modify, start_at
from kfflow.engine.obstacles import Obstacle
from kfflow.engine.passed import making_up
from kfflow.engine.replay import HISTORY_VERSION, Replayed, replay
from kfflow.engine.run import (
    cancel,
    catches,
    complete_call,
    complete_job,
    complete_task,
    deliver_message,
    deliver_signal,
    escalate_call,
    fire_timer,
    place_of_task,
    reopen,
    reschedule_timer,
    retry,
    set_variables,
    start,
)
from kfflow.engine.run import throw_error_at as throw_error
from kfflow.engine.snapshot import SNAPSHOT_VERSION, Standing, awaits_condition, read_variables, standing, waiting
from kfflow.engine.verdict import Judgement, Verdict

__all__ = [
    "HISTORY_VERSION",
    "SNAPSHOT_VERSION",
    "CallAhead",
    "Definition",
    "Element",
    "FindTable",
    "JobAhead",
    "Judgement",
    "Obstacle",
    "Replayed",
    "Standing",
    "StartMessage",
    "StartSignal",
    "StartTimer",
    "Verdict",
    "awaits_condition",
    "blocks",
    "cancel",
    "case_deadline",
    "catches",
    "changed_elements",
    "check_migration",
    "compile_new",
    "compile_process",
    "complete_call",
    "complete_job",
    "complete_task",
    "convert_camunda7",
    "deliver_message",
    "deliver_signal",
    "element_runs",
    "escalate_call",
    "fire_timer",
    "judge",
    "legal_date",
    "letters_ahead",
    "letters_of_start",
    "lint",
    "making_up",
    "migrate",
    "modify",
    "place_of_task",
    "plan_letter",
    "read_variables",
    "reopen",
    "replay",
    "reschedule_timer",
    "retry",
    "set_variables",
    "standing",
    "start",
    "start_at",
    "suggest_mapping",
    "throw_error",
    "waiting",
]
