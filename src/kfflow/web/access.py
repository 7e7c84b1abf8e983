"""Which page takes which permission. A page that is not listed here is closed to everybody."""

from flask import request

from kfflow.domain import authorization
from kfflow.domain.authorization import Actor, Permission
from kfflow.errors import Forbidden

OPEN = frozenset({"web.login", "web.log_in"})
"""Pages for strangers."""

PAGES: dict[str, Permission | None] = {
    "web.home": None,
    "web.logout": None,
    "web.switch_language": None,
    "web.inbox": Permission.READ_CASE,
    "web.claim": Permission.WORK_TASK,
    "web.release": Permission.WORK_TASK,
    "web.complete": Permission.WORK_TASK,
    "web.save_draft": Permission.WORK_TASK,
    "web.fields": Permission.WORK_TASK,
    "web.letter": Permission.WORK_TASK,
    "web.hand_over": Permission.ASSIGN_TASK,
    "web.cases": Permission.READ_CASE,
    "web.new_case": Permission.START_INSTANCE,
    "web.start_case": Permission.START_INSTANCE,
    "web.start_fields": Permission.START_INSTANCE,
    "web.import_page": Permission.MODIFY_INSTANCE,
    "web.receive_import": Permission.MODIFY_INSTANCE,
    "web.case": Permission.READ_CASE,
    "web.case_diagram": Permission.READ_CASE,
    "web.document": Permission.READ_CASE,
    "web.coming_letters": Permission.READ_CASE,
    "web.coming_letter": Permission.READ_CASE,
    "web.comment": Permission.WRITE_COMMENT,
    "web.retry": Permission.RESOLVE_INCIDENT,
    "web.change_deadline": Permission.EXTEND_DEADLINE,
    "web.board": Permission.READ_BOARD,
    "web.reassign": Permission.ASSIGN_TASK,
    "web.absences": Permission.RECORD_ABSENCE,
    "web.absence": None,
    "web.tell_absence": None,
    "web.client_system": Permission.READ_CONNECTION,
    "web.send_again": Permission.RESOLVE_INCIDENT,
    "web.compare_now": Permission.RESOLVE_INCIDENT,
    "web.batches": Permission.READ_BATCH,
    "web.batch": Permission.READ_BATCH,
    "web.act_on_batch": Permission.READ_BATCH,
    "web.activations": Permission.READ_DEFINITION,
    "web.activation": Permission.READ_DEFINITION,
    "web.switch_process": Permission.DEPLOY,
    "web.institutions": Permission.READ_DEFINITION,
    "web.institution": Permission.READ_DEFINITION,
    "web.move_institution": Permission.ADMINISTER,
    "web.calendars": Permission.READ_DEFINITION,
    "web.change_calendar": Permission.EDIT_CALENDAR,
    "web.try_calendar": Permission.EDIT_CALENDAR,
    "web.law": Permission.READ_DEFINITION,
    "web.law_draft": Permission.PUBLISH,
    "web.publish_law": Permission.PUBLISH,
    "web.add_law_drafts": Permission.EDIT_DRAFT,
    "web.preview_law": Permission.PREVIEW_LAW,
    "web.try_law": Permission.PUBLISH,
    "web.law_change": Permission.READ_DEFINITION,
    "web.apply_law": Permission.MIGRATE_INSTANCE,
    "web.processes": Permission.READ_DEFINITION,
    "web.upload": Permission.DEPLOY,
    "web.designer": Permission.PUBLISH,
    "web.designer_save": Permission.EDIT_DRAFT,
    "web.designer_lint": Permission.PUBLISH,
    "web.designer_compare": Permission.PUBLISH,
    "web.designer_deploy": Permission.PUBLISH,
    "web.new_file": Permission.EDIT_DRAFT,
    "web.begin_file": Permission.EDIT_DRAFT,
    "web.process": Permission.READ_DEFINITION,
    "web.moving_ahead": Permission.MIGRATE_INSTANCE,
    "web.look_into_cases": Permission.MIGRATE_INSTANCE,
    "web.move_cases": Permission.MIGRATE_INSTANCE,
    "web.undo_moving": Permission.MIGRATE_INSTANCE,
    "web.scenario": Permission.PUBLISH,
    "web.discarding": Permission.EDIT_DRAFT,
    "web.discard_draft": Permission.EDIT_DRAFT,
    "web.save_scenario": Permission.EDIT_DRAFT,
    "web.publish_scenario": Permission.PUBLISH,
    "web.begin_scenario": Permission.EDIT_DRAFT,
    "web.try_process": Permission.PUBLISH,
    "web.letter_template": Permission.PUBLISH,
    "web.save_letter_template": Permission.EDIT_DRAFT,
    "web.publish_letter_template": Permission.PUBLISH,
    "web.letter_sheet": Permission.PUBLISH,
    "web.letter_sample": Permission.PUBLISH,
    "web.resource_source": Permission.READ_DEFINITION,
}
"""None: for everybody who is logged in."""


def require_page(actor: Actor) -> None:
    """Raise Forbidden unless the actor may open the page asked for."""
    endpoint = request.endpoint or ""
    if endpoint not in PAGES:
        raise Forbidden
    permission = PAGES[endpoint]
    if permission is not None and not authorization.permits(actor, permission):
        da, en = authorization.words(permission)
        raise Forbidden(f"Din rolle giver ikke adgang til at {da}.", f"Your role does not permit you to {en}.")
