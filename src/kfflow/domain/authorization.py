"""Who may do what: roles carry permissions, rows have a scope, tasks have candidates. Denied unless granted here.

Row scope: an actor is national, or belongs to one area, or to one institution (the narrowest given one counts).
A row without an institution belongs to everybody; a task also stays open to who holds it. A protected class of data
opens only to the group of its name.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    """What somebody is to kfflow; `WORKER` is a program that works jobs."""

    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    DESIGNER = "designer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    WORKER = "worker"


class Permission(StrEnum):
    """One thing that may be permitted, named by verb and noun."""

    READ_CASE = "read_case"
    WRITE_COMMENT = "write_comment"
    WORK_TASK = "work_task"
    ASSIGN_TASK = "assign_task"
    RECORD_ABSENCE = "record_absence"
    READ_BOARD = "read_board"
    READ_BATCH = "read_batch"
    READ_CONNECTION = "read_connection"
    EXTEND_DEADLINE = "extend_deadline"
    EDIT_CALENDAR = "edit_calendar"
    RESCHEDULE_TIMER = "reschedule_timer"
    START_INSTANCE = "start_instance"
    CANCEL_INSTANCE = "cancel_instance"
    SUSPEND_INSTANCE = "suspend_instance"
    MODIFY_INSTANCE = "modify_instance"
    MIGRATE_INSTANCE = "migrate_instance"
    PREVIEW_LAW = "preview_law"
    SET_VARIABLES = "set_variables"
    PUBLISH_MESSAGE = "publish_message"
    EVALUATE_DECISION = "evaluate_decision"
    READ_DEFINITION = "read_definition"
    EDIT_DRAFT = "edit_draft"
    PUBLISH = "publish"
    DEPLOY = "deploy"
    WORK_JOB = "work_job"
    RESOLVE_INCIDENT = "resolve_incident"
    READ_AUDIT = "read_audit"
    ADMINISTER = "administer"


_WORDS: dict[Permission, tuple[str, str]] = {
    Permission.READ_CASE: ("læse sager", "read cases"),
    Permission.WRITE_COMMENT: ("skrive bemærkninger", "write comments"),
    Permission.WORK_TASK: ("arbejde med opgaver", "work on tasks"),
    Permission.ASSIGN_TASK: ("tildele opgaver til andre", "assign tasks to others"),
    Permission.RECORD_ABSENCE: ("registrere kollegers fravær", "tell the absence of colleagues"),
    Permission.READ_BOARD: ("se overblikstavlen", "see the board"),
    Permission.READ_BATCH: ("se batcher", "see batches"),
    Permission.READ_CONNECTION: ("se forbindelsen til klientsystemet", "see the connection to the client system"),
    Permission.EXTEND_DEADLINE: ("forlænge frister", "extend deadlines"),
    Permission.EDIT_CALENDAR: ("ændre kalendere", "change calendars"),
    Permission.RESCHEDULE_TIMER: ("flytte timere", "reschedule timers"),
    Permission.START_INSTANCE: ("starte sager", "start cases"),
    Permission.CANCEL_INSTANCE: ("annullere sager", "cancel cases"),
    Permission.SUSPEND_INSTANCE: ("sætte sager i bero", "suspend cases"),
    Permission.MODIFY_INSTANCE: ("rette sagers forløb", "modify where cases are"),
    Permission.MIGRATE_INSTANCE: ("flytte sager til en ny version", "migrate cases to another version"),
    Permission.PREVIEW_LAW: ("se, hvilke sager en lovændring omfatter", "see which cases a change of law names"),
    Permission.SET_VARIABLES: ("rette sagens oplysninger", "change a case's data"),
    Permission.PUBLISH_MESSAGE: ("registrere meddelelser", "publish messages"),
    Permission.EVALUATE_DECISION: ("slå op i beslutningstabeller", "evaluate decisions"),
    Permission.READ_DEFINITION: ("se processer", "see processes"),
    Permission.EDIT_DRAFT: ("redigere kladder til processer", "edit drafts of processes"),
    Permission.PUBLISH: ("udgive processer", "publish processes"),
    Permission.DEPLOY: ("sætte processer i drift", "deploy processes"),
    Permission.WORK_JOB: ("udføre job", "work jobs"),
    Permission.RESOLVE_INCIDENT: ("løse driftshændelser", "resolve incidents"),
    Permission.READ_AUDIT: ("læse loggen", "read the audit log"),
    Permission.ADMINISTER: ("administrere kfflow", "administer kfflow"),
}

_EVERYBODY = frozenset({Permission.READ_DEFINITION})
_CASEWORKER = _EVERYBODY | {
    Permission.READ_CASE,
    Permission.WRITE_COMMENT,
    Permission.WORK_TASK,
    Permission.START_INSTANCE,
    Permission.PUBLISH_MESSAGE,
    Permission.EVALUATE_DECISION,
}
_SUPERVISOR = _CASEWORKER | {
    Permission.ASSIGN_TASK,
    Permission.RECORD_ABSENCE,
    Permission.READ_BOARD,
    Permission.READ_BATCH,
    Permission.READ_CONNECTION,
    Permission.EXTEND_DEADLINE,
    Permission.EDIT_CALENDAR,
    Permission.RESCHEDULE_TIMER,
    Permission.CANCEL_INSTANCE,
    Permission.SUSPEND_INSTANCE,
    Permission.MODIFY_INSTANCE,
    Permission.MIGRATE_INSTANCE,
    Permission.PREVIEW_LAW,
    Permission.SET_VARIABLES,
    Permission.RESOLVE_INCIDENT,
}
_DESIGNER = _EVERYBODY | {
    Permission.EDIT_DRAFT,
    Permission.PUBLISH,
    Permission.DEPLOY,
    Permission.EVALUATE_DECISION,
    Permission.MIGRATE_INSTANCE,
    Permission.PREVIEW_LAW,
    Permission.READ_BATCH,
}
_ADMINISTRATOR = _EVERYBODY | {
    Permission.ADMINISTER,
    Permission.RECORD_ABSENCE,
    Permission.PUBLISH,
    Permission.PREVIEW_LAW,
    Permission.READ_BATCH,
    Permission.READ_CONNECTION,
    Permission.EDIT_CALENDAR,
    Permission.DEPLOY,
    Permission.RESCHEDULE_TIMER,
    Permission.RESOLVE_INCIDENT,
    Permission.WORK_JOB,
}
_WORKER = _EVERYBODY | {
    Permission.WORK_JOB,
    Permission.START_INSTANCE,
    Permission.PUBLISH_MESSAGE,
    Permission.EVALUATE_DECISION,
}
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CASEWORKER: _CASEWORKER,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.DESIGNER: _DESIGNER,
    Role.AUDITOR: _EVERYBODY
    | {
        Permission.READ_AUDIT,
        Permission.READ_CASE,
        Permission.READ_BOARD,
        Permission.READ_BATCH,
        Permission.READ_CONNECTION,
    },
    Role.ADMINISTRATOR: _ADMINISTRATOR,
    Role.WORKER: _WORKER,
}
"""What each role permits. Administrators run the installation; they read no cases unless they are also caseworkers."""

APPOINTED = frozenset({"handleplansansvarlig"})
"""The groups of which one person is appointed for each inmate, whose tasks of that group are theirs."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `substitutes_for` names those whose tasks the actor takes care of while they are away."""

    username: str
    name: str
    roles: frozenset[Role] = frozenset()
    groups: frozenset[str] = frozenset()
    institution: str | None = None
    area: str | None = None
    national: bool = False
    substitutes_for: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TaskView:
    """What a decision about a task needs of it; `excluded` did another step that four-eyes sets this one apart from."""

    institution_code: str | None = None
    area: str | None = None
    assignee: str | None = None
    candidate_groups: frozenset[str] = frozenset()
    candidate_users: frozenset[str] = frozenset()
    access_class: str | None = None
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, with a stable code and a sentence in both languages."""

    code: str
    message_da: str
    message_en: str


NOT_PERMITTED = Refusal("NOT_PERMITTED", "Din rolle giver ikke adgang til dette.", "Your role does not permit this.")
OUT_OF_SCOPE = Refusal(
    "OUT_OF_SCOPE", "Sagen hører til et andet tjenestested.", "The case belongs to another institution."
)
PROTECTED = Refusal(
    "PROTECTED",
    "Opgaven indeholder beskyttede oplysninger, som kræver særlig adgang.",
    "The task holds protected data that needs special access.",
)
FOUR_EYES = Refusal(
    "FOUR_EYES",
    "Opgaven skal udføres af en anden end den, der udførte et tidligere trin i sagen (fire øjne). "
    "Lad en kollega tage den.",
    "The task must be done by somebody else than who did an earlier step of the case (four eyes). "
    "Let a colleague take it.",
)
NOT_CANDIDATE = Refusal(
    "NOT_CANDIDATE",
    "Opgaven er lagt til en gruppe, som du ikke er med i.",
    "The task is for a group that you are not in.",
)


def words(permission: Permission) -> tuple[str, str]:
    """Give what the permission lets one do, in Danish and English, to follow 'you may (not)'."""
    return _WORDS[permission]


def permits(actor: Actor, permission: Permission) -> bool:
    return permission in _granted(actor.roles)


@lru_cache(maxsize=256)
def _granted(roles: frozenset[Role]) -> frozenset[Permission]:
    return frozenset().union(*(GRANTS[role] for role in roles))


def may_see(actor: Actor, institution_code: str | None, area: str | None) -> bool:
    """Tell whether a row of this institution and area is within the actor's scope."""
    return institution_code is None or is_of_scope(actor, institution_code, area)


def is_of_scope(actor: Actor, institution_code: str | None, area: str | None) -> bool:
    """Tell whether staff of this institution and area are the actor's to look after; those of a wider scope are not."""
    if actor.national:
        return True
    if actor.institution is not None:
        return actor.institution == institution_code
    return actor.area is not None and actor.area == area


def may_see_task(actor: Actor, institution_code: str | None, area: str | None, assignee: str | None) -> bool:
    """Tell whether a task is within the actor's scope; what one holds stays so when its case moves elsewhere."""
    return may_see(actor, institution_code, area) or assignee == actor.username


def may_open(actor: Actor, access_class: str | None) -> bool:
    """Tell whether a protected class of data (None: not protected) is open to the actor."""
    return access_class is None or access_class in actor.groups


def may_work(actor: Actor, task: TaskView) -> Refusal | None:
    """Give why the actor may not claim and complete the task, or None when nothing stands against it."""
    if not permits(actor, Permission.WORK_TASK):
        return NOT_PERMITTED
    if not may_see_task(actor, task.institution_code, task.area, task.assignee):
        return OUT_OF_SCOPE
    if not may_open(actor, task.access_class):
        return PROTECTED
    if _names(actor, task) & task.excluded:
        return FOUR_EYES
    return None if is_candidate(actor, task) else NOT_CANDIDATE


def may_assign(actor: Actor, task: TaskView, assignee: Actor) -> Refusal | None:
    """Give why the actor may not give the task to the assignee; taking it oneself is `may_work`.

    An assignment makes the assignee a candidate, but bypasses neither scope, protected class nor four-eyes.
    """
    if assignee.username == actor.username:
        return may_work(actor, task)
    if not permits(actor, Permission.ASSIGN_TASK):
        return NOT_PERMITTED
    if not may_see(actor, task.institution_code, task.area):
        return OUT_OF_SCOPE
    refusal = may_work(assignee, task)
    return None if refusal is NOT_CANDIDATE else refusal


def is_candidate(actor: Actor, task: TaskView) -> bool:
    """Tell whether the task is for the actor: assigned, offered by name or group, or offered to everybody."""
    names = {actor.username} | actor.substitutes_for
    if task.assignee in names or names & task.candidate_users:
        return True
    offered_to_nobody = not task.candidate_groups and not task.candidate_users
    return offered_to_nobody or bool(actor.groups & task.candidate_groups)


def _names(actor: Actor, task: TaskView) -> set[str]:
    """Give who would do the task: the actor, and the assignee when the actor stands in for them."""
    stands_in = {task.assignee} & actor.substitutes_for if task.assignee else set()
    return {actor.username, *stands_in}
