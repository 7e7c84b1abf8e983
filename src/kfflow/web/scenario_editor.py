"""A scenario on a page of its own: its text, what a check finds, and trying it; and beginning a new one."""

from functools import partial

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kfflow.errors import FieldProblem, InvalidInput
from kfflow.persistence import definition_list
from kfflow.service import access, definitions, deployments, drafts, publications, scenario_files
from kfflow.service.context import Context
from kfflow.web import blanks, designer, new_files, text_drafts
from kfflow.web.text_drafts import Refusal
from kfflow.web.visitor import acting

VOCABULARY = (
    ("name", "hvad scenariet viser", "what the scenario shows"),
    ("process", "processens nøgle", "the key of the process"),
    ("at", "hvornår sagen begynder", "when the case begins"),
    ("start: {variables: {…}}", "oplysninger, sagen begynder med", "what the case begins with"),
    (
        "message: {name: …}",
        "beskeden, der begynder sagen, i stedet for start",
        "the message that begins it, instead of start",
    ),
    ("complete: OPGAVE", "en opgave fuldføres", "a task is completed"),
    ("by: BRUGER", "hvem der fuldfører den; ellers en af opgavens gruppe", "by whom; else somebody of its group"),
    ("with: {felt: svar}", "svarene i formularen", "the answers of the form"),
    ("expect_due: 2026-11-25", "opgavens frist", "the deadline of the task"),
    ("refused: KODE", "at det skal afvises, med fejlens kode", "that it must be refused, by the code of the error"),
    ("expect_open: [OPGAVE]", "netop disse opgaver er åbne", "exactly these tasks are open"),
    ("expect_decision: {TABEL: {…}}", "hvad en tabel gav", "what a table gave"),
    (
        "expect_deadline: ELEMENT",
        "en frist: due, kind, rule, hjemmel, state",
        "a deadline: due, kind, rule, hjemmel, state",
    ),
    (
        "advance_to: 2026-12-01T08:00",
        "tiden går; det, der forfalder undervejs, sker",
        "time passes; what falls due happens",
    ),
    (
        "message: NAVN",
        "en besked kommer, med correlation_key og with",
        "a message comes, with correlation_key and with",
    ),
    ("job: ELEMENT", "svar fra et system: result eller error", "the answer of a system: result or error"),
    (
        "expect",
        "til sidst: state, path, not_path, variables, letters",
        "at the end: state, path, not_path, variables, letters",
    ),
)
"""The words of a scenario (`service/scenario_files.py`), for who writes one."""


def page(resource: str) -> str:
    """Show the draft of a scenario, else the version asked for that is kept with its process, or the newest."""
    return _rendered(_required(resource))


def _required(resource: str) -> str:
    designer.require_name(resource)
    if not scenario_files.place_of(resource)[0] or not resource.endswith(scenario_files.ENDING):
        raise access.not_found(resource)
    return resource


def _rendered(resource: str, refused: Refusal | None = None) -> str:
    with acting("åbner scenarie") as ctx:
        text = text_drafts.opened(ctx, resource, scenario_version=request.args.get("version", type=int))
        found = deployments.lint(ctx, resource, text.source.encode())
        draft = drafts.find(ctx, resource)
        standing = publications.standing(ctx, [draft] if draft else [])
    typed = text_drafts.typed() if refused and "kilde" in request.form else text.source
    return render_template(
        "pages/scenario.html",
        text=text,
        source=typed,
        lines=typed.splitlines(),
        title=scenario_files.title_of(text.source.encode()) or resource,
        process_id=scenario_files.place_of(resource)[0],
        findings=found,
        standing=standing,
        vocabulary=VOCABULARY,
        refused=refused,
        given=request.form,
    )


def _refused(resource: str, refused: Refusal, status: int) -> Response:
    return make_response(_rendered(resource, refused), status)


def save(resource: str) -> AnyResponse:
    """Save what was typed as the draft, with errors or without; over a colleague's it is refused, saying whose."""
    again = url_for("web.scenario", resource=resource)
    return text_drafts.save(_required(resource), partial(_refused, resource)) or redirect(again, 303)


def publish(resource: str) -> AnyResponse:
    """Keep the scenario with its process from now on, in place of the one before."""
    again = url_for("web.scenario", resource=resource)
    return text_drafts.publish(_required(resource), partial(_refused, resource)) or redirect(again, 303)


def begin(process_id: str) -> AnyResponse:
    """Begin a scenario of a process as a draft; raises InvalidInput for a name that is none or is taken."""
    key = request.form.get("noegle", "").strip()
    with acting("begynder et scenarie") as ctx:
        if definitions.find_latest(ctx, process_id) is None:
            raise access.not_found(f"Processen {process_id}")
        resource = scenario_files.resource_name(process_id, key + scenario_files.ENDING)
        problems = new_files.problems_of_key(key) or _taken(ctx, resource)
        if problems:
            raise InvalidInput(problems[0].message_da, problems[0].message_en, fields=problems)
        drafts.save(ctx, resource, kind="yaml", source=blanks.scenario(process_id, ctx.at), revision=0)
    return redirect(url_for("web.scenario", resource=resource), 303)


def _taken(ctx: Context, resource: str) -> list[FieldProblem]:
    if drafts.find(ctx, resource) is None and definition_list.newest_resource(ctx.session, resource) is None:
        return []
    return [FieldProblem("noegle", f"{resource} er i brug.", f"{resource} is in use.")]
