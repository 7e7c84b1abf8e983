"""The connection to the client system: conflicts, what waits for it and why, the comparisons, and trying again."""

from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kfflow.domain.authorization import Permission
from kfflow.jobs.client_system import NAME, RECONCILIATION
from kfflow.persistence import connection as rows
from kfflow.persistence import keys
from kfflow.persistence.scope import scope_of
from kfflow.persistence.tables import Duty, Reconciliation
from kfflow.service import access, audit, duties, outbound
from kfflow.service.context import Context
from kfflow.web import process_facts
from kfflow.web.visitor import acting, service, settings
from kfflow.web.wording import say

MOST_LINES = 200
CONFLICT = "institution"
COUNTS = {
    "persons": ("personer", "persons"),
    "equal": ("ens", "equal"),
    "unknown_there": ("kendes ikke dér", "unknown there"),
    "unusable": ("ubrugelige svar", "unusable answers"),
    "outcomes_sent": ("udfald modtaget", "outcomes arrived"),
    "unsent": ("udfald venter", "outcomes waiting"),
    "refused": ("udfald afvist", "outcomes refused"),
}
FOUND = {
    "version": ("Klientsystemet gav ældre oplysninger; vores står.", "The client system gave older data; ours stay."),
    "unknown_there": ("Personen findes ikke i klientsystemet.", "The client system does not know the person."),
    "unusable": ("Klientsystemets svar kunne ikke bruges.", "The client system's answer could not be used."),
    "missing_there": ("Udfaldet er sendt, men findes ikke dér.", "The outcome was sent but is not there."),
    "unknown_here": ("Udfaldet er ikke sendt af kfflow.", "The outcome was not sent by kfflow."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: whom or what it is about, whether a person must decide, and what is to be known of it."""

    about: str
    name: str
    is_conflict: bool
    words: str


def client_system() -> str:
    """Show one report, the newest unless the query names another, and everything that waits."""
    with acting("klientsystemet") as ctx:
        shown = _gather(ctx, keys.read(request.args.get("rapport", "")))
    return render_template("pages/client_system.html", **shown)


def _gather(ctx: Context, wanted: int | None) -> dict[str, Any]:
    access.require(ctx, Permission.READ_CONNECTION)
    scope, report = scope_of(ctx.actor), rows.report(ctx.session, NAME, wanted)
    lines, hidden = _lines(ctx, report) if report else ([], 0)
    audit.record(ctx, "web:connection:read", NAME, data={"report": str(report.key) if report else None})
    return {
        "as_of": ctx.at,
        "address": settings().klientsystem_url if service().client_system is not None else None,
        "is_on": service().client_system is not None,
        "numbers": rows.numbers(ctx.session, NAME, scope),
        "most_counted": rows.MOST_COUNTED,
        "queue": rows.queue(ctx.session, NAME, scope),
        "reports": rows.reports(ctx.session, NAME),
        "report": report,
        "lines": lines[:MOST_LINES],
        "more": max(len(lines) - MOST_LINES, 0),
        "hidden": hidden,
        "conflicts": sum(line.is_conflict for line in lines),
        "counts": {name: say(*words) for name, words in COUNTS.items()},
        "duty": ctx.session.get(Duty, RECONCILIATION),
        "reconcile_at": service().reconcile_at,
    }


def _lines(ctx: Context, report: Reconciliation) -> tuple[list[Line], int]:
    """Give the differences that the actor may see, conflicts first, and how many others there are."""
    may_read = g.visitor.may(Permission.READ_CASE)
    about = [told["person"] for told in report.differences if "person" in told]
    known = rows.seen(ctx.session, about, scope_of(ctx.actor)) if may_read else {}
    shown = [told for told in report.differences if told.get("person") in known or "outcome" in told]
    names = process_facts.variable_names(settings().workflows_dir) if shown else {}
    lines = [_line(told, known, names) for told in shown]
    return sorted(lines, key=lambda line: not line.is_conflict), len(report.differences) - len(shown)


def _line(told: dict[str, str], known: dict[str, str], names: dict[str, str]) -> Line:
    field, about = told["field"], told.get("person") or told["outcome"]
    if field == CONFLICT:
        here, there = told.get("here") or "–", told.get("there") or "–"
        words = say(
            f"Anbringelse: kfflow siger {here}, klientsystemet {there}. Vores står; ret det, der er forkert.",
            f"Placement: kfflow says {here}, the client system {there}. Ours stays; correct whichever is wrong.",
        )
    elif field in FOUND:
        words = say(*FOUND[field])
    else:
        name = names.get(field, field)
        words = say(f"{name}: overtaget fra klientsystemet.", f"{name}: taken over from the client system.")
    return Line(about, known.get(about, ""), field == CONFLICT, words)


def send_again(key: int) -> Response:
    """Let one call that waits or was refused be sent again at once."""
    with acting("prøver igen") as ctx:
        outbound.retry(ctx, key)
    flash(say("Kaldet prøves igen straks.", "The call is tried again at once."), "ok")
    return redirect(url_for("web.client_system") + "#koe", 303)


def compare_now() -> Response:
    """Let a worker compare both sides now."""
    with acting("afstemmer nu") as ctx:
        duties.ask_for(ctx, RECONCILIATION)
    flash(
        say(
            "Afstemningen er bestilt; rapporten kommer om lidt.", "The comparison is ordered; its report comes shortly."
        ),
        "ok",
    )
    return redirect(url_for("web.client_system"), 303)
