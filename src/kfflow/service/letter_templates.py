"""Letter templates as deployed: checked by trying them out, kept in versions, found with the parts they import."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import select

from kfflow.domain.law import Days
from kfflow.engine.findings import Finding, Severity
from kfflow.errors import EngineFailure
from kfflow.letters import templates, trying
from kfflow.letters.rendering import TemplateFault
from kfflow.letters.templates import Template
from kfflow.persistence import steps, validity
from kfflow.persistence.tables import Letter, Resource
from kfflow.service import definitions
from kfflow.service.context import Context


def findings(
    name: str, source: bytes, beside: Mapping[str, bytes], tried: Collection[str] = frozenset()
) -> list[Finding]:
    """Give what is wrong with a template; `beside` holds what it may import, by resource name.

    A letter is tried out with its sample and with nothing known, in Danish and English. A part is tried out with
    every letter beside it that imports it, but those in `tried`, which are looked at on their own.
    """
    template = templates.parse(name, source)
    found = [_finding(name, p.line, p.message_da, p.message_en) for p in template.problems]
    found += [_missing(name, part) for part in template.imports if part not in beside]
    if found:
        return found
    known = {**beside, name: source}
    wanted = [name] if template.fields is not None else letters_with(name, known, tried)
    return [_of_fault(fault) for letter in wanted for fault in trying.faults(letter, closure(letter, known))]


def letters_with(part: str, known: Mapping[str, bytes], tried: Collection[str] = frozenset()) -> list[str]:
    """Give the letters that import a part, directly or through another."""
    letters = [name for name, source in known.items() if templates.parse(name, source).fields is not None]
    return [name for name in sorted(letters) if name not in tried and part in closure(name, known)]


def _finding(name: str, line: int | None, da: str, en: str) -> Finding:
    return Finding("letter", Severity.ERROR, da, en, line=line, resource=name)


def _missing(name: str, part: str) -> Finding:
    da, en = f"{part} er ikke i drift og ikke med her.", f"{part} is neither in force nor given here."
    return _finding(name, None, da, en)


def _of_fault(fault: TemplateFault) -> Finding:
    return _finding(fault.resource, fault.line, fault.message_da, fault.message_en)


def closure(name: str, known: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give a template with every part that it imports, directly or through another."""
    reached: dict[str, bytes] = {}
    waiting = [name]
    while waiting:
        own = waiting.pop()
        if own not in reached and own in known:
            reached[own] = known[own]
            waiting += templates.parse(own, known[own]).imports
    return reached


def in_force(ctx: Context) -> dict[str, bytes]:
    """Give the source of every template and part that is in force today, by resource name."""
    keys = [row.resource_key for row in validity.all_in_force(ctx.session, Letter, definitions.today(ctx))]
    rows = ctx.session.execute(select(Resource.name, Resource.source).where(Resource.key.in_(keys)))
    return {row.name: row.source for row in rows}


def after(ctx: Context, given: Sequence[tuple[str, bytes]]) -> dict[str, bytes]:
    """Give what will be in force once the given templates are."""
    return {**in_force(ctx), **dict(given)} if given else {}


@dataclass(frozen=True, slots=True)
class LetterVersion:
    """What never changes of a version of a template or part; from when to when it is in force may."""

    key: int
    letter_id: str
    resource_key: int
    name: str
    source: bytes


def get(ctx: Context, letter_id: str, days: Days) -> LetterVersion:
    """Give the version of a template that is in force for a case; raises EngineFailure when there is none."""
    key = steps.find_letter(ctx.transaction, letter_id, days)
    if key is None:
        raise EngineFailure(
            f"Brevskabelonen {letter_id} er ikke sat i drift, eller ingen version gælder for sagen.",
            f"Letter template {letter_id} is not deployed, or no version is in force for the case.",
            kind="LETTER",
        )
    return ctx.compiled.get("letter version", key, lambda: _read(ctx, key))


def _read(ctx: Context, key: int) -> LetterVersion:
    letter = ctx.session.get_one(Letter, key)
    resource = ctx.session.get_one(Resource, letter.resource_key)
    return LetterVersion(letter.key, letter.letter_id, resource.key, resource.name, resource.source)


def template_of(ctx: Context, letter: LetterVersion) -> Template:
    """Give the template as it describes itself."""
    return ctx.compiled.get("letter", letter.key, lambda: templates.parse(letter.name, letter.source))


def resources(ctx: Context, letter: LetterVersion, days: Days) -> dict[str, LetterVersion]:
    """Give what a letter is made of now, by resource name: the template and the parts in force for the case."""
    reached = {letter.name: letter}
    waiting = list(template_of(ctx, letter).imports)
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        part = get(ctx, PurePath(name).stem, days)
        reached[name] = part
        waiting += template_of(ctx, part).imports
    return reached
