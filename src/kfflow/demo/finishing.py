"""What is left to do at the moment at which the demo begins: traces of work, and what seldom happens by itself.

Tasks in hand, comments and drafts, a deadline that stands still, a job that failed, and the people whom no case
follows.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from random import Random

from sqlalchemy import select

from kfflow.demo import law
from kfflow.demo.crew import LOGINS, Crew
from kfflow.domain import authorization
from kfflow.domain.authorization import Actor
from kfflow.errors import Conflict
from kfflow.persistence.tables import Account, Case, Deadline, Job, Person, Unit, UserTask
from kfflow.service import accounts, cases, deadlines, jobs, messages, tasks
from kfflow.service.context import Context
from kfflow.simulation import inmates
from kfflow.simulation.hours import ZONE
from kfflow.simulation.inmates import Inmate, Places
from kfflow.simulation.lots import lots
from kfflow.simulation.people import People, put_in

IN_HAND = 6
"""How many more tasks somebody has in hand whom a newcomer can log in as; at the most half of those they may do."""
COMMENT_SHARE = 0.12
COMMENTS = (
    "Den indsatte spørger til, hvornår svaret kommer. Lovet besked i denne uge.",
    "Har talt med kontaktpersonen; oplysningerne passer.",
    "Afventer svar fra handleplansansvarlig om behandlingstilbuddet.",
    "Se også sagen fra foråret; forholdene er de samme.",
    "Ringet to gange uden svar. Prøver igen i morgen.",
    "Lægefaglige oplysninger hører ikke til her; se journalen.",
)
DRAFTS = 6
DRAFTED: dict[str, dict[str, str]] = {
    "VurderMisbrugsrisiko": {
        "risiko_begrundelse": "Ingen mærker siden indsættelsen. Mangler udtalelse fra værkstedet."
    },
    "GodkendUdgangsadresse": {"adresse_bemaerkning": "Ringet to gange uden svar."},
    "UdarbejdIndstilling": {"indstilling_begrundelse": "Formålet er i orden. Vilkår drøftes på mandag."},
    "TraefAfgoerelse": {"begrundelse": "Udkast: der lægges vægt på forløbet siden sidste afgørelse."},
    "UdarbejdPartshoering": {"partshoering_tekst": "Vi overvejer at give dig afslag, fordi"},
}
"""What somebody has typed so far, by task."""
PAUSED_AHEAD = timedelta(hours=12)
"""How far ahead the deadline lies that is paused."""
PAUSE_REASON = "Den indsatte har bedt om mere tid til at udtale sig; bisidderen er ude at rejse."
PAUSE_BASIS = "forvaltningsloven § 19, stk. 1"
LEASE = timedelta(minutes=5)
FAILURE = "Klientsystemet svarede ikke inden for 30 sekunder."


def write_comments(ctx: Context, crew: Crew, rng: Random) -> None:
    """Write comments on some open cases, each by somebody who may do the task that is open there."""
    employees = [employee.actor for employee in crew(ctx)]
    for task in _open_tasks(ctx):
        author = _one_of(rng, employees, ctx, task) if rng.random() < COMMENT_SHARE else None
        if author is not None:
            written_at = max(task.created_at, ctx.at - timedelta(hours=rng.uniform(1, 90)))
            by_author = ctx.as_of(written_at).on_behalf_of(author)
            cases.comment(by_author, task.case_key, rng.choice(COMMENTS), task_key=task.key)


def take_in_hand(ctx: Context, crew: Crew, rng: Random) -> None:
    """Let everybody whom a newcomer can log in as have some tasks in hand, claimed within the last days."""
    free = [task for task in _open_tasks(ctx) if task.assignee is None]
    for login in (employee.actor for employee in crew(ctx) if employee.actor.username in LOGINS):
        able = [task for task in free if task.assignee is None and _one_of(rng, [login], ctx, task)]
        for task in rng.sample(able, min(IN_HAND, len(able) // 2)):
            claimed_at = max(task.created_at, ctx.at - timedelta(hours=rng.uniform(1, 60)))
            tasks.claim(ctx.as_of(claimed_at).on_behalf_of(login), task.key)


def write_drafts(ctx: Context, crew: Crew, rng: Random) -> None:
    """Leave half-finished answers in some tasks, by whoever holds them."""
    employees = [employee.actor for employee in crew(ctx)]
    drafted = [task for task in _open_tasks(ctx) if task.element_id in DRAFTED]
    for task in rng.sample(drafted, min(DRAFTS, len(drafted))):
        holders = [actor for actor in employees if task.assignee in (actor.username, None)]
        writer = _one_of(rng, holders, ctx, task)
        if writer is not None:
            tasks.save_draft(ctx.on_behalf_of(writer), task.key, dict(DRAFTED[task.element_id]))


def _open_tasks(ctx: Context) -> Sequence[UserTask]:
    waiting = select(UserTask).where(UserTask.state == "CREATED", UserTask.access_class.is_(None))
    return ctx.session.scalars(waiting.order_by(UserTask.key)).all()


def _one_of(rng: Random, actors: Sequence[Actor], ctx: Context, task: UserTask) -> Actor | None:
    view, case = tasks.view(ctx, task), ctx.session.get_one(Case, task.case_key)
    seeing = [actor for actor in actors if authorization.may_see(actor, case.institution_code, case.area)]
    able = [actor for actor in seeing if authorization.may_work(actor, view) is None]
    return rng.choice(able) if able else None


def pause_one(ctx: Context) -> None:
    """Let the supervisor pause one deadline that lies ahead, with reason and legal basis."""
    account = ctx.session.scalars(select(Account).where(Account.username == "teamleder")).one()
    supervisor = ctx.on_behalf_of(accounts.actor_of(account))
    ahead = select(Deadline.key).join(UserTask, UserTask.key == Deadline.task_key)
    own = UserTask.institution_code == account.institution_code, UserTask.access_class.is_(None)
    running = Deadline.state == "RUNNING", Deadline.due_at > ctx.at + PAUSED_AHEAD, Deadline.warned_at.is_(None)
    for key in ctx.session.scalars(ahead.where(*own, *running).order_by(Deadline.due_at, Deadline.key)).all():
        try:
            deadlines.pause(supervisor, key, reason=PAUSE_REASON, hjemmel=PAUSE_BASIS)
        except Conflict:
            continue  # a date, or counted backwards from one
        return


def break_a_job(ctx: Context, people: People) -> None:
    """Let somebody be sentenced whose master data cannot be fetched: the job waits with its incident."""
    today = ctx.at.astimezone(ZONE).date()
    number = people.admit(ctx, today, at_liberty=False).number
    told = {"indsat_id": number, "dom_dato": today.isoformat(), "paa_fri_fod": False}
    messages.publish(ctx, name="indsaettelse_meddelt", correlation_key=number, variables=told)
    ctx.flush()
    fetching = select(Job.key).where(Job.state == "CREATED", Job.type == "svc_klientsystem_hent")
    key = ctx.session.scalars(fetching.order_by(Job.key.desc())).first()
    if key is not None and jobs.lease(ctx, key, worker="kfflow", timeout=LEASE) is not None:
        jobs.fail(ctx, key, retries=0, message=FAILURE)


def settle_others(ctx: Context, people: People, count: int, served_years: Sequence[int]) -> list[Inmate]:
    """Put more people into the places that are left, so that there are `count` in all; no case follows them yet.

    Some serve for life, since so many years.
    """
    units = ctx.session.scalars(select(Unit)).all()
    taken = Counter(unit for unit in ctx.session.scalars(select(Person.unit_code)) if unit)
    rng, today = lots(people.seed, "others"), ctx.at.astimezone(ZONE).date()
    others = inmates.generate(rng, count - len(people.known), Places(units, taken), today, first=len(people.known) + 1)
    others = law.for_life(others, served_years, today)
    people.hear_of(others, put_in(ctx, others))
    return others
