"""The processes in operation, with their drafts, and putting a file in operation."""

from typing import Any

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain import law
from kfflow.domain.authorization import Permission
from kfflow.engine.findings import DeploymentRefused, Finding
from kfflow.errors import Forbidden, InvalidInput
from kfflow.persistence import definition_list, keys
from kfflow.service import access, definitions, deployments
from kfflow.service.context import Context
from kfflow.web import process_facts
from kfflow.web.visitor import acting, service, settings
from kfflow.web.wording import say

BAD_REQUEST = 400
TEXT = "text/plain; charset=utf-8"
MEDIA_TYPES = {"form": "application/json", "letter": TEXT, "scenario": TEXT}


def processes() -> str:
    return _page([], "")


def _page(findings: list[Finding], message: str) -> str:
    with acting("processer") as ctx:
        listed, drafts = _listed(ctx)
        others = definition_list.other_resources(ctx.session)
    in_operation = {row.resource_name for row in listed} | {row.name for row in others}
    return render_template(
        "pages/processes.html",
        rows=listed,
        drafts=drafts,
        begun=[row for name, row in drafts.items() if name not in in_operation],
        others=others,
        findings=findings,
        message=message,
        transitions={rule: say(*words) for rule, words in law.WORDS.items()},
        may_publish_alone=service().publish_alone,
        facts=process_facts.of_processes(settings().workflows_dir),
    )


def _listed(ctx: Context) -> tuple[list[Row[Any]], dict[str, Row[Any]]]:
    access.require(ctx, Permission.READ_DEFINITION)
    drafts = {row.resource_name: row for row in definition_list.drafts(ctx.session)}
    return definition_list.newest(ctx.session, definitions.today(ctx)), drafts


def upload() -> AnyResponse:
    """Put the uploaded files in operation together; with one error nothing is stored and every finding is shown."""
    files = [(file.filename or "", file.read()) for file in request.files.getlist("filer") if file.filename]
    try:
        with acting("lægger filer op") as ctx:
            deployed = deployments.deploy(ctx, files, validity=_validity())
    except DeploymentRefused as refused:
        return make_response(_page(refused.findings, refused.message(g.language)), BAD_REQUEST)
    except (Forbidden, InvalidInput) as problem:
        fields = problem.fields if isinstance(problem, InvalidInput) else ()
        told = [problem.message(g.language), *(say(f.message_da, f.message_en) for f in fields)]
        return make_response(_page([], " ".join(told)), problem.status)
    words = ", ".join(f"{p.name} v{p.version}" for p in deployed.processes)
    words = words or say(f"{len(files)} filer", f"{len(files)} files")
    flash(say(f"Sat i drift: {words}.", f"In operation: {words}."), "ok")
    for remark in deployed.remarks:
        flash(say(remark.message_da, remark.message_en), "warn")
    return redirect(url_for("web.processes"), 303)


def _validity() -> law.Validity:
    return law.Validity.read(**{name: request.form.get(name) for name in law.VALIDITY_FIELDS})


def resource_source(resource: str) -> Response:
    """Give the newest version of a file as it was put in operation, or of a scenario the one that is asked for."""
    version = keys.read(request.args.get("version", ""))
    with acting("henter fil") as ctx:
        access.require(ctx, Permission.READ_DEFINITION)
        if version is not None:
            found = definition_list.scenario(ctx.session, resource, version)
        else:
            found = definition_list.newest_resource(ctx.session, resource)
        if found is None:
            raise access.not_found(resource)
    response = make_response(found.source)
    response.headers["Content-Type"] = MEDIA_TYPES.get(found.kind, "application/xml")
    response.headers["Content-Disposition"] = "attachment"
    return response
