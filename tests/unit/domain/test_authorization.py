import pytest

from kfflow.domain import authorization
from kfflow.domain.authorization import Actor, Permission, Role, TaskView

CASEWORKER = Actor(
    "mette", "Mette Holm", roles=frozenset({Role.CASEWORKER}), groups=frozenset({"sagsbehandler"}), institution="enner"
)
SUPERVISOR = Actor("ole", "Ole Bro", roles=frozenset({Role.SUPERVISOR}), institution="enner")
TASK = TaskView(institution_code="enner", area="vest", candidate_groups=frozenset({"sagsbehandler"}))


def like(task: TaskView, **changes: object) -> TaskView:
    return TaskView(**{name: changes.get(name, getattr(task, name)) for name in TaskView.__slots__})


def but(actor: Actor, **changes: object) -> Actor:
    return Actor(**{name: changes.get(name, getattr(actor, name)) for name in Actor.__slots__})


def code(refusal: authorization.Refusal | None) -> str | None:
    return refusal.code if refusal else None


def test_an_actor_without_roles_may_nothing():
    nobody = Actor("x", "X", national=True)
    assert not any(authorization.permits(nobody, permission) for permission in Permission)


def test_every_permission_is_granted_to_somebody_and_has_words():
    granted = frozenset().union(*authorization.GRANTS.values())
    assert granted == frozenset(Permission)
    assert all(all(authorization.words(permission)) for permission in Permission)


@pytest.mark.parametrize(
    ("role", "permission", "expected"),
    [
        (Role.CASEWORKER, Permission.WORK_TASK, True),
        (Role.CASEWORKER, Permission.READ_BATCH, False),
        (Role.DESIGNER, Permission.READ_BATCH, True),
        (Role.DESIGNER, Permission.READ_BOARD, False),
        (Role.CASEWORKER, Permission.ASSIGN_TASK, False),
        (Role.CASEWORKER, Permission.DEPLOY, False),
        (Role.CASEWORKER, Permission.READ_AUDIT, False),
        (Role.SUPERVISOR, Permission.ASSIGN_TASK, True),
        (Role.SUPERVISOR, Permission.RESOLVE_INCIDENT, True),
        (Role.SUPERVISOR, Permission.DEPLOY, False),
        (Role.DESIGNER, Permission.DEPLOY, True),
        (Role.DESIGNER, Permission.READ_CASE, False),
        (Role.DESIGNER, Permission.WORK_TASK, False),
        (Role.AUDITOR, Permission.READ_AUDIT, True),
        (Role.AUDITOR, Permission.WORK_TASK, False),
        (Role.ADMINISTRATOR, Permission.ADMINISTER, True),
        (Role.ADMINISTRATOR, Permission.READ_CASE, False),
        (Role.WORKER, Permission.WORK_JOB, True),
        (Role.WORKER, Permission.WORK_TASK, False),
    ],
)
def test_roles_carry_their_permissions(role, permission, expected):
    assert authorization.permits(Actor("x", "X", roles=frozenset({role})), permission) is expected


@pytest.mark.parametrize(
    ("actor", "institution", "area", "expected"),
    [
        (CASEWORKER, "enner", "vest", True),
        (CASEWORKER, "nyborg", "vest", False),
        (CASEWORKER, None, None, True),
        (but(CASEWORKER, institution=None, area="vest"), "nyborg", "vest", True),
        (but(CASEWORKER, institution=None, area="vest"), "vestre", "oest", False),
        (but(CASEWORKER, institution="enner", area="vest"), "nyborg", "vest", False),
        (but(CASEWORKER, institution=None, national=True), "nyborg", "vest", True),
        (but(CASEWORKER, institution=None), "nyborg", None, False),
        (but(CASEWORKER, institution=None), None, None, True),
    ],
)
def test_scope_is_the_narrowest_given(actor, institution, area, expected):
    assert authorization.may_see(actor, institution, area) is expected


@pytest.mark.parametrize(
    ("actor", "task", "expected"),
    [
        (CASEWORKER, TASK, None),
        (CASEWORKER, like(TASK, candidate_groups=frozenset()), None),
        (CASEWORKER, like(TASK, candidate_groups=frozenset({"betjent"})), "NOT_CANDIDATE"),
        (CASEWORKER, like(TASK, candidate_groups=frozenset({"betjent"}), assignee="mette"), None),
        (
            CASEWORKER,
            like(TASK, candidate_groups=frozenset({"betjent"}), candidate_users=frozenset({"mette"})),
            None,
        ),
        (CASEWORKER, like(TASK, candidate_groups=frozenset(), candidate_users=frozenset({"per"})), "NOT_CANDIDATE"),
        (CASEWORKER, like(TASK, institution_code="nyborg"), "OUT_OF_SCOPE"),
        (CASEWORKER, like(TASK, institution_code="nyborg", assignee="mette"), None),
        (CASEWORKER, like(TASK, excluded=frozenset({"mette"})), "FOUR_EYES"),
        (CASEWORKER, like(TASK, excluded=frozenset({"mette"}), assignee="mette"), "FOUR_EYES"),
        (CASEWORKER, like(TASK, access_class="forurettet"), "PROTECTED"),
        (but(CASEWORKER, groups=CASEWORKER.groups | {"forurettet"}), like(TASK, access_class="forurettet"), None),
        (but(CASEWORKER, roles=frozenset({Role.DESIGNER})), TASK, "NOT_PERMITTED"),
        (SUPERVISOR, TASK, "NOT_CANDIDATE"),
        (but(CASEWORKER, groups=frozenset(), substitutes_for=frozenset({"per"})), like(TASK, assignee="per"), None),
        (
            but(CASEWORKER, substitutes_for=frozenset({"per"})),
            like(TASK, assignee="per", excluded=frozenset({"per"})),
            "FOUR_EYES",
        ),
    ],
)
def test_working_a_task(actor, task, expected):
    assert code(authorization.may_work(actor, task)) == expected


@pytest.mark.parametrize(
    ("actor", "task", "assignee", "expected"),
    [
        (SUPERVISOR, TASK, CASEWORKER, None),
        (CASEWORKER, TASK, CASEWORKER, None),
        (CASEWORKER, TASK, SUPERVISOR, "NOT_PERMITTED"),
        (SUPERVISOR, TASK, but(CASEWORKER, groups=frozenset()), None),
        (SUPERVISOR, TASK, but(CASEWORKER, institution="nyborg"), "OUT_OF_SCOPE"),
        (SUPERVISOR, like(TASK, institution_code="nyborg"), CASEWORKER, "OUT_OF_SCOPE"),
        (SUPERVISOR, like(TASK, excluded=frozenset({"mette"})), CASEWORKER, "FOUR_EYES"),
        (SUPERVISOR, like(TASK, access_class="forurettet"), CASEWORKER, "PROTECTED"),
    ],
)
def test_assigning_a_task(actor, task, assignee, expected):
    assert code(authorization.may_assign(actor, task, assignee)) == expected
