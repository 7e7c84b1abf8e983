"""Every table of kfflow, in the order a case meets them.

Keys are 64-bit and come from `keys.py`. Instants are `timestamptz`; dates of the law are `date`.
States are stored by value (StrEnum of `domain.lifecycle`). What the inbox, the board and the searches filter on
stands in the row itself, so that no list ever loads engine state.
"""

from kfflow.persistence.tables.activated import Activation
from kfflow.persistence.tables.batches import BatchItem, BatchOperation
from kfflow.persistence.tables.calendars import CalendarChange
from kfflow.persistence.tables.deployed import (
    ByLaw,
    DecisionDefinition,
    Deployment,
    Draft,
    Form,
    Letter,
    ProcessDefinition,
    Resource,
    Scenario,
)
from kfflow.persistence.tables.imported import ImportedCase
from kfflow.persistence.tables.migrated import InstanceMigration
from kfflow.persistence.tables.past import (
    AuditEvent,
    Comment,
    DecisionEvaluation,
    Document,
    HistoryEvent,
    HistoryStep,
    IdempotencyRecord,
    Outbox,
    Reconciliation,
)
from kfflow.persistence.tables.people import Account, Appointment, Institution, LoginSession, Person, Unit
from kfflow.persistence.tables.row import Row, metadata
from kfflow.persistence.tables.running import (
    Case,
    Deadline,
    DeadlineEntry,
    Duty,
    ProcessInstance,
    Reservation,
    UserTask,
    WorkerProcess,
)
from kfflow.persistence.tables.waiting import (
    Incident,
    Job,
    Message,
    MessageSubscription,
    MessageTaken,
    SignalSubscription,
    Timer,
)

__all__ = [
    "Account",
    "Activation",
    "Appointment",
    "AuditEvent",
    "BatchItem",
    "BatchOperation",
    "ByLaw",
    "CalendarChange",
    "Case",
    "Comment",
    "Deadline",
    "DeadlineEntry",
    "DecisionDefinition",
    "DecisionEvaluation",
    "Deployment",
    "Document",
    "Draft",
    "Duty",
    "Form",
    "HistoryEvent",
    "HistoryStep",
    "IdempotencyRecord",
    "ImportedCase",
    "Incident",
    "InstanceMigration",
    "Institution",
    "Job",
    "Letter",
    "LoginSession",
    "Message",
    "MessageSubscription",
    "MessageTaken",
    "Outbox",
    "Person",
    "ProcessDefinition",
    "ProcessInstance",
    "Reconciliation",
    "Reservation",
    "Resource",
    "Row",
    "Scenario",
    "SignalSubscription",
    "Timer",
    "Unit",
    "UserTask",
    "WorkerProcess",
    "metadata",
]
