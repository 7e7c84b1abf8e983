"""One process: its versions and what runs on them, the files that belong to it, and moving cases between versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import flash, g, make_response, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain import law
from kfflow.domain.authorization import Permission
from kfflow.engine.named import named
from kfflow.errors import Conflict, InvalidInput
from kfflow.persistence import definition_list, keys
from kfflow.persistence import moving as rows
from kfflow.persistence.scope import scope_of
from kfflow.service import access, definitions, moving, scenario_files
from kfflow.service.context import Context
from kfflow.service.moving import Wanted
from kfflow.web import process_facts, text_drafts
from kfflow.web.text_drafts import Refusal
from kfflow.web.visitor import acting, settings
from kfflow.web.wording import say

UNPROCESSABLE = 422
MOST_UNDONE = 100
KINDS = {
    "process": ("Kalder processen", "Calls the process"),
    "decision": ("Beslutningstabel", "Decision table"),
    "form": ("Formular", "Form"),
    "letter": ("Brev", "Letter"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A scenario by what it calls itself, and its versions that count today or from a later day on; none of a draft."""

    resource: str
    title: str
    versions: Sequence[Row[Any]]

    @property
    def dated(self) -> Sequence[Row[Any]]:
        """Give the versions, when one of them is for a time."""
        return self.versions if any(row.gyldig_fra or row.gyldig_til for row in self.versions) else ()


@dataclass(frozen=True, slots=True)
class Found:
    """A process as its page shows it."""

    versions: Sequence[Row[Any]]
    files: Sequence[Row[Any]]
    drafts: frozenset[str]
    scenarios: Sequence[Kept]
    undoable: Sequence[Row[Any]]

    @property
    def movable(self) -> Sequence[Row[Any]]:
        """Give the versions that cases could be moved from: those with running cases."""
        return [row for row in self.versions if row.running]


def page(process_id: str) -> str:
    return _page(process_id)


def _page(process_id: str, refused: Refusal | None = None) -> str:
    with acting("proces") as ctx:
        found = _found(ctx, process_id)
    facts = process_facts.of_processes(settings().workflows_dir).get(process_id)
    return render_template(
        "pages/process.html",
        process_id=process_id,
        found=found,
        newest=found.versions[0],
        facts=facts,
        kinds={kind: say(*words) for kind, words in KINDS.items()},
        transitions={rule: say(*words) for rule, words in law.WORDS.items()},
        refused=refused,
        given=request.form,
    )


def _found(ctx: Context, process_id: str) -> Found:
    versions = _versions(ctx, process_id)
    source = definitions.source(ctx, versions[0].key)
    files = definition_list.files_named(ctx.session, named(source, versions[0].resource_name))
    drafts = frozenset(row.resource_name for row in definition_list.drafts(ctx.session))
    may_move = g.visitor.may(Permission.MIGRATE_INSTANCE)
    undoable = rows.undoable(ctx.session, scope_of(ctx.actor), process_id, most=MOST_UNDONE) if may_move else []
    return Found(versions, files, drafts, _scenarios(ctx, process_id), undoable)


def _scenarios(ctx: Context, process_id: str) -> list[Kept]:
    """Give the scenarios of a process by the names of their files; of one that is drawn, what the draft calls it."""
    kept = definition_list.scenarios_of(ctx.session, process_id, definitions.today(ctx).today)
    titles = {row.name: row.title for row in kept}
    drawn = definition_list.drawn_scenarios(ctx.session, process_id)
    titles |= {name: scenario_files.title_of(source) for name, source in drawn.items()}
    return [
        Kept(name, title or name, [row for row in kept if row.name == name]) for name, title in sorted(titles.items())
    ]


def _versions(ctx: Context, process_id: str) -> list[Row[Any]]:
    access.require(ctx, Permission.READ_DEFINITION)
    versions = rows.versions(ctx.session, scope_of(ctx.actor), process_id)
    if not versions:
        raise access.not_found(f"Processen {process_id}")
    return versions


# ------------------------------------------------------------------ moving


def ahead(process_id: str) -> AnyResponse:
    """Show what moving the cases of one version to another would do, and what stands against it, case by case."""
    return _ahead(process_id, request.args)


def _ahead(process_id: str, given: Mapping[str, str], refused: Refusal | None = None) -> AnyResponse:
    with acting("planlægger flytning") as ctx:
        versions = {row.version: row for row in _versions(ctx, process_id)}
        wanted = _wanted(versions, given)
        found = moving.ahead(ctx, wanted)
        names, former = moving.elements(ctx, wanted.target_key), moving.elements(ctx, wanted.source_key)
    blocking = sorted({o.element_id for one in found.candidates if one.is_blocked for o in one.obstacles})
    shown = render_template(
        "pages/moving.html",
        process_id=process_id,
        name=next(iter(versions.values())).name,
        given=given,
        found=found,
        names=names,
        former=former,
        to_map=sorted({element for element in blocking if element in former} | set(wanted.becomes)),
        wanted=wanted,
        language=g.language,
        blocked=sum(one.is_blocked for one in found.candidates),
        refused=refused,
    )
    return make_response(shown, UNPROCESSABLE if refused else 200)


def _wanted(versions: Mapping[int, Row[Any]], given: Mapping[str, str]) -> Wanted:
    """Read from which version to which, and what becomes what: `bliver.OLD=NEW`."""
    found = [versions.get(keys.read(given.get(name, "")) or 0) for name in ("fra", "til")]
    source, target = found
    if source is None or target is None:
        raise InvalidInput("Vælg to versioner af processen.", "Choose two versions of the process.")
    becomes = {name.removeprefix("bliver."): to for name, to in given.items() if name.startswith("bliver.") and to}
    return Wanted(source.key, target.key, becomes)


def look(process_id: str) -> AnyResponse:
    """Let the workers look into every case that would be moved; the page of the plan tells how far they are."""
    with acting("ser efter før flytning") as ctx:
        versions = {row.version: row for row in _versions(ctx, process_id)}
        moving.look(ctx, _wanted(versions, request.form))
    given = {name: value for name, value in request.form.items() if name != "csrf_token"}
    return redirect(url_for("web.moving_ahead", process_id=process_id) + "?" + urlencode(given), 303)


def move(process_id: str) -> AnyResponse:
    """Let the workers move the cases, for the reason given; how far they are is told by the batch."""
    try:
        with acting("flytter sager") as ctx:
            versions = {row.version: row for row in _versions(ctx, process_id)}
            made = moving.move(ctx, _wanted(versions, request.form), request.form.get("grund", ""))
            key, count = made.key, made.frozen_count
    except (Conflict, InvalidInput) as problem:
        return _ahead(process_id, request.form, text_drafts.refusal(problem))
    flash(say(f"{count} sager flyttes nu, én ad gangen.", f"{count} cases are moved now, one by one."), "ok")
    return redirect(url_for("web.batch", key=key), 303)


def undo(process_id: str) -> AnyResponse:
    """Let the workers move the chosen cases back to where they were, for the reason given."""
    chosen = keys.read_all(request.form.getlist("sag"))
    try:
        with acting("fortryder flytning") as ctx:
            _versions(ctx, process_id)
            made = moving.undo(ctx, chosen, request.form.get("grund", ""))
            key, count = made.key, made.frozen_count
    except InvalidInput as problem:
        return make_response(_page(process_id, text_drafts.refusal(problem)), UNPROCESSABLE)
    flash(say(f"{count} sager flyttes nu tilbage.", f"{count} cases are moved back now."), "ok")
    return redirect(url_for("web.batch", key=key), 303)
