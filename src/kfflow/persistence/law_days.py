"""Which files are in force on a day, scenarios among them, and on which days others will be. Read-only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from kfflow.domain.law import Days
from kfflow.persistence import validity
from kfflow.persistence.tables import Resource
from kfflow.persistence.validity import ALL_KINDS


@dataclass(frozen=True, slots=True)
class Bounds:
    """The file of a version, and the days from which it counts and no longer does."""

    name: str
    begins: date | None
    ends: date | None


def bounds(session: Session, after: date) -> list[Bounds]:
    """Give the versions that begin or end after a day."""
    found = union_all(
        *(
            select(Resource.name, table.gyldig_fra, table.gyldig_til)
            .join(Resource, Resource.key == table.resource_key)
            .where(or_(table.gyldig_fra > after, table.gyldig_til > after))
            for table in ALL_KINDS
        )
    )
    return [Bounds(*row) for row in session.execute(found)]


def changes(session: Session, after: date) -> list[date]:
    """Give the days after one on which a version begins or ends, the earliest first."""
    found = {day for one in bounds(session, after) for day in (one.begins, one.ends) if day is not None and day > after}
    return sorted(found)


def files(session: Session, day: date) -> dict[str, int]:
    """Give the keys of the files in force on a day, by name; of two versions of a file the one put there last."""
    counting = union_all(*(select(validity.files_in_force(table).subquery()) for table in ALL_KINDS))
    named = select(Resource.name, Resource.key).where(Resource.key.in_(counting))
    newest = named.order_by(Resource.name, Resource.key.desc()).ext(distinct_on(Resource.name))
    return {row.name: row.key for row in session.execute(newest, Days.on(day).parameters())}


def sources(session: Session, keys: Collection[int]) -> dict[int, bytes]:
    """Give the files by key."""
    found = select(Resource.key, Resource.source).where(Resource.key.in_(sorted(keys)))
    return {row.key: row.source for row in session.execute(found)}
