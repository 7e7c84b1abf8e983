"""Cases played from their beginning to now: every step one of the ordinary commands, at its own instant.

All cases run in one queue ordered by time, so that history, ledgers and case numbers come as they would have come.
Several steps share a transaction; that is the only thing here that an installation does not do.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any, Protocol

from sqlalchemy import text

from kfflow.demo import answers, timing
from kfflow.demo.answers import Situation
from kfflow.demo.colleagues import Colleagues
from kfflow.demo.plans import SPAN, Outing, Plan
from kfflow.domain.authorization import Actor
from kfflow.jobs import handlers
from kfflow.jobs.handlers import HandlerContext
from kfflow.persistence.tables import Case, ProcessInstance, UserTask
from kfflow.service import deadlines, instances, jobs, messages, tasks, timers
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from kfflow.service.context import Context, Service
from kfflow.simulation import acting
from kfflow.simulation.hours import in_office_hours

PROCESS = "kf_udgangstilladelse"
BATCH = 100
LEASE = timedelta(minutes=5)
TITLES = {
    "regelmaessig": "Regelmæssig udgang",
    "frigang": "Frigang",
    "saerligt_formaal": "Udgang til særligt formål",
    "udflugt": "Udflugt",
    "udstationering": "Udstationering",
}

# Finds what a case waits for: tasks, timers, jobs and messages, the oldest first.
_WAITING = text("""
WITH own AS (SELECT key FROM process_instance WHERE case_key = :case_key)
SELECT 'task' AS kind, key, element_id, due_at, NULL AS correlation_key
  FROM user_task WHERE case_key = :case_key AND state = 'CREATED'
UNION ALL SELECT 'timer', key, element_id, due_at, NULL
  FROM timer WHERE instance_key IN (SELECT key FROM own) AND state = 'ARMED'
UNION ALL SELECT 'job', key, element_id, due_at, NULL
  FROM job WHERE instance_key IN (SELECT key FROM own) AND state = 'CREATED'
UNION ALL SELECT 'message', key, element_id, NULL, correlation_key
  FROM message_subscription WHERE instance_key IN (SELECT key FROM own) AND state = 'OPEN'
ORDER BY key
""")


@dataclass(slots=True)
class Going:
    """A case on its way; `open` holds the keys of all it waits for now."""

    plan: Plan
    rng: Random
    case_key: int = 0
    root_key: int = 0
    open: frozenset[int] = frozenset()
    takers: dict[int, Actor] = field(default_factory=dict)
    back_at: datetime | None = None
    home_at: datetime | None = None
    outings: int = 0


class Waiting(Protocol):
    """A row of `_WAITING`."""

    kind: str
    key: int
    element_id: str
    due_at: datetime
    correlation_key: str


@dataclass(frozen=True, slots=True)
class Outside:
    """A message from outside for one waiting element."""

    subscription_key: int
    name: str
    variables: dict[str, str]
    correlation_key: str


Act = Callable[[Context], None]


@dataclass(slots=True, order=True)
class Event:
    """Something that happens to a case at an instant; `order` keeps events of one instant in line."""

    at: datetime
    order: int
    act: Act = field(compare=False)


class Play:
    """All cases of the demo, from the first one's beginning until now."""

    def __init__(self, service: Service, colleagues: Colleagues, person_keys: dict[str, int], now: datetime) -> None:
        self.service = service
        self.colleagues = colleagues
        self.person_keys = person_keys
        self.now = now
        self._reached = now - SPAN
        self._queue: list[Event] = []
        self._order = count()

    def run(self, cases: Sequence[Going]) -> Iterator[datetime]:
        """Play everything that happens before now; yields how far it has come after each transaction."""
        for going in cases:
            self._plan(in_office_hours(going.plan.begins_at), partial(self._begin, going))
        while self._queue:
            with self.service.command(SYSTEM) as ctx:
                self._play_some(ctx)
                deadlines.note_due(acting.at(ctx, self._reached))
            yield self._reached

    def _play_some(self, ctx: Context) -> None:
        """Play the next events, also those that they bring about."""
        for _ in range(BATCH):
            if not self._queue:
                break
            event = heapq.heappop(self._queue)
            self._reached = event.at
            event.act(acting.at(ctx, event.at))

    def _plan(self, at: datetime, act: Act) -> None:
        """Let something happen at an instant, or right now when that has gone by."""
        if at <= self.now:
            heapq.heappush(self._queue, Event(max(at, self._reached), next(self._order), act))

    # ---------------------------------------------------------------- what happens

    def _begin(self, going: Going, ctx: Context) -> None:
        plan = going.plan
        unit = plan.inmate.unit
        clerk = self.colleagues.of_institution(going.rng, unit.institution_code, "sagsbehandler")
        if clerk is None:
            return
        details = CaseDetails(
            person_key=self.person_keys[plan.inmate.number],
            institution_code=unit.institution_code,
            unit_code=unit.code,
            title=f"{TITLES[plan.kind]} – {plan.purpose}",
        )
        started = instances.create(
            acting.at(ctx, ctx.at, clerk), process_id=PROCESS, variables=plan.application(), case=details
        )
        going.root_key, going.case_key = started.key, started.case_key
        self._look(going, ctx)

    def _look(self, going: Going, ctx: Context) -> None:
        """See what the case waits for now, and plan what has come since."""
        ctx.flush()
        waiting = ctx.session.execute(_WAITING, {"case_key": going.case_key}).all()
        known, going.open = going.open, frozenset(row.key for row in waiting)
        for row in waiting:
            if row.key not in known:
                self._expect(going, ctx, row)

    def _expect(self, going: Going, ctx: Context, row: Waiting) -> None:
        match row.kind:
            case "task":
                self._expect_task(going, ctx, row)
            case "timer":
                self._plan(max(row.due_at, ctx.at), partial(self._fire, going, row.key))
            case "job":
                self._plan(ctx.at + timedelta(seconds=2), partial(self._work, going, row.key))
            case "message":
                self._expect_message(going, ctx, row)

    def _expect_task(self, going: Going, ctx: Context, row: Waiting) -> None:
        doing = timing.of_task(going.rng, going.plan, row.element_id, ctx.at, row.due_at)
        still_open = doing.done_at is None or doing.done_at > self.now
        if doing.claimed_at is not None and still_open:
            self._plan(doing.claimed_at, partial(self._claim, going, row.key))
        if doing.done_at is not None:
            self._plan(doing.done_at, partial(self._complete, going, row.key, row.element_id))

    def _expect_message(self, going: Going, ctx: Context, row: Waiting) -> None:
        comes_at = timing.of_message(going.rng, going.plan, row.element_id, ctx.at, going.back_at)
        if comes_at is not None:
            message = Outside(row.key, *_MESSAGES[row.element_id], correlation_key=row.correlation_key)
            self._plan(comes_at, partial(self._tell, going, message))

    def _claim(self, going: Going, key: int, ctx: Context) -> None:
        taker = self._doer(going, key, ctx)
        if taker is not None and key in going.open:
            tasks.claim(acting.at(ctx, ctx.at, taker), key)
            going.takers[key] = taker

    def _doer(self, going: Going, key: int, ctx: Context) -> Actor | None:
        held_by = going.takers.get(key)
        return held_by or self.colleagues.for_task(going.rng, tasks.view(ctx, ctx.session.get_one(UserTask, key)))

    def _complete(self, going: Going, key: int, element_id: str, ctx: Context) -> None:
        doer = self._doer(going, key, ctx) if key in going.open else None
        if doer is None:
            return
        situation = Situation(going.plan, going.rng, ctx.at, self.now, going.outings, going.home_at)
        if element_id == "VurderVentetid":
            situation.earliest = ctx.session.get_one(ProcessInstance, going.root_key).variables.get("tidligste_udgang")
        given = answers.of_task(element_id, situation)
        if given is None:
            return
        tasks.complete(acting.at(ctx, ctx.at, doer), key, variables=given)
        self._note(going, element_id, given)
        self._look(going, ctx)

    def _note(self, going: Going, element_id: str, given: dict[str, Any]) -> None:
        """Remember when the inmate is to come back and how many outings there were."""
        if element_id == "PlanlaegUdgang":
            back = datetime.fromisoformat(given["udgang_retur"])
            late = going.plan.outing is Outing.LATE and going.outings == 0
            going.back_at = None if late else back - timedelta(minutes=going.rng.randint(5, 50))
        elif element_id in ("RegistrerHjemkomst", "AflysUdgang"):
            going.outings += 1

    def _fire(self, going: Going, key: int, ctx: Context) -> None:
        if key in going.open and timers.fire(ctx, key):
            self._look(going, ctx)

    def _tell(self, going: Going, message: Outside, ctx: Context) -> None:
        if message.subscription_key not in going.open:
            return
        key, variables = message.correlation_key, dict(message.variables)
        messages.publish(ctx, name=message.name, correlation_key=key, variables=variables)
        if message.name == "hjemkomst":
            going.home_at = ctx.at
        self._look(going, ctx)

    def _work(self, going: Going, key: int, ctx: Context) -> None:
        """Work a job as a worker does: lease it, run its handler, store the result."""
        job = jobs.lease(ctx, key, worker="kfflow", timeout=LEASE) if key in going.open else None
        if job is None:
            return
        if going.plan.failing_job and job.type == "svc_klientsystem_skriv":
            jobs.fail(ctx, key, retries=0, message="Klientsystemet svarede ikke inden for 30 sekunder.")
            return
        work = handlers.find(job.type)
        if work is None:
            return
        case = ctx.session.get_one(Case, job.case_key)
        context = HandlerContext(
            instance_key=job.instance_key,
            business_key=case.number,
            element_id=job.element_id,
            idempotency_key=f"{job.instance_key}:{job.token}",
            at=ctx.at,
            headers=dict(job.headers),
            service=self.service,
        )
        result = work(context, dict(job.variables))
        jobs.complete(ctx, key, result or {}, left=context.effects)
        self._look(going, ctx)


_MESSAGES: dict[str, tuple[str, dict[str, str]]] = {
    "SagAnnulleret": ("sag_annulleret", {}),
    "HoeringssvarModtaget": ("hoeringssvar", {"udtalelse": "Ingen indvendinger mod udgang på sædvanlige vilkår."}),
    "BemaerkningModtaget": ("bemaerkning_modtaget", {"bemaerkninger": "Jeg er uenig og ønsker sagen genovervejet."}),
    "HjemkomstMeldt": ("hjemkomst", {}),
    "ForsinketHjemkomst": ("hjemkomst", {}),
    "IndsatTilbage": ("hjemkomst", {}),
}
"""The messages that the demo's cases get from outside, by the element that waits for them."""
