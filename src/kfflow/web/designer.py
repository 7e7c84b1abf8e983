"""The designer's page, and what its island asks for: save a draft, check, compare, put in operation."""

from pathlib import PurePath
from typing import Any, cast

from flask import Response, g, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain import law
from kfflow.engine.bpmn.encoding import as_text
from kfflow.engine.findings import DeploymentRefused, Finding
from kfflow.errors import Conflict, FieldProblem, InvalidInput, NotFound
from kfflow.persistence import definition_list
from kfflow.service import deployments, drafts, publications, resource_files, telling, trial_results
from kfflow.service.context import Context
from kfflow.web import blanks, described
from kfflow.web.visitor import acting
from kfflow.web.wording import day, moment, say

BAD_REQUEST, CONFLICT = 400, 409
LONGEST_NAME = 120
DRAWN = (".bpmn", ".dmn", ".form")
ENDINGS = (*DRAWN, ".typ", ".yaml")


def designer(resource: str) -> AnyResponse:
    """Open a resource's draft, else what is in operation, else a new one; texts have pages of their own."""
    require_name(resource)
    if not resource.endswith(DRAWN):
        page = "web.letter_template" if resource.endswith(".typ") else "web.scenario"
        return redirect(url_for(page, resource=resource), 303)
    with acting("tegner proces") as ctx:
        data = _opened(ctx, resource)
    return make_response(render_template("pages/designer.html", resource=resource, data=data))


def require_name(resource: str) -> None:
    """Raise NotFound for what is no name of a file that designers change."""
    stem = PurePath(resource).stem
    if len(resource) > LONGEST_NAME or not resource.endswith(ENDINGS) or not _is_plain(stem, resource):
        raise NotFound(f"{resource} findes ikke.", f"{resource} does not exist.")


def _is_plain(stem: str, resource: str) -> bool:
    """Tell whether a name is one word, or the two of a scenario: its process and its own."""
    words = stem.split(".", 1) if resource.endswith(".yaml") else [stem]
    return all(word.replace("-", "_").isidentifier() for word in words)


def _opened(ctx: Context, resource: str) -> dict[str, Any]:
    draft = drafts.find(ctx, resource)
    running = definition_list.newest_resource(ctx.session, resource)
    source = draft.source if draft else (as_text(running.source) if running else _empty(resource))
    return {
        "resourceName": resource,
        "kind": PurePath(resource).suffix[1:],
        "xml": source,
        "revision": draft.revision if draft else 0,
        "runningVersion": definition_list.newest_version(ctx.session, resource),
        "urls": {
            "save": url_for("web.designer_save", resource=resource),
            "lint": url_for("web.designer_lint", resource=resource),
            "compare": url_for("web.designer_compare", resource=resource),
            "deploy": url_for("web.designer_deploy", resource=resource),
            "back": url_for("web.processes"),
        },
        "texts": {},
        "language": g.language,
    }


def _empty(resource: str) -> str:
    named = PurePath(resource)
    return blanks.of_file(named.suffix, named.stem, named.stem.replace("_", " ").capitalize())


def _posted(resource: str) -> dict[str, Any]:
    require_name(resource)
    body = request.get_json(silent=True)
    return cast("dict[str, Any]", body) if isinstance(body, dict) else {}


def _asked(resource: str) -> dict[str, Any]:
    body = _posted(resource)
    if not isinstance(body.get("xml"), str):
        problem = FieldProblem("xml", "Send filen som tekst i «xml».", "Send the file as text in “xml”.")
        raise InvalidInput("Filen mangler.", "The file is missing.", fields=[problem])
    return body


def _revision(body: dict[str, Any]) -> int:
    revision = body.get("revision", 0)
    return revision if isinstance(revision, int) else 0


def _plain(findings: list[Finding]) -> list[dict[str, object]]:
    return [finding.as_dict() for finding in findings]


def save(resource: str) -> Response:
    """Save the draft; over a colleague's newer one it is refused, saying whose."""
    body = _asked(resource)
    if len(body["xml"].encode()) > resource_files.MAXIMUM_BYTES:
        raise InvalidInput("Filen er for stor; højst 5 MB.", "The file is too large; 5 MB at most.")
    try:
        with acting("gemmer kladde") as ctx:
            kind = PurePath(resource).suffix[1:]
            draft = drafts.save(ctx, resource, kind=kind, source=body["xml"], revision=_revision(body))
            findings = deployments.lint(ctx, resource, body["xml"].encode())
    except Conflict as conflict:
        return _stale(resource, conflict)
    return jsonify(revision=draft.revision, savedAt=moment(draft.saved_at), findings=_plain(findings))


def _stale(resource: str, conflict: Conflict) -> Response:
    with acting("gemmer kladde") as ctx:
        draft = drafts.find(ctx, resource)
        told = {
            "message": conflict.message(g.language),
            "revision": draft.revision if draft else 0,
            "savedBy": telling.name_of(ctx, draft.saved_by) if draft else "",
        }
    return make_response(jsonify(told), CONFLICT)


def lint(resource: str) -> Response:
    body = _asked(resource)
    with acting("tjekker kladde") as ctx:
        findings = deployments.lint(ctx, resource, body["xml"].encode())
    return jsonify(findings=_plain(findings))


def compare(resource: str) -> Response:
    """Tell in sentences how the draft differs from what is in operation, and what stands against publishing it."""
    body = _asked(resource)
    with acting("sammenligner kladde") as ctx:
        running = definition_list.newest_resource(ctx.session, resource)
        draft = drafts.find(ctx, resource)
        standing = publications.standing(ctx, [draft] if draft else [])
    changes = described.difference(running.source if running else b"", body["xml"].encode(), resource)
    told = [{"kind": c.kind, "element_id": c.element_id or None, "text": c.text(g.language)} for c in changes]
    against = {"eyes": _words(standing.eyes), "trial": _words(standing.trial)}
    return jsonify(changes=told, tryAt=url_for("web.law_draft", fil=resource), **against)


def _words(words: trial_results.Words | None) -> str | None:
    return say(*words) if words else None


def deploy(resource: str) -> Response:
    """Put the draft in operation as it was saved; running cases keep their version."""
    body = _posted(resource)
    untried = str(body.get(publications.REASON) or "")
    try:
        with acting("udgiver kladde") as ctx:
            done = publish(ctx, {resource: _revision(body)}, _validity(body), untried=untried)
    except DeploymentRefused as refused:
        about = {"title": say(refused.title_da, refused.title_en), "status": BAD_REQUEST, "code": refused.code}
        words = {"detail": refused.message(g.language), "findings": _plain(refused.findings)}
        return make_response(jsonify({**about, **words}), BAD_REQUEST)
    except Conflict as conflict:
        return _stale(resource, conflict)
    return jsonify(version=_version_of(done[0]), message=published(*done))


def publish(
    ctx: Context, seen: drafts.Seen, validity: law.Validity, *, untried: str
) -> tuple[deployments.Deployed, law.Validity]:
    """Publish a draft; gives what was deployed, and from when it counts. Raises as `publications.publish`."""
    return publications.publish(ctx, seen, validity, untried=untried), validity


def published(deployed: deployments.Deployed, validity: law.Validity) -> str:
    """Say in words what was put in force, for which cases, and what is remarkable about it."""
    remarks = (say(one.message_da, one.message_en) for one in deployed.remarks)
    return " ".join([_in_force(_version_of(deployed), validity), *remarks])


def _in_force(version: int | None, validity: law.Validity) -> str:
    if version is None:
        return _scenario_kept(validity)
    if validity.gyldig_fra is None:
        return say(
            f"Version {version} er i drift. Nye sager følger den; sager, der er i gang, beholder deres.",
            f"Version {version} is in operation. New cases follow it; running cases keep theirs.",
        )
    da, en = law.WORDS[validity.overgang]
    return say(
        f"Version {version} gælder fra {day(validity.gyldig_fra)}. {da}.",
        f"Version {version} is in force from {day(validity.gyldig_fra)}. {en}.",
    )


def _scenario_kept(validity: law.Validity) -> str:
    if validity.gyldig_fra is None:
        return say("Scenariet gemmes nu med processen.", "The scenario is kept with the process now.")
    begins = day(validity.gyldig_fra)
    return say(f"Scenariet gælder fra {begins}.", f"The scenario holds from {begins} on.")


def _version_of(deployed: deployments.Deployed) -> int | None:
    versions = [process.version for process in deployed.processes]
    versions += [decision.version for decision in deployed.decisions]
    versions += [form.version for form in deployed.forms]
    versions += [letter.version for letter in deployed.letters]
    return versions[0] if versions else None


def _validity(body: dict[str, Any]) -> law.Validity:
    return law.Validity.read(**{name: str(body[name]) for name in law.VALIDITY_FIELDS if body.get(name)})
