"""The screens: server-rendered pages in Danish and English, for caseworkers, supervisors and designers."""

from flask import Blueprint, Flask, g
from flask_wtf.csrf import generate_csrf
from werkzeug.routing import BaseConverter, ValidationError

from kfflow.persistence import keys
from kfflow.web import (
    absences,
    access,
    activations,
    assets,
    batches,
    board,
    calendars,
    cases,
    coming_letters,
    connection,
    deadlines,
    designer,
    discarding,
    imports,
    inbox,
    institutions,
    law,
    law_drafts,
    law_trials,
    letter_editor,
    login,
    new_files,
    problems,
    process,
    process_trials,
    processes,
    scenario_editor,
    security,
    tasks,
    wording,
)
from kfflow.web import visitor as visitors

ROUTES = (
    ("/", "home", login.home, "GET"),
    ("/login", "login", login.login, "GET"),
    ("/login", "log_in", login.log_in, "POST"),
    ("/logout", "logout", login.logout, "POST"),
    ("/sprog", "switch_language", login.switch_language, "POST"),
    ("/indbakke", "inbox", inbox.inbox, "GET"),
    ("/opgaver/<key:key>/tag", "claim", tasks.claim, "POST"),
    ("/opgaver/<key:key>/laeg-tilbage", "release", tasks.release, "POST"),
    ("/opgaver/<key:key>/giv-til", "hand_over", tasks.hand_over, "POST"),
    ("/opgaver/<key:key>/fuldfoer", "complete", tasks.complete, "POST"),
    ("/opgaver/<key:key>/brev", "letter", tasks.letter, "POST"),
    ("/opgaver/<key:key>/kladde", "save_draft", tasks.save_draft, "POST"),
    ("/opgaver/<key:key>/felter", "fields", tasks.fields, "POST"),
    ("/sager", "cases", cases.cases, "GET"),
    ("/sager/ny", "new_case", cases.new_case, "GET"),
    ("/sager/ny", "start_case", cases.start_case, "POST"),
    ("/sager/ny/felter", "start_fields", cases.start_fields, "POST"),
    ("/sager/indlaes", "import_page", imports.page, "GET"),
    ("/sager/indlaes", "receive_import", imports.receive, "POST"),
    ("/sager/<number>", "case", cases.case, "GET"),
    ("/sager/<number>/diagram/<key:instance>", "case_diagram", cases.case_diagram, "GET"),
    ("/sager/<number>/dokumenter/<key:key>", "document", cases.document, "GET"),
    ("/sager/<number>/breve", "coming_letters", coming_letters.overview, "GET"),
    ("/sager/<number>/breve/<letter_id>", "coming_letter", coming_letters.draft, "GET"),
    ("/sager/<number>/bemaerkninger", "comment", cases.comment, "POST"),
    ("/haendelser/<key:key>/proev-igen", "retry", cases.retry, "POST"),
    ("/frister/<key:key>", "change_deadline", deadlines.change_deadline, "POST"),
    ("/tavle", "board", board.board, "GET"),
    ("/tavle/fordel", "reassign", board.reassign, "POST"),
    ("/fravaer", "absences", absences.overview, "GET"),
    ("/fravaer/<username>", "absence", absences.one, "GET"),
    ("/fravaer/<username>", "tell_absence", absences.tell, "POST"),
    ("/klientsystem", "client_system", connection.client_system, "GET"),
    ("/klientsystem/<key:key>/proev-igen", "send_again", connection.send_again, "POST"),
    ("/klientsystem/afstem", "compare_now", connection.compare_now, "POST"),
    ("/batcher", "batches", batches.overview, "GET"),
    ("/batcher/<key:key>", "batch", batches.one, "GET"),
    ("/batcher/<key:key>", "act_on_batch", batches.act, "POST"),
    ("/drift", "activations", activations.overview, "GET"),
    ("/drift/<process_id>", "activation", activations.one, "GET"),
    ("/drift/<process_id>", "switch_process", activations.switch, "POST"),
    ("/institutioner", "institutions", institutions.overview, "GET"),
    ("/institutioner/<code>", "institution", institutions.one, "GET"),
    ("/institutioner/<code>", "move_institution", institutions.move, "POST"),
    ("/kalendere", "calendars", calendars.page, "GET"),
    ("/kalendere", "change_calendar", calendars.change, "POST"),
    ("/kalendere/proev", "try_calendar", calendars.try_change, "POST"),
    ("/lov", "law", law.in_force, "GET"),
    ("/lov/ny", "law_draft", law_drafts.page, "GET"),
    ("/lov/ny", "publish_law", law_drafts.publish, "POST"),
    ("/lov/ny/filer", "add_law_drafts", law_drafts.add, "POST"),
    ("/lov/ny/omfattet", "preview_law", law_drafts.preview, "POST"),
    ("/lov/ny/proev", "try_law", law_trials.try_out, "POST"),
    ("/lov/<key:key>", "law_change", law.change, "GET"),
    ("/lov/<key:key>", "apply_law", law.apply, "POST"),
    ("/processer", "processes", processes.processes, "GET"),
    ("/processer", "upload", processes.upload, "POST"),
    ("/processer/ny", "new_file", new_files.page, "GET"),
    ("/processer/ny", "begin_file", new_files.begin, "POST"),
    ("/processer/<process_id>", "process", process.page, "GET"),
    ("/processer/<process_id>/flyt", "moving_ahead", process.ahead, "GET"),
    ("/processer/<process_id>/flyt/efterse", "look_into_cases", process.look, "POST"),
    ("/processer/<process_id>/flyt", "move_cases", process.move, "POST"),
    ("/processer/<process_id>/fortryd", "undo_moving", process.undo, "POST"),
    ("/processer/<process_id>/scenarier", "begin_scenario", scenario_editor.begin, "POST"),
    ("/processer/<process_id>/proev", "try_process", process_trials.run, "POST"),
    ("/processer/<resource>/scenarie", "scenario", scenario_editor.page, "GET"),
    ("/processer/<resource>/scenarie", "save_scenario", scenario_editor.save, "POST"),
    ("/processer/<resource>/scenarie/udgiv", "publish_scenario", scenario_editor.publish, "POST"),
    ("/processer/<resource>/kasser", "discarding", discarding.page, "GET"),
    ("/processer/<resource>/kasser", "discard_draft", discarding.discard, "POST"),
    ("/processer/<resource>/fil", "resource_source", processes.resource_source, "GET"),
    ("/processer/<resource>/tegn", "designer", designer.designer, "GET"),
    ("/processer/<resource>/gem", "designer_save", designer.save, "POST"),
    ("/processer/<resource>/tjek", "designer_lint", designer.lint, "POST"),
    ("/processer/<resource>/sammenlign", "designer_compare", designer.compare, "POST"),
    ("/processer/<resource>/brev", "letter_template", letter_editor.page, "GET"),
    ("/processer/<resource>/brev", "save_letter_template", letter_editor.save, "POST"),
    ("/processer/<resource>/brev/udgiv", "publish_letter_template", letter_editor.publish, "POST"),
    ("/processer/<resource>/brev/side/<key:number>", "letter_sheet", letter_editor.sheet, "GET"),
    ("/processer/<resource>/brev/proeve", "letter_sample", letter_editor.sample, "GET"),
    ("/processer/<resource>/saet-i-drift", "designer_deploy", designer.deploy, "POST"),
)


class KeyConverter(BaseConverter):
    """A key, or another whole number, in an address; there is no page for what can be none."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        key = keys.read(value)
        if key is None:
            raise ValidationError
        return key


def register(app: Flask) -> None:
    """Put the screens on the application."""
    app.url_map.converters["key"] = KeyConverter
    app.config.update(SESSION_COOKIE_NAME="kfflow_page", WTF_CSRF_TIME_LIMIT=None, MAX_FORM_MEMORY_SIZE=6 * 1024 * 1024)
    blueprint = Blueprint("web", __name__)
    for path, endpoint, view, method in ROUTES:
        blueprint.add_url_rule(path, endpoint, view, methods=[method])
    blueprint.before_request(visitors.meet)
    app.register_blueprint(blueprint)
    app.after_request(security.protect)
    app.context_processor(_page_words)
    wording.register(app)
    problems.register(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _page_words() -> dict[str, object]:
    return {
        "visitor": g.get("visitor"),
        "language": wording.language(),
        "asset": assets.asset,
        "csrf_token": generate_csrf,
        "settings": visitors.settings(),
        "pages": access.PAGES,
    }
