"""Telling why a case follows another law: a comment to who works on it, and a line of its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from kfflow.domain.deadlines.words import day_words
from kfflow.domain.law import WORDS, Transition
from kfflow.persistence import validity
from kfflow.persistence.affected import Reached
from kfflow.persistence.tables import Comment
from kfflow.persistence.validity import Version
from kfflow.service import audit, definitions, execution, history, telling
from kfflow.service.context import Context

APPLIED = "LAW_APPLIED"


@dataclass(frozen=True, slots=True)
class Move:
    """What a case waits for, by its name in the diagram, and the local day on which that was and now is."""

    name: str
    before: date
    after: date


def moves(
    ctx: Context, before: Mapping[tuple[int, str], datetime], after: Mapping[tuple[int, str], datetime]
) -> list[Move]:
    """Give the timers whose day is another one, the first to come first; `before` and `after` as `affected.armed`."""
    zone = ZoneInfo(ctx.zone)
    found = []
    for definition_key, element_id in before.keys() & after.keys():
        days = [at[definition_key, element_id].astimezone(zone).date() for at in (before, after)]
        if days[0] != days[1]:
            element = definitions.compiled(ctx, definition_key).elements.get(element_id)
            found.append(Move((element and element.name) or element_id, days[0], days[1]))
    return sorted(found, key=lambda move: (move.after, move.name))


def tell(ctx: Context, reached: Reached, version: Version, moved: Sequence[Move], *, is_migrated: bool) -> None:
    """Write the comment, the history line and the audit entry of one instance that now follows a version."""
    data = facts(version) | {"owner": reached.owner, "way": "MIGRATE" if is_migrated else "RECKON_ANEW"}
    root_key = execution.root_of(ctx, reached.instance_key) or reached.instance_key
    running = execution.lock(ctx, reached.instance_key, root_key)
    history.add(ctx, running, [[APPLIED, running.process_id, "process", cited(version), data]])
    words = sentences(version, telling.name_of(ctx, reached.owner), moved, is_migrated=is_migrated)
    comment = Comment(
        key=ctx.new_key(),
        case_key=reached.case_key,
        author=ctx.actor.username,
        written_at=ctx.at,
        text="\n\n".join(words),
    )
    ctx.session.add(comment)
    audit.record(ctx, "service:law:follow", str(reached.instance_key), case_key=reached.case_key, data=data)
    ctx.flush()


def facts(version: Version) -> dict[str, Any]:
    """Give the law and rule of a version as history and audit keep them."""
    return {
        "lov": version.lov,
        "gyldig_fra": version.gyldig_fra.isoformat() if version.gyldig_fra else None,
        "overgang": version.overgang,
        "id": validity.name_of(version),
        "version": version.version,
    }


def as_variables(version: Version) -> dict[str, Any]:
    """Give what the message says to a case that reckons anew: why, and on which basis."""
    return {"aendring_aarsag": f"Loven er ændret: {cited(version)}", "aendring_hjemmel": cited(version)}


def cited(version: Version) -> str:
    return version.lov or f"{validity.title_of(version)}, version {version.version}"


def sentences(version: Version, owner: str, moved: Sequence[Move], *, is_migrated: bool) -> tuple[str, str]:
    """Say in Danish and English to whom, from when, by which law and rule, what became of the case and its dates."""
    rule_da, rule_en = WORDS[Transition(version.overgang)]
    since_da, since_en = _since(version.gyldig_fra)
    done_da, done_en = _done(version, is_migrated=is_migrated)
    days_da, days_en = _moved(moved, 0), _moved(moved, 1)
    law = cited(version)
    return (
        f"Til {owner}: Loven er ændret{since_da} ({law}). Overgangsregel: {rule_da.lower()}. {done_da}{days_da}",
        f"To {owner}: The law has changed{since_en} ({law}). Transitional rule: {rule_en.lower()}. {done_en}{days_en}",
    )


def _moved(moved: Sequence[Move], language: int) -> str:
    """Say each day that moved, from when to when; nothing when none did."""
    said = (f"»{m.name}«: {day_words(m.before)[language]} → {day_words(m.after)[language]}" for m in moved)
    return f" {'; '.join(said)}." if moved else ""


def _done(version: Version, *, is_migrated: bool) -> tuple[str, str]:
    title = validity.title_of(version)
    if is_migrated:
        return (
            f"Sagen er flyttet til version {version.version} af «{title}»; frister og udkast er bevaret.",
            f"The case has moved to version {version.version} of “{title}”; deadlines and drafts are kept.",
        )
    return (
        f"Sagens datoer er beregnet igen efter «{title}»; det, der venter, er flyttet med.",
        f"The dates of the case are computed anew by “{title}”; what waits has moved with them.",
    )


def _since(day: date | None) -> tuple[str, str]:
    if day is None:
        return "", ""
    da, en = day_words(day)
    return f" fra {da}", f" from {en}"
