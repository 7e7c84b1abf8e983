"""What makes the demo's open cases look worked on: comments, drafts, and tasks handed out."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from sqlalchemy import select

from kfflow.demo.colleagues import Colleagues
from kfflow.domain.authorization import Actor
from kfflow.persistence.tables import UserTask
from kfflow.service import cases, tasks
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context, Service
from kfflow.simulation import acting

COMMENT_SHARE = 0.12
DRAFTS = 6
COMMENTS = (
    "Har talt med adressaten i telefonen; hun bekræfter, at besøget passer.",
    "Den indsatte spørger til, hvornår svaret kommer. Lovet besked i denne uge.",
    "Afventer svar fra handleplansansvarlig om behandlingstilbuddet.",
    "Adressen er kendt fra tidligere udgang uden bemærkninger.",
    "Se også sagen fra foråret, hvor udgang blev imødekommet.",
    "Lægefaglige oplysninger hører ikke til her; se journalen.",
)
DRAFTED: dict[str, dict[str, str]] = {
    "VurderMisbrugsrisiko": {
        "risiko_begrundelse": "Ingen mærker siden indsættelsen. Mangler udtalelse fra værkstedet."
    },
    "GodkendUdgangsadresse": {"adresse_bemaerkning": "Ringet to gange uden svar."},
    "UdarbejdIndstilling": {"indstilling_begrundelse": "Formålet er i orden. Vilkår drøftes på mandag."},
    "TraefAfgoerelse": {"begrundelse": "Udkast: der lægges vægt på forløbet siden sidste udgang."},
    "UdarbejdPartshoering": {"partshoering_tekst": "Vi overvejer at give dig afslag, fordi"},
}
"""What somebody has typed so far, by task."""


def finish(service: Service, colleagues: Colleagues, rng: Random) -> None:
    """Write comments on some open cases and half-finished answers in some open tasks."""
    with service.command(SYSTEM) as ctx:
        waiting = select(UserTask).where(UserTask.state == "CREATED", UserTask.access_class.is_(None))
        open_tasks = ctx.session.scalars(waiting.order_by(UserTask.key)).all()
        for task in open_tasks:
            if rng.random() < COMMENT_SHARE:
                _comment(ctx, colleagues, rng, task)
        _draft(ctx, colleagues, rng, [t for t in open_tasks if t.element_id in DRAFTED])


def _comment(ctx: Context, colleagues: Colleagues, rng: Random, task: UserTask) -> None:
    author = colleagues.for_task(rng, tasks.view(ctx, task))
    if author is None:
        return
    written_at = max(task.created_at, ctx.at - timedelta(hours=rng.uniform(1, 90)))
    cases.comment(acting.at(ctx, written_at, author), task.case_key, rng.choice(COMMENTS), task_key=task.key)


def _draft(ctx: Context, colleagues: Colleagues, rng: Random, open_tasks: Sequence[UserTask]) -> None:
    for task in rng.sample(list(open_tasks), min(DRAFTS, len(open_tasks))):
        writer = _writer(colleagues, rng, task, ctx)
        if writer is not None:
            tasks.save_draft(acting.at(ctx, ctx.at, writer), task.key, dict(DRAFTED[task.element_id]))


def _writer(colleagues: Colleagues, rng: Random, task: UserTask, ctx: Context) -> Actor | None:
    """Give who holds the task, or somebody who may do it."""
    holder = next((a for a in colleagues.actors if a.username == task.assignee), None)
    return holder or colleagues.for_task(rng, tasks.view(ctx, task))
