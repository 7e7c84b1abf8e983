"""The stand-in's register filled from an installation, so that a demonstration has something to compare.

Everybody is there as kfflow knows them, but for a few: some whose placement the other side tells otherwise (a
conflict), some whose sentence ends later there (newer data, taken over once), some whom it does not know.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from kfflow.fakes.client_system import FakeClientSystem
from kfflow.persistence.database import Database
from kfflow.persistence.tables import Institution, Outbox, Person

SYSTEM = "klientsystem"
ELSEWHERE_EACH = 120
LATER_EACH = 90
UNKNOWN_EACH = 700
LATER = timedelta(days=14)
FIRST, CHANGED = 1, 2
"""The version of a person's data as kfflow has them, and of data that have become newer on the other side."""


def fill(register: FakeClientSystem, database: Database) -> int:
    """Enter the persons and the outcomes that kfflow has sent; gives how many persons."""
    with database.transaction() as session:
        people = list(session.scalars(select(Person).order_by(Person.person_number)))
        sent = select(Outbox.idempotency_key, Outbox.payload).where(
            Outbox.system == SYSTEM, Outbox.sent_at.is_not(None)
        )
        register.outcomes.update({row.idempotency_key: row.payload for row in session.execute(sent)})
        places = list(session.scalars(select(Institution.code).order_by(Institution.code)))
        told = [_told(number, person, places) for number, person in enumerate(people, 1)]
    for person in told:
        register.enter(person)
    return len(told)


def _told(number: int, person: Person, places: list[str]) -> dict[str, Any]:
    """Give what the other side says of somebody; `number` counts the persons and decides who differs."""
    here, facts, version = person.institution_code, dict(person.facts), person.source_version or FIRST
    if number % ELSEWHERE_EACH == 0 and here in places:
        here = places[(places.index(here) + 1) % len(places)]
    if number % LATER_EACH == 0 and version == FIRST and "straf_slut" in facts:
        version = CHANGED
        facts["straf_slut"] = (date.fromisoformat(facts["straf_slut"]) + LATER).isoformat()
    return {
        "person_number": f"{person.person_number}-ukendt" if number % UNKNOWN_EACH == 0 else person.person_number,
        "version": version,
        "name": person.name,
        "born_on": _iso(person.born_on),
        "admitted_on": _iso(person.admitted_on),
        "institution": here,
        "facts": facts,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
