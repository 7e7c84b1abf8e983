"""The inbox: views with counts, one page of tasks, and the chosen task beside it. The address is the whole state."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask import g, render_template, request, url_for
from jinja2_fragments.flask import render_block
from sqlalchemy import Row

from kfflow.persistence import board as board_rows
from kfflow.persistence import inbox as rows
from kfflow.persistence import keys
from kfflow.persistence.inbox import Beholder, Filter
from kfflow.persistence.scope import scope_of
from kfflow.service import audit
from kfflow.service.context import Context
from kfflow.web import colleagues, pane
from kfflow.web.colleagues import Colleagues
from kfflow.web.visitor import acting
from kfflow.web.wording import local, number, say, zone

VIEW_WORDS = {
    "mine": ("Mine opgaver", "My tasks"),
    "grupper": ("Til mine grupper", "For my groups"),
    "enhed": ("Min enhed", "My unit"),
    "ufordelte": ("Ufordelte", "Unassigned"),
    "eskaleret": ("Eskaleret", "Escalated"),
    "overskredet": ("Over frist", "Overdue"),
    "truet": ("Truede frister", "At risk"),
    "idag": ("Frist i dag", "Due today"),
    "uge": ("Frist denne uge", "Due this week"),
}
PARAMETERS = ("view", "proces", "sted", "enhed", "element", "ansvarlig", "q", "sort", "retning", "page", "sel")
HIGHEST_PAGE = 2000


@dataclass(frozen=True, slots=True)
class View:
    """One saved view with how many tasks stand in it."""

    name: str
    label: str
    count: int

    @property
    def count_text(self) -> str:
        return _bounded(self.count)


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter of the list: its name in the address, what it says, and what can be chosen."""

    name: str
    label: str
    every: str
    chosen: str
    options: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Inbox:
    """Everything the page shows."""

    chosen: Filter
    views: list[View]
    processes: list[View]
    filters: list[Choice]
    rows: list[Row[Any]]
    has_next: bool
    heading: str
    total: str | None
    pane: pane.Pane | None


def _bounded(count: int) -> str:
    """Give a count in words: beyond a thousand it is `1.000+`."""
    return number(min(count, rows.MOST), more=count > rows.MOST)


def beholder_of(ctx: Context) -> Beholder:
    """Give whose inbox it is, with the ends of today and of this week in local time."""
    today = local(ctx.at).date()
    next_monday = today + timedelta(days=7 - today.weekday())
    return Beholder(
        username=ctx.actor.username,
        groups=tuple(sorted(ctx.actor.groups)),
        scope=scope_of(ctx.actor),
        at=ctx.at,
        day_ends_at=datetime.combine(today + timedelta(days=1), time(), zone()),
        week_ends_at=datetime.combine(next_monday, time(), zone()),
    )


def filter_of(arguments: dict[str, str], views: dict[str, int]) -> Filter:
    """Read the address; without a view, the first that has something in it is shown."""
    process = arguments.get("proces", "")
    view = arguments.get("view", "")
    if view not in VIEW_WORDS:
        view = "enhed" if process or arguments.get("q") else _first_filled(views)
    return Filter(
        view=view,
        process_id=process,
        unit_code=arguments.get("enhed", ""),
        institution_code=arguments.get("sted", ""),
        element_id=arguments.get("element", ""),
        assignee=arguments.get("ansvarlig", ""),
        words=arguments.get("q", "").strip()[:100],
        sort=arguments.get("sort", "frist"),
        descending=arguments.get("retning") == "ned",
        page=min(keys.read(arguments.get("page", "1")) or 1, HIGHEST_PAGE),
    )


def _first_filled(views: dict[str, int]) -> str:
    return next((name for name in ("mine", "grupper") if views.get(name)), "enhed")


def gather(ctx: Context, arguments: dict[str, str], refused: pane.Refused | None = None) -> Inbox:
    """Read everything a page of the inbox shows; what is shown of cases is written to the audit log."""
    beholder = beholder_of(ctx)
    views, per_process = rows.counts(ctx.session, beholder)
    chosen = filter_of(arguments, views)
    found = rows.page(ctx.session, chosen, beholder, is_short=views[chosen.view] <= rows.MOST)
    shown = found[: rows.PAGE]
    names = rows.process_names(ctx.session, list(per_process))
    selected = keys.read(arguments.get("sel", ""))
    shown_keys = [str(row.key) for row in shown]
    audit.record(ctx, "web:inbox:read", chosen.view, data={"keys": shown_keys, "words": chosen.words})
    return Inbox(
        chosen=chosen,
        views=[View(name, say(*VIEW_WORDS[name]), number) for name, number in views.items() if name != "uge"],
        processes=[
            View(p, names.get(p, p), per_process[p]) for p in sorted(per_process, key=lambda p: names.get(p, p))
        ],
        filters=_filters(ctx, chosen, beholder, {p: names.get(p, p) for p in per_process}),
        rows=shown,
        has_next=len(found) > rows.PAGE,
        heading=_heading(chosen, names),
        total=_total(chosen, views, per_process),
        pane=None if selected is None else pane.gather(ctx, selected, refused),
    )


def _filters(ctx: Context, chosen: Filter, beholder: Beholder, processes: dict[str, str]) -> list[Choice]:
    units = rows.units(ctx.session, ctx.actor.institution)
    steps = rows.elements(ctx.session, chosen.process_id, beholder) if chosen.process_id else []
    people = board_rows.colleagues(ctx.session, beholder.scope)
    owners = [(ctx.actor.username, say("Mig", "Me")), (rows.NOWHERE, say("Ingen", "Nobody"))]
    owners += [(row.username, row.name) for row in people if row.username != ctx.actor.username]
    by_name = sorted(processes.items(), key=lambda item: item[1])
    return [
        Choice("proces", say("Proces", "Process"), say("Alle processer", "All processes"), chosen.process_id, by_name),
        Choice("element", say("Trin", "Step"), say("Alle trin", "All steps"), chosen.element_id, _pairs(steps)),
        Choice("enhed", say("Enhed", "Unit"), say("Alle enheder", "All units"), chosen.unit_code, _pairs(units)),
        Choice("ansvarlig", say("Ansvarlig", "Owner"), say("Alle ansvarlige", "All owners"), chosen.assignee, owners),
    ]


def _pairs(found: list[Any]) -> list[tuple[str, str]]:
    return [(code, name) for code, name in found]


def gather_rows(ctx: Context, arguments: dict[str, str]) -> list[Row[Any]]:
    """Give the rows alone of a page of the inbox."""
    beholder = beholder_of(ctx)
    chosen = filter_of(arguments, {"mine": 1} if not arguments.get("view") else {})
    is_short = rows.holds_few(ctx.session, chosen.view, beholder)
    return rows.page(ctx.session, chosen, beholder, is_short=is_short)[: rows.PAGE]


def _heading(chosen: Filter, names: dict[str, str]) -> str:
    view = say(*VIEW_WORDS[chosen.view])
    if not chosen.process_id:
        return view
    process = names.get(chosen.process_id, chosen.process_id)
    return process if chosen.view == "enhed" else f"{view} · {process}"


def _total(chosen: Filter, views: dict[str, int], per_process: dict[str, int]) -> str | None:
    """Give how many tasks the page is a part of, where the counts already tell."""
    if any((chosen.unit_code, chosen.institution_code, chosen.element_id, chosen.assignee, chosen.words)):
        return None
    if chosen.process_id:
        return _bounded(per_process.get(chosen.process_id, 0)) if chosen.view == "enhed" else None
    return _bounded(views[chosen.view])


def address(**changes: object) -> str:
    """Give this inbox's address with some of its parts changed; an empty one is left out, the page starts over."""
    parts: dict[str, object] = {name: request.args[name] for name in PARAMETERS if request.args.get(name)}
    if "page" not in changes and "sel" not in changes:
        parts.pop("page", None)
    parts.update(changes)
    return url_for("web.inbox", **{name: value for name, value in parts.items() if value})  # type: ignore[arg-type]  # Flask takes any value


def inbox() -> str:
    """Show the inbox, or only the part that a refresh or a chosen row asks for."""
    with acting("indbakke") as ctx:
        page = gather(ctx, request.args.to_dict())
        people = offered(ctx, page.pane)
    return show(page, people)


def offered(ctx: Context, shown: pane.Pane | None) -> Colleagues:
    """Give whom the task of the pane may be handed to; nobody when the visitor may not."""
    if shown is None or not g.visitor.may("assign_task"):
        return Colleagues()
    return colleagues.gather(ctx)


def show(page: Inbox, people: Colleagues) -> str:
    """Render the whole page, or the pane alone when htmx asked for no more."""
    words = {"inbox": page, "people": people, "address": address}
    if "kf-pane" in request.headers.get("HX-Target", ""):
        return render_block("pages/inbox.html", "pane", **words)
    return render_template("pages/inbox.html", **words)
