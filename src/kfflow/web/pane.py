"""One task as the pane beside the inbox shows it: whose case, by when and why, on which basis, and the form."""

from dataclasses import dataclass, field
from typing import Any

from kfflow.domain import authorization
from kfflow.domain.forms import Form
from kfflow.errors import EngineFailure, NotFound
from kfflow.persistence import case_view
from kfflow.persistence.case_view import Head
from kfflow.persistence.tables import Deadline, DecisionEvaluation, UserTask
from kfflow.service import audit, definitions, forms, suspended, tasks
from kfflow.service.context import Context
from kfflow.web.form_fields import Control, Filling, Sent, sent_of
from kfflow.web.wording import say

DECISIONS_SHOWN = 3
DRAFT = "sendt"


@dataclass(frozen=True, slots=True)
class Refused:
    """What somebody sent that was refused: the texts, the problems by field, and the sentence above them."""

    sent: Sent
    message: str = ""
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pane:
    """Everything the pane shows; `refusal` says why the visitor may not work the task."""

    task: UserTask
    head: Head
    deadline: Deadline | None
    decisions: list[DecisionEvaluation]
    owner: str
    completer: str
    refusal: str
    controls: tuple[Control, ...] = ()
    is_conditional: bool = False
    message: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    letters: tuple[str, ...] = ()
    """What the letters that the task prepares are called; empty for one that the answers decide upon."""

    @property
    def is_open(self) -> bool:
        return self.task.state == "CREATED"


def gather(ctx: Context, key: int, refused: Refused | None = None) -> Pane | None:
    """Read a task for the pane, None when there is none that the visitor may see. The reading is audited."""
    try:
        task = tasks.get(ctx, key)
    except NotFound:
        return None
    head = case_view.head(ctx.session, task.case_key)
    audit.record(ctx, "web:task:read", str(key), case_key=task.case_key, reason=_reason(ctx, task))
    form, message = _form(ctx, task)
    filling = filling_of(ctx, task, form, refused) if form else None
    return Pane(
        task=task,
        head=head,
        deadline=case_view.deadline_of_task(ctx.session, key),
        decisions=case_view.evaluations_before(ctx.session, task, limit=DECISIONS_SHOWN),
        owner=case_view.owner_name(ctx.session, task.assignee),
        completer=case_view.owner_name(ctx.session, task.completed_by),
        refusal=_refusal(ctx, task),
        controls=filling.controls() if filling else (),
        is_conditional=filling.is_conditional() if filling else False,
        message=refused.message if refused else message,
        problems=refused.problems if refused else {},
        letters=_letters(ctx, task),
    )


def _letters(ctx: Context, task: UserTask) -> tuple[str, ...]:
    elements = definitions.compiled(ctx, task.definition_key).elements
    element = elements.get(task.element_id)
    makers = [elements.get(maker) for maker in element.letters] if element is not None else []
    return tuple("" if maker is None else maker.name for maker in makers)


def _refusal(ctx: Context, task: UserTask) -> str:
    """Say why the visitor may not work the task now; nothing when there is no reason."""
    refusal = authorization.may_work(ctx.actor, tasks.view(ctx, task))
    if refusal is not None:
        return say(refusal.message_da, refusal.message_en)
    standing = suspended.find_refusal(ctx, task.root_key)
    return standing.message(ctx.language) if standing else ""


def _reason(ctx: Context, task: UserTask) -> str:
    return "egen opgave" if task.assignee == ctx.actor.username else "opgave i indbakken"


def _form(ctx: Context, task: UserTask) -> tuple[Form | None, str]:
    try:
        return forms.for_task(ctx, task), ""
    except EngineFailure as problem:
        return None, problem.message(ctx.language)


def filling_of(ctx: Context, task: UserTask, form: Form, refused: Refused | None = None) -> Filling:
    """Fill a task's form: what was refused, else the draft over what the case knows."""
    known = forms.with_choices(ctx, form, forms.context_of(ctx, task), task.institution_code, task.area)
    sent = refused.sent if refused else {**sent_of(form, known), **drafted(task)}
    return Filling(form, sent, known, forms.evaluator(ctx, known), refused.problems if refused else {})


def drafted(task: UserTask) -> Sent:
    """Give the texts that were saved as the task's draft."""
    saved: Any = (task.draft or {}).get(DRAFT, {})
    return {str(name): [str(text) for text in texts] for name, texts in saved.items()}
