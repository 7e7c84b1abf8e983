"""One scenario, run from its first instant to its last expectation."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import KfflowError
from kfflow.jobs.worker import Worker
from kfflow.persistence.tables import Job, UserTask
from kfflow.scenarios import found
from kfflow.scenarios.comparing import Differs, filled, filled_map, first_out_of_order, matches, require, told
from kfflow.service import instances, jobs, messages, scenario_files, tasks
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context, Service, SettableClock
from kfflow.service.scenario_files import Scenario, Step


class ScenarioWorker(Worker):
    """Works everything that is due but the jobs which the scenario still answers itself."""

    def __init__(self, service: Service, held: Counter[str]) -> None:
        super().__init__(service)
        self.held = held

    def run_job(self, key: int) -> bool:
        with self.service.query(SYSTEM) as ctx:
            job = ctx.session.get(Job, key)
            if job is None or self.held[job.element_id] > 0:
                return False
        return super().run_job(key)


def person(name: str, groups: frozenset[str] = frozenset()) -> Actor:
    """Give somebody made for the run, who is in the groups that the task at hand asks for."""
    return Actor(username=name, name=name, roles=frozenset({Role.CASEWORKER}), groups=groups, national=True)


class Run:
    """A scenario on its way; `after` is the key above which everything is its own."""

    def __init__(self, service: Service, clock: SettableClock, scenario: Scenario) -> None:
        self.service = service
        self.clock = clock
        self.scenario = scenario
        held = Counter(str(step.target) for step in scenario.steps if step.verb == "job")
        self.worker = ScenarioWorker(service, held)
        self.root_key = self.case_key = self.after = 0
        self.number = ""
        self.incident_expected = False

    def play(self) -> None:
        """Run the scenario; raises Differs, or the error of a command that was refused."""
        self.clock.at = self.scenario.at
        with self._acting() as ctx:
            self.after = ctx.new_key()
        self._employ()
        self._start()
        self.worker.drain()
        for step in self.scenario.steps:
            self._take(step)
        self._compare()

    def end(self) -> None:
        """Cancel what the scenario leaves running, so that it meets no other."""
        with self.service.command(SYSTEM) as ctx:
            for key in found.running_roots(ctx.session, after=self.after):
                instances.cancel(ctx, key, reason="scenario")
            found.let_go_of_messages(ctx.session, after=self.after)
            found.end_appointments(ctx.session, after=self.after, at=ctx.at)

    def _acting(self, name: str = "scenarie", groups: frozenset[str] = frozenset()) -> AbstractContextManager[Context]:
        return self.service.command(person(name, groups))

    # ---------------------------------------------------------------- beginning

    def _employ(self) -> None:
        """Let everybody whom the scenario names as doing a task have an account, so that they can be appointed.

        Whoever is called `enhedschef1` is in the group `enhedschef`.
        """
        with self.service.command(SYSTEM) as ctx:
            found.employ(ctx.session, {str(s.options["by"]) for s in self.scenario.steps if "by" in s.options}, ctx.at)

    def _start(self) -> None:
        with self._acting() as ctx:
            if self.scenario.start is not None:
                self._create(ctx, self.scenario.start)
            else:
                self._send(ctx, self.scenario.message or {})
        with self._acting() as ctx:
            root = found.started(ctx.session, self.scenario.process, after=self.after)
            if root is None:
                raise Differs("Beskeden startede ingen sag.", "The message started no case.")
            self.root_key, self.case_key = root.key, root.case_key
            self.number = found.case_number(ctx.session, root.case_key)

    def _create(self, ctx: Context, start: dict[str, Any]) -> None:
        variables, element = dict(start.get("variables") or {}), start.get("element")
        process = self.scenario.process
        instances.create(ctx, process_id=process, variables=variables, start_element=element, as_part=True)

    def _send(self, ctx: Context, message: dict[str, Any]) -> None:
        key = message.get("correlation_key")
        messages.publish(ctx, name=message["name"], correlation_key=key, variables=dict(message.get("variables") or {}))

    # ---------------------------------------------------------------- steps

    def _take(self, step: Step) -> None:
        act: dict[str, Callable[[Step], None]] = {
            "complete": self._complete,
            "expect_open": self._expect_open,
            "expect_decision": self._expect_decision,
            "expect_deadline": self._expect_deadline,
            "expect_incident": self._expect_incident,
            "advance_to": self._advance,
            "message": self._message,
            "job": self._job,
        }
        try:
            act[step.verb](step)
            self.worker.drain()
        except (Differs, KfflowError) as problem:
            what = f"{step.number} ({step.verb} {step.target if isinstance(step.target, str) else ''})".replace(
                " )", ")"
            )
            danish, english = _words(problem)
            raise Differs(f"Trin {what}: {danish}", f"Step {what}: {english}") from problem

    def _complete(self, step: Step) -> None:
        with self._acting() as ctx:
            task = self._open_task(ctx, str(step.target))
            key, groups = task.key, frozenset(task.candidate_groups)
            groups |= {task.access_class} if task.access_class else frozenset()
            name = str(step.options.get("by") or min(task.candidate_groups, default="medarbejder"))
            self._require_due(step, task.due_at)
        answers = filled_map(step.options.get("with") or {}, self.number)
        code = step.options.get("refused")
        if code is None:
            self._do(key, name, groups, answers)
            return
        try:
            self._do(key, name, groups, answers)
        except KfflowError as problem:
            given = f"{problem.code}: {problem}"
            require(
                code == problem.code, f"afvist med {given}, ventet {code}", f"refused with {given}, expected {code}"
            )
        else:
            raise Differs(f"blev ikke afvist, ventet {code}", f"was not refused, expected {code}")

    def _do(self, key: int, name: str, groups: frozenset[str], answers: dict[str, Any]) -> None:
        with self._acting(name, groups) as ctx:
            tasks.complete(ctx, key, variables=answers)

    def _open_task(self, ctx: Context, element_id: str) -> UserTask:
        waiting = found.open_tasks(ctx.session, self.root_key)
        task = next((t for t in waiting if t.element_id == element_id), None)
        if task is None:
            names = ", ".join(t.element_id for t in waiting) or "–"
            raise Differs(f"opgaven er ikke åben; åbne: {names}", f"the task is not open; open: {names}")
        return task

    def _require_due(self, step: Step, due_at: datetime | None) -> None:
        if "expect_due" not in step.options:
            return
        asked = str(step.options["expect_due"])
        shown = self._local(due_at)[: len(asked)]
        require(shown == asked, f"frist {self._local(due_at)}, ventet {asked}", f"due {shown}, expected {asked}")

    def _expect_open(self, step: Step) -> None:
        with self._acting() as ctx:
            names = sorted(t.element_id for t in found.open_tasks(ctx.session, self.root_key))
        expected = sorted(map(str, step.target or []))
        require(
            names == expected,
            f"åbne: {told(names)}; ventet {told(expected)}",
            f"open: {told(names)}; expected {told(expected)}",
        )

    def _expect_decision(self, step: Step) -> None:
        for table, expected in dict(step.target).items():
            with self._acting() as ctx:
                made = found.decision(ctx.session, self.case_key, table)
            if made is None:
                raise Differs(f"{table} blev ikke slået op", f"{table} was not evaluated")
            output = made.output[0]
            wanted = filled(expected, self.number)
            require(
                matches(wanted, output),
                f"{table} gav {told(output, wanted)}; ventet {told(wanted)}",
                f"{table} gave {told(output, wanted)}; expected {told(wanted)}",
            )

    def _expect_deadline(self, step: Step) -> None:
        with self._acting() as ctx:
            deadline = found.deadline(ctx.session, self.case_key, str(step.target))
        if deadline is None:
            raise Differs("ingen frist", "no deadline")
        wanted = {name: str(value) for name, value in step.options.items()}
        actual = {
            "due": self._local(deadline.due_at)[: len(wanted.get("due", ""))],
            "kind": deadline.kind,
            "rule": deadline.rule,
            "hjemmel": deadline.hjemmel,
            "state": deadline.state,
        }
        given = {name: actual[name] for name in wanted}
        require(
            given == wanted,
            f"fristen er {told(given)}; ventet {told(wanted)}",
            f"the deadline is {told(given)}; expected {told(wanted)}",
        )

    def _expect_incident(self, step: Step) -> None:
        with self._acting() as ctx:
            places = [i.element_id for i in found.incidents(ctx.session, self.root_key)]
        self.incident_expected = True
        require(str(step.target) in places, f"hændelser: {told(places)}", f"incidents: {told(places)}")

    def _advance(self, step: Step) -> None:
        until = self._instant("advance_to", step.target)
        while (due := self._next_due(until)) is not None:
            self.clock.at = max(due, self.clock.at)
            if self.worker.drain() == 0:
                break
        self.clock.at = until

    def _next_due(self, until: datetime) -> datetime | None:
        with self._acting() as ctx:
            return found.next_due(ctx.session, after=self.after, until=until)

    def _message(self, step: Step) -> None:
        key = step.options.get("correlation_key")
        with self._acting() as ctx:
            messages.correlate(
                ctx,
                name=str(step.target),
                correlation_key=None if key is None else str(filled(key, self.number)),
                variables=filled_map(step.options.get("with") or {}, self.number),
            )

    def _job(self, step: Step) -> None:
        element_id = str(step.target)
        with self.service.command(SYSTEM) as ctx:
            job = found.open_job(ctx.session, self.root_key, element_id)
            if job is None:
                raise Differs("intet job venter her", "no job waits here")
            self.worker.held[element_id] -= 1
            if "error" in step.options:
                jobs.throw_error(ctx, job.key, code=str(step.options["error"]))
            elif "result" in step.options:
                jobs.complete(ctx, job.key, filled_map(step.options["result"] or {}, self.number))
            elif "fails" in step.options:
                jobs.fail(ctx, job.key, retries=0, message=str(step.options["fails"]))

    # ---------------------------------------------------------------- the end

    def _compare(self) -> None:
        with self._acting() as ctx:
            root = instances.get(ctx, self.root_key)
            path = found.path(ctx.session, self.case_key)
            letters = found.letters(ctx.session, self.case_key)
            stuck = [] if self.incident_expected else found.incidents(ctx.session, self.root_key)
        for incident in stuck:
            raise Differs(f"hændelse: {incident.message_da}", f"incident: {incident.message_en}")
        expect = filled_map(self.scenario.expect, self.number)
        state = str(expect.get("state", root.state)).upper()
        require(
            root.state == state, f"sagen er {root.state}, ventet {state}", f"the case is {root.state}, expected {state}"
        )
        self._compare_path(expect, path)
        wanted = expect.get("letters", letters)
        require(
            letters == wanted,
            f"brevene er {told(letters)}; ventet {told(wanted)}",
            f"letters {told(letters)}; expected {told(wanted)}",
        )
        for name, wanted in (expect.get("variables") or {}).items():
            given = root.variables.get(name)
            require(
                matches(wanted, given),
                f"{name} er {told(given)}; ventet {told(wanted)}",
                f"{name} is {told(given)}; expected {told(wanted)}",
            )

    def _compare_path(self, expect: dict[str, Any], path: list[str]) -> None:
        missed = first_out_of_order(list(map(str, expect.get("path") or [])), path)
        taken = " → ".join(path)
        require(missed is None, f"{missed} kom ikke i den ventede orden: {taken}", f"{missed} is not in order: {taken}")
        for element in expect.get("not_path") or []:
            require(element not in path, f"{element} blev nået", f"{element} was reached")

    def _instant(self, key: str, text: object) -> datetime:
        return scenario_files.instant(self.scenario.file, key, text, self.service.zone)

    def _local(self, at: datetime | None) -> str:
        return f"{at.astimezone(ZoneInfo(self.service.zone)):%Y-%m-%dT%H:%M}" if at else "–"


def _words(problem: Differs | KfflowError) -> tuple[str, str]:
    if isinstance(problem, Differs):
        return problem.danish, problem.english
    fields = "; ".join(f"{f.field}: {f.message_da}" for f in getattr(problem, "fields", ()))
    told = f" ({fields})" if fields else ""
    return f"{problem.message('da')}{told}", f"{problem.message('en')}{told}"
