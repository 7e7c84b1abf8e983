"""Cases: finding one, starting one, and the one screen that tells everything about it."""

from typing import Any

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from jinja2_fragments.flask import render_block
from sqlalchemy import Row
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain import authorization
from kfflow.domain import forms as domain_forms
from kfflow.domain.authorization import Permission
from kfflow.errors import Conflict, FieldProblem, InvalidInput, NotFound
from kfflow.persistence import case_view, keys
from kfflow.persistence.scope import scope_of
from kfflow.persistence.tables import Case, Deadline, Document, Person, ProcessDefinition, ProcessInstance
from kfflow.service import access, audit, definitions, forms, incidents, instances, ledgers, search, suspended
from kfflow.service import cases as case_commands
from kfflow.service.cases import CaseDetails
from kfflow.service.context import Context
from kfflow.web import form_fields, progress, timeline
from kfflow.web.form_fields import Control, Filling, Sent
from kfflow.web.visitor import acting
from kfflow.web.wording import say

UNPROCESSABLE = 422
READING_REASON = "opslag i sag"
DOWNLOADED = {"text/plain": ".txt", "text/html": ".html", "application/pdf": ".pdf"}


def cases() -> str:
    """List cases, by words or all; what was searched for and shown is audited."""
    words, state = request.args.get("q", "").strip()[:100], request.args.get("status", "")
    page = min(keys.read(request.args.get("page", "1")) or 1, 2000)
    with acting("søgning i sager") as ctx:
        found = case_view.find_cases(ctx.session, words, scope_of(ctx.actor), state=state, page=page)
        numbers = [row.number for row in found[: case_view.PAGE]]
        audit.record(ctx, "web:case:search", "case", data={"words": words, "numbers": numbers})
    shown, has_next = found[: case_view.PAGE], len(found) > case_view.PAGE
    return render_template(
        "pages/cases.html", rows=shown, has_next=has_next, page=page, words_sought=words, state=state
    )


def case(number: str) -> str:
    """Show everything about one case."""
    with acting(READING_REASON) as ctx:
        found = case_commands.get(ctx, number, reason=READING_REASON)
        shown = _gather(ctx, found)
    return render_template("pages/case.html", **shown)


def _gather(ctx: Context, found: Case) -> dict[str, Any]:
    session, scope = ctx.session, scope_of(ctx.actor)
    running = case_view.instances(session, found.key)
    shown = _chosen_instance(running)
    tasks = case_view.tasks(session, found.key, scope)
    troubles = case_view.incidents(session, found.key)
    deadlines = _seen_deadlines(case_view.deadlines(session, found.key), tasks)
    return {
        "head": case_view.head(session, found.key),
        "tasks": tasks,
        "deadlines": deadlines,
        "ledgers": ledgers.told(ctx, [deadline.key for deadline in deadlines]),
        "overall": _overall(deadlines, running),
        "instances": running,
        "shown": shown,
        "way": progress.of_instance(ctx, shown, troubles) if shown else None,
        "troubles": troubles,
        "standing": _standing(ctx, running),
        "lines": timeline.tell(ctx, found.key, running),
        "comments": case_view.comments(session, found.key),
        "documents": case_view.documents(session, found.key, scope),
    }


def _standing(ctx: Context, running: list[Row[Any]]) -> list[str]:
    """Say of each suspended process of the case by whom it was suspended, when and why."""
    refusals = (suspended.find_refusal(ctx, row.key) for row in running if row.suspended_at and row.state == "ACTIVE")
    return [refusal.message(g.language) for refusal in refusals if refusal is not None]


def _seen_deadlines(found: list[Any], tasks: list[Any]) -> list[Any]:
    """Leave out the deadlines of tasks that hold protected data closed to the visitor."""
    seen = {row.UserTask.key for row in tasks}
    return [deadline for deadline in found if deadline.task_key is None or deadline.task_key in seen]


def _overall(deadlines: list[Deadline], running: list[Row[Any]]) -> Deadline | None:
    """Give the deadline that the whole case is under: that of its first process itself."""
    of_process = (one for one in deadlines if one.task_key is None and one.instance_key == running[0].key)
    return next(of_process, None)


def _chosen_instance(running: list[Row[Any]]) -> Row[Any] | None:
    wanted = request.args.get("proces", "")
    default = next((row for row in reversed(running) if row.state == "ACTIVE"), running[0] if running else None)
    return next((row for row in running if str(row.key) == wanted), default)


def case_diagram(number: str, instance: int) -> Response:
    """Give the diagram of one of the case's processes, in the version it runs in."""
    with acting(READING_REASON) as ctx:
        found = case_commands.get(ctx, number, reason="diagram")
        row = ctx.session.get(ProcessInstance, instance)
        if row is None or row.case_key != found.key:
            raise access.not_found("Diagrammet")
        source = definitions.source(ctx, row.definition_key)
    return Response(source, mimetype="application/xml")


def document(number: str, key: int) -> Response:
    """Give a paper of the case as a file to save: it is never shown as a page of ours."""
    with acting("læser dokument") as ctx:
        found = case_commands.get(ctx, number, reason="dokument")
        row = ctx.session.get(Document, key)
        if row is None or row.case_key != found.key or not authorization.may_open(ctx.actor, row.access_class):
            raise NotFound("Dokumentet findes ikke.", "There is no such document.")
        audit.record(ctx, "web:document:read", str(key), case_key=found.key)
    response = make_response(row.content)
    response.headers["Content-Type"] = row.media_type
    ending = DOWNLOADED.get(row.media_type.split(";")[0], "")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}-{key}{ending}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def comment(number: str) -> AnyResponse:
    with acting("bemærkning") as ctx:
        found = case_commands.get(ctx, number, reason="bemærkning")
        access.require(ctx, Permission.WRITE_COMMENT)
        case_commands.comment(ctx, found.key, request.form.get("text", ""))
    flash(say("Bemærkningen er gemt.", "The comment is saved."), "ok")
    return redirect(url_for("web.case", number=number) + "#bemaerkninger", 303)


def retry(key: int) -> AnyResponse:
    """Let what an incident stopped try again."""
    with acting("løser hændelse") as ctx:
        incident = incidents.resolve(ctx, key)
        found = ctx.session.get_one(Case, incident.case_key)
    flash(say("Der prøves igen.", "It is tried again."), "ok")
    return redirect(url_for("web.case", number=found.number), 303)


# ------------------------------------------------------------------ starting a case


def new_case() -> str:
    """Choose a process, then whom the case is about and what the start form asks."""
    return _start_page(request.args.get("proces", ""), request.args.get("person", ""))


def _start_page(
    process_id: str,
    person_words: str,
    sent: Sent | None = None,
    message: str = "",
    problems: dict[str, str] | None = None,
) -> str:
    with acting("opretter sag") as ctx:
        startable = _startable(ctx)
        chosen = next((row for row in startable if row.process_id == process_id), None)
        people = case_view.find_people(ctx.session, person_words.strip(), scope_of(ctx.actor))
        if people:
            shown = [str(person.key) for person in people]
            audit.record(ctx, "web:person:search", "person", data={"words": person_words, "keys": shown})
        filling = _filling(ctx, chosen, sent, problems or {}) if chosen else None
        controls = filling.controls() if filling else ()
    return render_template(
        "pages/new_case.html",
        startable=sorted(startable, key=lambda row: row.name),
        chosen=chosen,
        people=people,
        person_words=person_words,
        controls=controls,
        is_conditional=filling.is_conditional() if filling else False,
        message=message,
        problems=problems or {},
        picked=request.form.get("person_key", ""),
    )


def _startable(ctx: Context) -> list[ProcessDefinition]:
    """Give the processes in force that people start: those of cases under law have a form for it."""
    found = search.in_force(ctx, ProcessDefinition, case_commands.local_date(ctx))
    return [row for row in found if row.start_form_id or not definitions.compiled(ctx, row.key).hjemmel]


def _filling(
    ctx: Context, definition: ProcessDefinition, sent: Sent | None, problems: dict[str, str]
) -> Filling | None:
    if definition.start_form_id is None:
        return None
    form = forms.for_start(ctx, definition.start_form_id)
    filled = sent if sent is not None else form_fields.sent_of(form, {})
    return Filling(form, filled, {}, forms.evaluator(ctx, {}), problems)


def _received() -> Sent:
    sent = form_fields.received(request.form.to_dict(flat=False))
    sent.pop("person_key", None)
    return sent


def start_fields() -> str:
    """Show the start form's fields anew for what is typed so far."""
    with acting("opretter sag") as ctx:
        chosen = definitions.find_in_force(ctx, request.form.get("proces", ""), definitions.today(ctx))
        filling = _filling(ctx, chosen, _received(), {}) if chosen else None
        controls: tuple[Control, ...] = filling.controls() if filling else ()
    return render_block("parts/fields.html", "fields", controls=controls, url=url_for("web.start_fields"))


def start_case() -> AnyResponse:
    """Start a case; a refusal shows the page again with everything that was typed."""
    process_id, sent = request.form.get("proces", ""), _received()
    if request.form.get("fjern") or request.form.get("tilfoej"):
        return make_response(_start_page(process_id, request.form.get("person", ""), _with_list(process_id, sent)))
    try:
        with acting("opretter sag") as ctx:
            number = _start(ctx, process_id, sent)
    except (InvalidInput, Conflict) as problem:
        words = form_fields.words_of(problem.fields) if isinstance(problem, InvalidInput) else {}
        page = _start_page(process_id, request.form.get("person", ""), sent, problem.message(g.language), words)
        return make_response(page, UNPROCESSABLE if isinstance(problem, InvalidInput) else problem.status)
    flash(say(f"Sag {number} er oprettet.", f"Case {number} was opened."), "ok")
    return redirect(url_for("web.case", number=number), 303)


def _with_list(process_id: str, sent: Sent) -> Sent:
    """Give what was sent with an item of a list more or less, as the button asked."""
    if request.form.get("fjern"):
        return form_fields.without_item(sent, request.form["fjern"])
    with acting("opretter sag") as ctx:
        chosen = definitions.find_in_force(ctx, process_id, definitions.today(ctx))
        form = forms.for_start(ctx, chosen.start_form_id) if chosen and chosen.start_form_id else None
    return form_fields.with_item(form, sent, request.form["tilfoej"]) if form else sent


def _start(ctx: Context, process_id: str, sent: Sent) -> str:
    definition = definitions.find_in_force(ctx, process_id, definitions.today(ctx))
    if definition is None:
        raise NotFound(f"Processen {process_id} er ikke i kraft.", f"Process {process_id} is not in force.")
    answers: dict[str, Any] = {}
    person = _picked(ctx)
    if person is not None:
        _name_person(sent, person)
    if definition.start_form_id is not None:
        form = forms.for_start(ctx, definition.start_form_id)
        answers = forms.start_answers(ctx, form, domain_forms.read_html(form, sent))
    if person is not None:
        answers.setdefault(case_commands.PERSON_VARIABLE, person.person_number)
    details = CaseDetails(person_key=person.key if person else None)
    number = case_commands.joined(ctx, answers)
    started = instances.create(ctx, process_id=process_id, variables=answers, business_key=number, case=details)
    return started.case_number


def _name_person(sent: Sent, person: Person) -> None:
    """Fill in the number of whom was picked; a number of somebody else beside it is refused."""
    given = "".join(sent.get(case_commands.PERSON_VARIABLE, ())).strip()
    if given not in {"", person.person_number}:
        da = f"Nummeret er ikke det, som den valgte person har ({person.person_number})."
        en = f"The number is not that of the person picked ({person.person_number})."
        raise InvalidInput(da, en, fields=[FieldProblem(case_commands.PERSON_VARIABLE, da, en, "person")])
    sent[case_commands.PERSON_VARIABLE] = [person.person_number]


def _picked(ctx: Context) -> Person | None:
    key = keys.read(request.form.get("person_key", ""))
    person = None if key is None else ctx.session.get(Person, key)
    if person is None:
        return None
    found = case_view.find_people(ctx.session, person.person_number, scope_of(ctx.actor))
    return next((one for one in found if one.key == person.key), None)
