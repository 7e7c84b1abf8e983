"""The lists that can be searched: their columns, where the rows come from, and whose rows an actor sees."""

from kfflow.persistence.listings.batches import BATCH_ITEMS, BATCH_OPERATIONS
from kfflow.persistence.listings.cases import CASES, DEADLINES, DECISION_INSTANCES, HISTORY
from kfflow.persistence.listings.deployed import DECISION_DEFINITIONS, PROCESS_DEFINITIONS, RESOURCES
from kfflow.persistence.listings.elements import ELEMENT_INSTANCES, element_instances
from kfflow.persistence.listings.fragments import TENANT
from kfflow.persistence.listings.running import PROCESS_INSTANCES, USER_TASKS
from kfflow.persistence.listings.variables import TASK_VARIABLES, VARIABLES
from kfflow.persistence.listings.waiting import INCIDENTS, JOBS, MESSAGE_SUBSCRIPTIONS, TIMERS

__all__ = [
    "BATCH_ITEMS",
    "BATCH_OPERATIONS",
    "CASES",
    "DEADLINES",
    "DECISION_DEFINITIONS",
    "DECISION_INSTANCES",
    "ELEMENT_INSTANCES",
    "HISTORY",
    "INCIDENTS",
    "JOBS",
    "MESSAGE_SUBSCRIPTIONS",
    "PROCESS_DEFINITIONS",
    "PROCESS_INSTANCES",
    "RESOURCES",
    "TASK_VARIABLES",
    "TENANT",
    "TIMERS",
    "USER_TASKS",
    "VARIABLES",
    "element_instances",
]
