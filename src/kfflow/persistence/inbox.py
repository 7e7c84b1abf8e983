"""The inbox in SQL: which open tasks somebody sees, how many stand in each view, and one page of a view.

One statement gives all counts, each bounded. A page sorts and bounds the tasks before it joins what the screen shows of
the case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Label,
    Row,
    ScalarSelect,
    Select,
    Subquery,
    Text,
    UnaryExpression,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from kfflow.persistence import words as word_search
from kfflow.persistence.database import plan_by_values
from kfflow.persistence.scope import Scope, open_to, visible
from kfflow.persistence.tables import (
    Account,
    Case,
    Deadline,
    Institution,
    Person,
    ProcessDefinition,
    ProcessInstance,
    Unit,
    UserTask,
)

PAGE = 50
MOST = 1000
"""How far tasks are counted; a count of one more says that there are more. Such a list is read by its filters."""
NOWHERE = "-"
"""What a filter by place says for the tasks that have none."""

_root = aliased(ProcessInstance)
_of_case = aliased(UserTask)

VIEWS = ("mine", "grupper", "enhed", "ufordelte", "eskaleret", "overskredet", "truet", "idag", "uge")


@dataclass(frozen=True, slots=True)
class Beholder:
    """Whose inbox it is, and the instants that today and this week end at."""

    username: str
    groups: tuple[str, ...]
    scope: Scope
    at: datetime
    day_ends_at: datetime
    week_ends_at: datetime

    @property
    def sees_one_place(self) -> bool:
        return self.scope.institution is not None and not self.scope.national


@dataclass(frozen=True, slots=True)
class Filter:
    """What a page of the inbox shows; an empty text does not filter."""

    view: str = "enhed"
    process_id: str = ""
    unit_code: str = ""
    institution_code: str = ""
    element_id: str = ""
    assignee: str = ""
    words: str = ""
    sort: str = "frist"
    descending: bool = False
    page: int = 1


def _open(beholder: Beholder, view: str = "") -> ColumnElement[bool]:
    """Give what tasks one sees: those of one's scope, and in one's own view what one holds wherever it has moved."""
    sight = open_to if view == "mine" else visible
    return and_(UserTask.state == "CREATED", sight(beholder.scope, UserTask))


def view_condition(view: str, beholder: Beholder) -> ColumnElement[bool]:
    """Give what a task must be to stand in a view; the unit's view holds every task that the beholder sees."""
    free, due_at = UserTask.assignee.is_(None), UserTask.due_at
    known: dict[str, Callable[[], ColumnElement[bool]]] = {
        "mine": lambda: UserTask.assignee == beholder.username,
        "grupper": lambda: and_(free, _offered(beholder)),
        "ufordelte": lambda: free,
        "eskaleret": lambda: _escalated(Deadline.escalate_to.in_(beholder.groups)),
        "overskredet": lambda: due_at < beholder.at,
        "truet": lambda: and_(due_at >= beholder.at, UserTask.warn_at <= beholder.at),
        "idag": lambda: and_(due_at >= beholder.at, due_at < beholder.day_ends_at),
        "uge": lambda: and_(due_at >= beholder.at, due_at < beholder.week_ends_at),
    }
    return known[view]() if view in known else UserTask.key.is_not(None)


def _offered(beholder: Beholder) -> ColumnElement[bool]:
    return or_(
        UserTask.candidate_groups.op("&&")(cast(list(beholder.groups), ARRAY(Text))),
        UserTask.candidate_users.op("&&")(cast([beholder.username], ARRAY(Text))),
    )


def _escalated(whose: ColumnElement[bool]) -> ColumnElement[bool]:
    """Give what makes a task escalated: its own or its case's deadline has been warned of and is still open.

    The tasks are looked up from the few deadlines; asking each task for one or the other reads all tasks.
    """
    open_ones = and_(Deadline.warned_at.is_not(None), Deadline.ended_at.is_(None), whose)
    by_itself = select(Deadline.task_key).where(open_ones, Deadline.task_key.is_not(None))
    by_case = (
        select(_of_case.key)
        .join(Deadline, Deadline.case_key == _of_case.case_key)
        .where(open_ones, Deadline.task_key.is_(None))
    )
    return UserTask.key.in_(union_all(by_itself, by_case))


def counts(session: Session, beholder: Beholder) -> tuple[dict[str, int], dict[str, int]]:
    """Give how many tasks stand in each view, and in each process, from one statement; MOST + 1 stands for more."""
    plan_by_values(session)
    counted = _counted_at_once if beholder.sees_one_place else _counted_apart
    return counted(session, beholder)


def _counted_at_once(session: Session, beholder: Beholder) -> tuple[dict[str, int], dict[str, int]]:
    """Count the tasks of one institution in one pass; one's own, wherever they are, beside it."""
    others = [view for view in VIEWS if view != "mine"]
    numbers = [func.count().filter(view_condition(view, beholder)) for view in others]
    mine = _bounded(beholder, view_condition("mine", beholder), "mine")
    whole = UserTask.process_id.is_(None).desc()
    statement = (
        select(UserTask.process_id, mine, *(func.least(number, MOST + 1) for number in numbers))
        .where(_open(beholder))
        .group_by(func.rollup(UserTask.process_id))
        .order_by(whole)
    )
    (_, *total), *processes = session.execute(statement)
    in_all = others.index("enhed")
    per_process = {process_id: found[in_all] for process_id, _, *found in processes}
    return dict(zip(("mine", *others), total, strict=True)), per_process


def _counted_apart(session: Session, beholder: Beholder) -> tuple[dict[str, int], dict[str, int]]:
    """Count each view and process by itself, each by its own index and no further than MOST: there are too many."""
    deployed = select(ProcessDefinition.process_id).distinct().subquery()
    in_process = _bounded(beholder, UserTask.process_id == deployed.c.process_id)
    per_view = [select(literal("view"), literal(v), _bounded(beholder, view_condition(v, beholder), v)) for v in VIEWS]
    per_process = select(literal("process"), deployed.c.process_id, in_process)
    found = session.execute(union_all(*per_view, per_process)).all()
    views = {name: number for kind, name, number in found if kind == "view"}
    return views, {name: number for kind, name, number in found if kind == "process" and number}


def _bounded(beholder: Beholder, condition: ColumnElement[bool], view: str = "") -> ScalarSelect[int]:
    """Count open tasks, but stop at one more than MOST."""
    some = select(literal(1)).select_from(UserTask).where(_open(beholder, view), condition).correlate_except(UserTask)
    return select(func.count()).select_from(some.limit(MOST + 1).subquery()).scalar_subquery()


def holds_few(session: Session, view: str, beholder: Beholder) -> bool:
    """Tell whether a view holds so few tasks that they are counted."""
    plan_by_values(session)
    return session.execute(select(_bounded(beholder, view_condition(view, beholder), view))).scalar_one() <= MOST


def conditions(session: Session, chosen: Filter, beholder: Beholder) -> list[ColumnElement[bool]]:
    """Give every condition of a filtered view."""
    found = [_open(beholder, chosen.view), view_condition(chosen.view, beholder)]
    exact = (
        (UserTask.process_id, chosen.process_id),
        (UserTask.unit_code, chosen.unit_code),
        (UserTask.institution_code, chosen.institution_code),
        (UserTask.element_id, chosen.element_id),
        (UserTask.assignee, chosen.assignee),
    )
    found += [_is(column, value) for column, value in exact if value]
    if chosen.words:
        found.append(_containing(session, chosen.words))
    return found


def _is(column: InstrumentedAttribute[Any], value: str) -> ColumnElement[bool]:
    return column.is_(None) if value == NOWHERE else column == value


def _containing(session: Session, words: str) -> ColumnElement[bool]:
    """Give the condition that a task's name, its case's number or its person holds the words.

    A word that is in few cases is looked up: reading every task to find that none has it takes 0.1 s. One that is in
    many is asked of each task in the order of the list, until the page is full.
    """
    named, few = list(session.scalars(word_search.task_names(words))), word_search.few_cases(session, words)
    if few is not None:
        of_few = UserTask.case_key.in_(few)
        return or_(UserTask.name.in_(named), of_few) if named else of_few
    of_case = (
        select(word_search.in_any(words, Case.number, Person.name, Person.person_number))
        .outerjoin(Person, Person.key == Case.person_key)
        .where(Case.key == UserTask.case_key)
        .correlate(UserTask)
        .scalar_subquery()
    )
    return or_(UserTask.name.in_(named), of_case)


SORTS: dict[str, tuple[InstrumentedAttribute[Any], ...]] = {
    "opgave": (UserTask.name,),
    "proces": (UserTask.process_id,),
    "enhed": (UserTask.institution_code, UserTask.unit_code),
    "ansvarlig": (UserTask.assignee,),
}
"""What a list is sorted by before the due date; each begins with what an index has in order."""


def _order(chosen: Filter, beholder: Beholder) -> list[UnaryExpression[Any]]:
    """Give the order of the list: downwards is upwards read backwards, so that one index serves both."""
    sorted_by = SORTS.get(chosen.sort, ())
    if beholder.sees_one_place:  # its unit says all, and reading on from place to place would be in vain
        sorted_by = sorted_by[-1:]
    columns = [*sorted_by, UserTask.due_at, UserTask.key]
    return [c.desc().nulls_first() if chosen.descending else c.asc().nulls_last() for c in columns]


def page(session: Session, chosen: Filter, beholder: Beholder, *, is_short: bool = False) -> list[Row[Any]]:
    """Give one page of tasks with what the list shows, and one row more when there is a next page.

    A view that `is_short` (up to MOST tasks) is found whole before it is sorted: in the order of the list, a page of
    the few tasks for one's groups is full only after all tasks are read.
    """
    plan_by_values(session)
    order = _order(chosen, beholder)
    wanted = conditions(session, chosen, beholder)
    if is_short:
        whole = select(UserTask.key).where(_open(beholder, chosen.view), view_condition(chosen.view, beholder))
        wanted.append(UserTask.key.in_(select(whole.cte("whole").prefix_with("MATERIALIZED").c.key)))
    bounded = (
        select(UserTask.key).where(*wanted).order_by(*order).limit(PAGE + 1).offset((chosen.page - 1) * PAGE).subquery()
    )
    return list(session.execute(_shown(bounded).order_by(*order)))


def _shown(bounded: Subquery) -> Select[*tuple[Any, ...]]:
    """Give what the list shows of the tasks chosen.

    These come first in the joins: beyond eight tables PostgreSQL keeps the order written, and would read every task.
    """
    return (
        select(
            UserTask.key,
            UserTask.name,
            UserTask.process_id,
            UserTask.element_id,
            UserTask.assignee,
            UserTask.due_at,
            UserTask.warn_at,
            UserTask.created_at,
            UserTask.access_class,
            UserTask.draft_saved_at,
            _root.suspended_at,
            _is_paused(),
            _escalated_to(Deadline.task_key == UserTask.key, "escalated_to"),
            _escalated_to(Deadline.task_key.is_(None), "case_escalated_to"),
            Case.key.label("case_key"),
            Case.number,
            Case.title,
            Person.name.label("person"),
            Person.person_number,
            func.coalesce(Unit.name, Institution.name).label("place"),
            Account.name.label("owner"),
            ProcessDefinition.name.label("process"),
        )
        .select_from(bounded)
        .join(UserTask, UserTask.key == bounded.c.key)
        .join(Case, Case.key == UserTask.case_key)
        .join(ProcessDefinition, ProcessDefinition.key == UserTask.definition_key)
        .join(_root, _root.key == UserTask.root_key)
        .outerjoin(Person, Person.key == Case.person_key)
        .outerjoin(Unit, Unit.code == UserTask.unit_code)
        .outerjoin(Institution, Institution.code == UserTask.institution_code)
        .outerjoin(Account, Account.username == UserTask.assignee)
    )


def _is_paused() -> Label[bool]:
    """Tell whether the deadline of a shown task stands still: the task has no due date as long as it does."""
    standing = select(Deadline.key).where(Deadline.task_key == UserTask.key, Deadline.state == "PAUSED")
    return and_(UserTask.due_at.is_(None), standing.correlate(UserTask).exists()).label("is_paused")


def _escalated_to(whose: ColumnElement[bool], name: str) -> Label[Any]:
    """Give to which group, the first by name, a deadline of a shown task or of its case is escalated; else NULL."""
    open_ones = and_(Deadline.warned_at.is_not(None), Deadline.ended_at.is_(None), Deadline.escalate_to.is_not(None))
    first = select(func.min(Deadline.escalate_to)).where(Deadline.case_key == UserTask.case_key, whose, open_ones)
    return first.correlate(UserTask).scalar_subquery().label(name)


def process_names(session: Session, process_ids: list[str]) -> dict[str, str]:
    """Give the name of the newest version of each process."""
    newest = (
        select(ProcessDefinition.process_id, ProcessDefinition.name)
        .where(ProcessDefinition.process_id.in_(process_ids))
        .ext(distinct_on(ProcessDefinition.process_id))
        .order_by(ProcessDefinition.process_id, ProcessDefinition.version.desc())
    )
    return {row.process_id: row.name for row in session.execute(newest)}


def elements(session: Session, process_id: str, beholder: Beholder) -> list[Row[Any]]:
    """Give the steps of a process that open tasks stand at, with the tasks' names."""
    some = (
        select(UserTask.element_id, UserTask.name)
        .where(_open(beholder), UserTask.process_id == process_id)
        .limit(MOST)
        .subquery()
    )
    distinct = select(some.c.element_id, func.max(some.c.name).label("name")).group_by(some.c.element_id)
    return list(session.execute(distinct.order_by("name", some.c.element_id)))


def units(session: Session, institution_code: str | None) -> list[Row[Any]]:
    """Give the units one may filter by: those of the institution, or none for those who see many."""
    if institution_code is None:
        return []
    own = select(Unit.code, Unit.name).where(Unit.institution_code == institution_code)
    return list(session.execute(own.order_by(Unit.name, Unit.code)))
