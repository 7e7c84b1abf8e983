"""The worker: runs what is due, each piece as one command. Any number of them may run at once.

The rows are the truth. A bell only says where to look first; `sweep` finds everything, so a lost bell costs at most
one sweep of waiting.
"""

import os
import secrets
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

import structlog

from kfflow.errors import Conflict, EngineFailure, InvalidInput, KfflowError, Unavailable
from kfflow.jobs import batching, client_system, duties, handlers
from kfflow.jobs.handlers import BpmnError, Handler, HandlerContext
from kfflow.jobs.pulse import Pulse
from kfflow.persistence.leases import Leased
from kfflow.service import batches, deadlines, held_results, jobs, messages, reprojection, signals, timers
from kfflow.service.accounts import SYSTEM
from kfflow.service.attempts import words_of
from kfflow.service.context import Bell, Context, Service

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
SWEEP_EVERY = 1.0
"""Seconds between two sweeps; what no bell announces waits at most this long."""
STORE_AGAIN_AFTER = 1.0
"""Seconds until a result that the database could not take is stored again."""
BATCH = 100


class Worker:
    """Works off one installation's due rows."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self.pulse = Pulse(service, self.name)
        self._bell = threading.Event()
        self._stop = threading.Event()

    # -------------------------------------------------------------- one piece

    def work(self, bell: Bell) -> bool:
        """Work off one row if it is due; True when something was done."""
        acts: dict[str, Callable[[int], bool]] = {
            "job": self.run_job,
            "result": self.take_result,
            "timer": self.fire,
            "message": self.deliver,
            "signal": self.spread,
            "batch": self.work_batch,
        }
        act = acts.get(bell.kind)
        return act is not None and self._guarded(act, bell.key)

    def _guarded(self, act: Callable[[int], bool], key: int) -> bool:
        """Act, and let no failure keep the other work from being done; the row waits for the next sweep."""
        try:
            return act(key)
        except Conflict:
            return False
        except KfflowError as problem:
            log.warning("work_refused", work=act.__name__, key=key, code=problem.code, error=str(problem))
            return False
        except Exception:
            log.exception("work_failed", work=act.__name__, key=key)
            return False

    def fire(self, key: int) -> bool:
        with self.service.command(SYSTEM) as ctx:
            return timers.fire(ctx, key)

    def fire_due(self) -> int:
        """Fire what is due, at most a batch, each timer in a command of its own; gives how many fired."""
        done = 0
        for _ in range(BATCH):
            fired = self._fire_next()
            if fired is None or self._stop.is_set():
                break
            done += fired
        return done

    def _fire_next(self) -> bool | None:
        """Fire one timer; None when nothing is due. One that cannot fire becomes an incident and is left alone."""
        key = None
        try:
            with self.service.command(SYSTEM) as ctx:
                timer = timers.claim_next(ctx)
                if timer is None:
                    return None
                key = timer.key
                timers.fire_claimed(ctx, timer)
                return True
        except Exception as problem:
            if key is None or isinstance(problem, Unavailable):
                raise
            log.exception("timer_failed", key=key)
            with self.service.command(SYSTEM) as ctx:
                timers.report_failed(ctx, key, words_of(problem))
            return False

    def note_deadlines(self) -> int:
        """Enter the warnings and breaches whose moment has come, a batch at a time; gives how many."""
        done = 0
        for _ in range(BATCH):
            with self.service.command(SYSTEM) as ctx:
                noted = deadlines.note_due(ctx)
            done += noted
            if not noted or self._stop.is_set():
                break
        return done

    def follow_calendars(self) -> int:
        """Reckon anew the deadlines that a changed calendar may move, a batch a command; gives how many were seen."""
        done = 0
        for _ in range(BATCH):
            with self.service.command(SYSTEM) as ctx:
                seen = reprojection.follow(ctx)
            done += seen
            if not seen or self._stop.is_set():
                break
        return done

    def take_result(self, job_key: int) -> bool:
        """Take how a job went that was told while its case was suspended; one that fails becomes an incident."""
        try:
            with self.service.command(SYSTEM) as ctx:
                return held_results.take(ctx, job_key)
        except EngineFailure as problem:
            with self.service.command(SYSTEM) as ctx:
                held_results.give_up(ctx, job_key, problem.message_da, problem.message_en)
            return False

    def deliver(self, key: int) -> bool:
        """Deliver a buffered message; one that cannot start its process is given up, not tried for ever."""
        try:
            with self.service.command(SYSTEM) as ctx:
                return messages.deliver_waiting(ctx, key)
        except Unavailable:
            raise
        except Exception as problem:
            log.exception("message_failed", key=key)
            with self.service.command(SYSTEM) as ctx:
                messages.give_up(ctx, key, words_of(problem))
            return False

    def early(self, subscription_keys: Sequence[int]) -> list[Bell]:
        """Give the messages that came before those who now wait for them; asked once for all."""
        if not subscription_keys:
            return []
        with self.service.command(SYSTEM) as ctx:
            return [Bell("message", key) for key in messages.waiting_for(ctx, subscription_keys)]

    def spread(self, key: int) -> bool:
        """Deliver a signal to everybody who waits for it, one command each."""
        reached = False
        while True:
            with self.service.command(SYSTEM) as ctx:
                receiver = signals.next_receiver(ctx, key)
                if receiver is None:
                    return reached
                signals.deliver(ctx, receiver)
                reached = True

    def work_batch(self, key: int) -> bool:
        return bool(batching.work_share(self.service, key))

    def run_job(self, key: int) -> bool:
        """Lease a job, run its handler outside any transaction, and store how it went."""
        with self.pulse.holding(key):
            return self._run_leased(key)

    def _run_leased(self, key: int) -> bool:
        with self.service.command(SYSTEM) as ctx:
            job = jobs.lease(ctx, key, types=handlers.types(), worker=self.name, timeout=LEASE)
            function = handlers.find(job.type) if job else None
            if job is None or function is None:
                return False
            context = HandlerContext(
                instance_key=job.instance_key,
                business_key=job.case_number,
                element_id=job.element_id,
                idempotency_key=f"{job.instance_key}:{job.token}",
                at=ctx.at,
                headers=dict(job.headers),
                service=self.service,
            )
        self._run_handler(function, context, job)
        return True

    def _run_handler(self, function: Handler, context: HandlerContext, job: Leased) -> None:
        try:
            result = function(context, dict(job.variables))
        except BpmnError as error:
            code, message = error.code, error.message
            self._store(lambda ctx: jobs.throw_error(ctx, job.key, code=code, message=message))
        except Exception as problem:  # noqa: BLE001 - whatever a handler raises is a failed attempt
            self._fail(job, problem)
        else:
            self._complete(job, result or {}, context)

    def _complete(self, job: Leased, result: dict[str, object], context: HandlerContext) -> None:
        try:
            self._store(lambda ctx: jobs.complete(ctx, job.key, result, left=context.effects))
        except (EngineFailure, InvalidInput) as problem:
            self._fail(job, problem)

    def _fail(self, job: Leased, problem: Exception) -> None:
        where = traceback.extract_tb(problem.__traceback__)[-1:]
        place = f" ({where[0].name}, linje {where[0].lineno})" if where else ""
        message = f"{type(problem).__name__}: {problem}{place}"
        log.warning("job_failed", job=job.key, type=job.type, attempt=job.attempts, error=message)
        backoff = timedelta(seconds=min(2**job.attempts, 300))
        left = job.retries - 1
        self._store(lambda ctx: jobs.fail(ctx, job.key, retries=left, message=message, retry_backoff=backoff))

    def _store(self, act: Callable[[Context], object]) -> None:
        """Store how a job went; while the database is away, again and again, for the handler has acted already."""
        lease_ends = time.monotonic() + LEASE.total_seconds()
        while True:
            try:
                with self.service.command(SYSTEM) as ctx:
                    act(ctx)
            except Unavailable:
                if time.monotonic() > lease_ends or self._stop.wait(STORE_AGAIN_AFTER):
                    raise
            else:
                return

    # -------------------------------------------------------------- everything due

    def due(self) -> list[Bell]:
        """Give what is due now beside timers, in the order in which it became due within each kind."""
        with self.service.command(SYSTEM) as ctx:
            found = [
                Bell("signal" if kind == "signal" else "message", key)
                for key, kind in messages.deliverable(ctx, limit=BATCH)
            ]
            found += [Bell("result", key) for key in held_results.due_keys(ctx, limit=BATCH)]
            found += [Bell("job", key) for key in jobs.waiting_keys(ctx, handlers.types(), limit=BATCH)]
            found += [Bell("batch", key) for key in batches.due_keys(ctx, limit=BATCH)]
            messages.expire(ctx)
            self.pulse.swept_at = ctx.at
        return found

    def sweep(self) -> int:
        """Work off everything that is due now, once; gives how many pieces were done."""
        done = self.fire_due() + self.note_deadlines() + self.follow_calendars() + client_system.send_due(self.service)
        for bell in self.due():
            if self._stop.is_set():
                break
            done += self.work(bell)
        self.pulse.swept += done
        return done

    def answer(self, bells: Iterable[Bell]) -> int:
        """Work off the rows that a bell names; gives how many were due."""
        rung = list(bells)
        waiting = [bell.key for bell in rung if bell.kind == "subscription"]
        done = sum(self.work(bell) for bell in [*rung, *self.early(waiting)])
        self.pulse.rung += done
        return done

    def drain(self, *, most: int = 10_000) -> int:
        """Sweep until nothing more is due; gives how many pieces were done."""
        done = 0
        while done < most and (some := self.sweep()):
            done += some
        return done

    # -------------------------------------------------------------- a loop of its own

    def ring(self, _bells: Iterable[Bell]) -> None:
        """Wake the loop of this process."""
        self._bell.set()

    def run(self) -> None:
        """Sweep for ever, at once when the bell rings; returns after `stop`."""
        beside = [
            threading.Thread(target=self.pulse.run, args=[self._stop], name="kfflow-pulse", daemon=True),
            threading.Thread(target=duties.run, args=[self.service, self._stop], name="kfflow-duties", daemon=True),
        ]
        for thread in beside:
            thread.start()
        while not self._stop.is_set():
            self._bell.clear()
            try:
                self.drain(most=BATCH)
            except Exception:
                log.exception("sweep_failed")
            self._bell.wait(SWEEP_EVERY)
        for thread in beside:
            thread.join()
        self.pulse.leave()

    def start(self) -> threading.Thread:
        """Run the loop in a thread beside the web server."""
        thread = threading.Thread(target=self.run, name="kfflow-worker", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self._stop.set()
        self._bell.set()
