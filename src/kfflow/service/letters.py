"""Letters of a case: composed from its data, made by the template in force, kept so that they can be made again.

A template is given the data that every letter needs (sender, data controller, recipient, case, complaint rule) and of
the case only the fields that it names itself; no more is kept with the letter. Who sends and who is data controller
is said by the table `brev_afsender`, how to complain by `afgoerelse_regel`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from kfflow.errors import EngineFailure
from kfflow.feel import BudgetExceeded, compile_expression
from kfflow.letters import rendering
from kfflow.letters.templates import Template
from kfflow.persistence import subjects
from kfflow.persistence.subjects import Subject
from kfflow.persistence.tables import Case, Document, Letter, Resource
from kfflow.service import decisions, definitions, letter_templates
from kfflow.service.context import Context
from kfflow.service.letter_templates import LetterVersion

PDF = "application/pdf"
SENDER = "brev_afsender"
COMPLAINT = "afgoerelse_regel"
AUTHORITIES = {
    "kommune": "Bopælskommunen",
    "politi": "Politiet",
    "statsadvokat": "Statsadvokaten",
    "folkeregister": "Folkeregisteret",
    "transport": "Transportenheden",
    "jobcenter": "Jobcenteret",
    "behandler": "Behandlingsstedet",
    "uddannelse": "Uddannelsesstedet",
}
"""How a letter addresses an authority that a diagram names by a word."""
GUIDANCE = ("kan_paaklages", "klagefrist", "klagevejledning", "domstolsproevelse", "domstol_frist", "hjemmel")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A letter to be made: by which template, whom it goes to when not to the person, and what the case knows.

    `title` and `text` are what the diagram says; without a title the template's own counts.
    """

    letter_id: str
    variables: Mapping[str, Any]
    title: str = ""
    text: str = ""
    recipient: str | None = None
    access_class: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A letter that was made and not stored yet, with what it was made from."""

    template: str
    title: str
    content: bytes
    access_class: str | None
    letter_key: int
    data: dict[str, Any]
    rendering: dict[str, Any]
    media_type: str = PDF


def wanted_by(headers: Mapping[str, Any], variables: Mapping[str, Any], recipient: str | None = None) -> Wanted:
    """Give the letter that a diagram asks for, by the headers and mapped inputs of its service task.

    Without a recipient the variable `modtager` names whom the letter goes to, when not to the person.
    """
    named = recipient or str(variables.get("modtager") or "") or None
    return Wanted(
        letter_id=str(headers.get("skabelon") or "notat"),
        variables=variables,
        title=str(variables.get("dokument_titel") or ""),
        text=str(variables.get("dokument_tekst") or ""),
        recipient=AUTHORITIES.get(named, named) if named else None,
        access_class=str(headers.get("adgang") or "") or None,
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """That a letter is a draft, which may lack what is not known yet: that is named in it, in Danish and English."""

    blank: Sequence[tuple[str, str]] = ()


def make(ctx: Context, case_key: int, wanted: Wanted, at: datetime, *, draft: Draft | None = None) -> Made:
    """Make a letter of the case dated `at`, to be stored by whoever asked for it; nothing is written here.

    Raises EngineFailure naming the template when it, a table or a part is not in force or does not fit the data; a
    draft alone may lack its complaint rule.
    """
    about = subjects.find(ctx.transaction, case_key)
    days = definitions.days_of(ctx, about)
    letter = letter_templates.get(ctx, wanted.letter_id, days)
    template = letter_templates.template_of(ctx, letter)
    sources = letter_templates.resources(ctx, letter, days)
    data = {**_compose(ctx, about, template, wanted, at, is_draft=draft is not None), "kladde": draft is not None}
    if draft is not None:
        data["mangler"] = [names[data["sprog"] == "en"] for names in draft.blank]
    name = f"{letter.letter_id}.typ"
    content = rendering.render(name, {n: r.source for n, r in sources.items()}, data, at)
    return Made(
        template=letter.letter_id,
        title=data["titel"],
        content=content,
        access_class=wanted.access_class,
        letter_key=letter.key,
        data=data,
        rendering=_record(at, sources),
    )


def _record(at: datetime, sources: Mapping[str, LetterVersion]) -> dict[str, Any]:
    names = [{"name": name, "resource_key": str(part.resource_key)} for name, part in sorted(sources.items())]
    return {"at": at.isoformat(), "compiler": rendering.COMPILER, "sources": names}


def make_again(ctx: Context, document: Document) -> bytes:
    """Give the PDF of a stored letter once more, from what it was made of; raises EngineFailure when that cannot be."""
    said, letter = document.rendering, _letter_of(ctx, document)
    if said is None or letter is None or document.data is None:
        da = f"Dokument {document.key} er ikke dannet af en brevskabelon."
        raise EngineFailure(da, f"Document {document.key} was not made by a template.", kind="LETTER")
    keys = {source["name"]: int(source["resource_key"]) for source in said["sources"]}
    sources = {name: ctx.session.get_one(Resource, key).source for name, key in keys.items()}
    name = f"{letter.letter_id}.typ"
    return rendering.render(name, sources, document.data, datetime.fromisoformat(said["at"]))


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a stored letter comes out the same when it is made again; `problem_*` say why it does not."""

    document: Document
    problem_da: str = ""
    problem_en: str = ""

    @property
    def holds(self) -> bool:
        return not self.problem_en


def verify(ctx: Context, case: Case) -> list[Verified]:
    """Make every letter of a case again and compare byte for byte; documents no template made are left out."""
    made = select(Document).where(Document.case_key == case.key, Document.rendering.is_not(None))
    return [_verified(ctx, document) for document in ctx.session.scalars(made.order_by(Document.key))]


def _verified(ctx: Context, document: Document) -> Verified:
    compiler = (document.rendering or {}).get("compiler")
    if compiler != rendering.COMPILER:
        da = f"Dannet med {compiler}; her er {rendering.COMPILER}."
        return Verified(document, da, f"Made with {compiler}; here is {rendering.COMPILER}.")
    try:
        same = make_again(ctx, document) == document.content
    except EngineFailure as problem:
        return Verified(document, problem.message_da, problem.message_en)
    if same:
        return Verified(document)
    return Verified(document, "Indholdet er et andet end det, brevet blev dannet med.", "The stored content differs.")


def _letter_of(ctx: Context, document: Document) -> Letter | None:
    return None if document.letter_key is None else ctx.session.get(Letter, document.letter_key)


def _compose(
    ctx: Context, about: Subject, template: Template, wanted: Wanted, at: datetime, *, is_draft: bool
) -> dict[str, Any]:
    variables, fields = wanted.variables, {name: wanted.variables.get(name) for name in template.fields or {}}
    stays_at = about.institution_code if about.person_number is None else about.lives_at
    names = _names(ctx, [stays_at, about.institution_code, wanted.recipient, *fields.values()])
    person = _person(about, names.get(stays_at or ""), variables)
    named = [code for code in (wanted.recipient, *fields.values()) if isinstance(code, str) and code in names]
    places = {code: names[code] for code in named}
    language = "en" if person.get("sprog") == "en" and template.title_en else "da"
    complaint = find_complaint(ctx, about, template, variables)
    if complaint is None and template.rule is not None and not is_draft:
        raise _no_guidance(template, _kind_of_case(ctx, template.rule, variables))
    return {
        **_sender(ctx, about, template, variables.get("afgoerelse_rolle"), names.get(about.institution_code or "")),
        "titel": _title(about, template, wanted, language),
        "tekst": wanted.text,
        "sprog": language,
        "dato": at.astimezone(ZoneInfo(ctx.zone)).date().isoformat(),
        "sagsnummer": about.number,
        "syntetisk": person["syntetisk"],
        "modtager": places.get(wanted.recipient or "", wanted.recipient),
        "person": {name: person[name] for name in ("navn", "nummer", "foedt", "institution")},
        "hjemmel": variables.get("afgoerelse_hjemmel") or (complaint or {}).get("hjemmel"),
        "klage": complaint,
        "steder": places,
        "felter": fields,
    }


def _title(about: Subject, template: Template, wanted: Wanted, language: str) -> str:
    if language == "en":
        return f"{template.title_en} – case {about.number}"
    return wanted.title or f"{template.title} i sag {about.number}"


def _person(about: Subject, place: str | None, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Give whom the case is about: the person on it, else what the case was told."""
    if about.person_number is None:
        number = str(variables.get("indsat_id") or "")
        name = str(variables.get("indsat_navn") or number)
        shown = "" if name == number else number
        return {"navn": name, "nummer": shown, "foedt": None, "institution": place, "syntetisk": True}
    return {
        "navn": about.name,
        "nummer": about.person_number,
        "foedt": about.born_on.isoformat() if about.born_on else None,
        "institution": place,
        "syntetisk": about.synthetic,
        "sprog": (about.facts or {}).get("sprog"),
    }


def _names(ctx: Context, values: Iterable[object]) -> dict[str, str]:
    """Give the names of the institutions among the values, by code: a letter says names."""
    return subjects.names_of(ctx.transaction, {value for value in values if isinstance(value, str)})


def _sender(ctx: Context, about: Subject, template: Template, role: object, place: str | None) -> dict[str, Any]:
    asked = {
        "skabelon": template.letter_id,
        "afgoerelse_rolle": role,
        "institution": place,
        "omraade": about.area,
    }
    said = decisions.look_up(ctx, about, SENDER, asked)
    if not isinstance(said, Mapping) or not all(said.get(name) for name in ("afsender", "dataansvarlig", "myndighed")):
        da = f"Tabellen {SENDER} siger ikke, hvem der er afsender af {template.letter_id}."
        raise EngineFailure(da, f"Decision {SENDER} names no sender of {template.letter_id}.", kind="LETTER")
    return {name: said[name] for name in ("afsender", "dataansvarlig", "myndighed")}


def find_complaint(
    ctx: Context, case: Case | Subject, template: Template, variables: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Give the complaint rule of a decision; None when the template asks for none, or the table knows none."""
    if template.rule is None:
        return None
    kind = _kind_of_case(ctx, template.rule, variables)
    rule = kind if isinstance(kind, Mapping) else decisions.look_up(ctx, case, COMPLAINT, {"sagstype": kind})
    if not isinstance(rule, Mapping) or any(rule.get(name) is None for name in GUIDANCE):
        return None
    return {name: rule[name] for name in GUIDANCE}


def _no_guidance(template: Template, kind: object) -> EngineFailure:
    """Say that a letter which must tell how to complain cannot be sent without."""
    da = f"Tabellen {COMPLAINT} har ingen klagevejledning til {template.letter_id} ({kind})."
    return EngineFailure(da, f"Decision {COMPLAINT} has no guidance for {template.letter_id}.", kind="LETTER")


def _kind_of_case(ctx: Context, rule: str, variables: Mapping[str, Any]) -> object:
    try:
        return compile_expression(rule.removeprefix("=")).evaluate(dict(variables), now=ctx.at)
    except BudgetExceeded as problem:
        da = f"Klagereglen »{rule[:80]}« bruger for mange ressourcer."
        raise EngineFailure(da, f"The complaint rule costs too much: {problem}", kind="LETTER") from None
