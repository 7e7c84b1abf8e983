"""Telling why a case follows another law: a comment to who works on it, and a line of its history."""

from datetime import date
from typing import Any

from kfflow.domain.deadlines.words import day_words
from kfflow.domain.law import WORDS, Transition
from kfflow.persistence import validity
from kfflow.persistence.affected import Reached
from kfflow.persistence.tables import Comment
from kfflow.persistence.validity import Version
from kfflow.service import audit, execution, history, telling
from kfflow.service.context import Context

APPLIED = "LAW_APPLIED"


def tell(ctx: Context, reached: Reached, version: Version, *, is_migrated: bool) -> None:
    """Write the comment, the history line and the audit entry of one instance that now follows a version."""
    data = facts(version) | {"owner": reached.owner, "way": "MIGRATE" if is_migrated else "RECKON_ANEW"}
    root_key = execution.root_of(ctx, reached.instance_key) or reached.instance_key
    running = execution.lock(ctx, reached.instance_key, root_key)
    history.add(ctx, running, [[APPLIED, running.process_id, "process", cited(version), data]])
    words = sentences(version, telling.name_of(ctx, reached.owner), is_migrated=is_migrated)
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


def sentences(version: Version, owner: str, *, is_migrated: bool) -> tuple[str, str]:
    """Say in Danish and English to whom, from when, by which law and rule, and what became of the case."""
    rule_da, rule_en = WORDS[Transition(version.overgang)]
    since_da, since_en = _since(version.gyldig_fra)
    done_da, done_en = _done(version, is_migrated=is_migrated)
    law = cited(version)
    return (
        f"Til {owner}: Loven er ændret{since_da} ({law}). Overgangsregel: {rule_da.lower()}. {done_da}",
        f"To {owner}: The law has changed{since_en} ({law}). Transitional rule: {rule_en.lower()}. {done_en}",
    )


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
