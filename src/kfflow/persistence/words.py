"""Finding cases and tasks by a part of what they are called, by number, person or step.

An index on the runs of three characters (`grams`) finds the few rows that a rare word is in; a word that is in many
rows is found soonest by reading them in the order asked for. Which of the two it is, is asked first.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Float, Select, and_, cast, column, func, or_, select, table, tablesample
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.orm import InstrumentedAttribute, Session

from kfflow.persistence.tables import Case, Person, ProcessDefinition

FEW = 1000
"""Up to how many cases are looked up by their keys."""
SAMPLE = 500
"""How many of the cases tell whether a word is usual."""
SHORTEST = 3
"""A shorter word has no run of three characters, and is in many rows anyway."""

Column = InstrumentedAttribute[str]


def pattern(words: str) -> str:
    """Give the words as a pattern for LIKE that holds them anywhere."""
    return "%" + words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"


def in_any(words: str, *columns: Column) -> ColumnElement[bool]:
    """Give the condition that one of the columns holds the words, large or small."""
    return or_(*(column.ilike(pattern(words)) for column in columns))


def person_has(words: str) -> ColumnElement[bool]:
    """Give the condition that a person's name or number holds the words, found by its index."""
    if len(words) < SHORTEST:
        return in_any(words, Person.name, Person.person_number)
    return or_(_found_by_index(Person.name, words), _found_by_index(Person.person_number, words))


def _found_by_index(column: Column, words: str) -> ColumnElement[bool]:
    grams: ColumnElement[bool] = func.grams(column).op("@>")(func.grams(words))
    return and_(grams, column.ilike(pattern(words)))


def few_cases(session: Session, words: str) -> Sequence[int] | None:
    """Give the keys of the cases whose number or person holds the words; None when they are many."""
    if len(words) < SHORTEST or _is_usual(session, words):
        return None
    by_number = select(Case.key).where(_found_by_index(Case.number, words)).limit(FEW + 1)
    by_person = select(Case.key).join(Person, Person.key == Case.person_key).where(person_has(words)).limit(FEW + 1)
    found = {key for chosen in (by_number, by_person) for key in session.scalars(chosen)}
    return sorted(found) if len(found) <= FEW else None


def _is_usual(session: Session, words: str) -> bool:
    """Say whether one case in ten has the words; for such a word the index would give half the table.

    The cases asked are some pages of the table from all its years: in January, last year's numbers are in no new case.
    """
    in_all = select(column("reltuples", Float)).select_from(table("pg_class"))
    in_all = in_all.where(column("oid") == cast('"case"', REGCLASS))
    percent = func.least(100, SAMPLE * 100 / func.greatest(in_all.scalar_subquery(), 1))
    cases = tablesample(Case.__table__, func.system(percent))
    some = select(cases.c.number, cases.c.person_key).limit(SAMPLE).subquery()
    has = or_(some.c.number.ilike(pattern(words)), in_any(words, Person.name, Person.person_number))
    counted = select(func.count()).select_from(some).outerjoin(Person, Person.key == some.c.person_key).where(has)
    return session.execute(counted).scalar_one() * 10 >= SAMPLE


def task_names(words: str) -> Select[str]:
    """Select the names of the tasks of any process that hold the words."""
    named = select(func.unnest(ProcessDefinition.task_names).label("name")).subquery()
    return select(named.c.name).where(named.c.name.ilike(pattern(words))).distinct()
