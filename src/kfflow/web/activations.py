"""Which process is on at which institution, switching one, and the status that is printed when it goes off."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain.authorization import Permission
from kfflow.errors import InvalidInput
from kfflow.persistence import activation_list as rows
from kfflow.persistence.scope import scope_of
from kfflow.persistence.tables import Activation
from kfflow.service import access, activations
from kfflow.service.context import Context
from kfflow.web.visitor import acting
from kfflow.web.wording import say

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Place:
    """One institution, or all of them (code None): whether the process is on there, why, and what is open."""

    code: str | None
    name: str
    on: bool
    is_own: bool
    since: datetime | None
    reason: str
    open: int


@dataclass(frozen=True, slots=True)
class Summary:
    """One process: on everywhere or not, where it is otherwise, and how many cases are open in all."""

    process_id: str
    name: str
    everywhere: Place
    otherwise: tuple[Place, ...]


def overview() -> str:
    """List every process that has a switch."""
    with acting("processer til og fra") as ctx:
        access.require(ctx, Permission.READ_DEFINITION)
        known = _Known.of_all(ctx)
        summaries = [_summary(known, row.process_id, row.name) for row in rows.processes(ctx.session)]
        at = ctx.at
    return render_template("pages/activations.html", as_of=at, summaries=summaries)


def one(process_id: str) -> str:
    """Show one process at every institution, and what is open at the one that the query names."""
    return _page(process_id, request.args.get("sted") or None)


def _page(process_id: str, where: str | None, message: str = "", problems: Iterable[str] = ()) -> str:
    with acting("status for proces") as ctx:
        access.require(ctx, Permission.READ_DEFINITION)
        name = {row.process_id: row.name for row in rows.processes(ctx.session)}.get(process_id)
        if name is None:
            raise access.not_found(process_id)
        may_read = g.visitor.may(Permission.READ_CASE)
        status = activations.status(ctx, process_id, where) if may_read else None
        places = _places(_Known.of_one(ctx, process_id), process_id)
        at = ctx.at
    chosen = next((place for place in places if place.code == where), places[0])
    return render_template(
        "pages/activation.html",
        as_of=at,
        process_id=process_id,
        name=name,
        places=places,
        chosen=chosen,
        status=status,
        message=message,
        problems=problems,
    )


def switch(process_id: str) -> AnyResponse:
    """Switch the process on or off at the place chosen, for the reason given."""
    where, on = request.form.get("sted") or None, request.form.get("til") == "ja"
    try:
        with acting("slår proces til eller fra") as ctx:
            activations.switch(ctx, process_id, where, on=on, reason=request.form.get("grund", ""))
    except InvalidInput as problem:
        told = [say(f.message_da, f.message_en) for f in problem.fields]
        return make_response(_page(process_id, where, problem.message(g.language), told), UNPROCESSABLE)
    flash(say("Processen er slået til.", "The process is on.") if on else _off_words(), "ok")
    return redirect(url_for("web.activation", process_id=process_id, sted=where), 303)


def _off_words() -> str:
    return say(
        "Processen er slået fra. Sager i gang fortsætter; udskriv status til den, der fører dem i hånden.",
        "The process is off. Running cases go on; print the status for whoever keeps them by hand.",
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What was said of each process and place, what is open in all and at places, and the names of the places."""

    said: Mapping[tuple[str, str | None], Activation]
    names: Mapping[str, str]
    in_all: Mapping[str, int]
    open: Mapping[tuple[str, str | None], int]

    @classmethod
    def of_all(cls, ctx: Context) -> "_Known":
        """Read what is known of every process; what is open at places only where something was said of one."""
        said, scope = _said(ctx), scope_of(ctx.actor)
        by_place = {process_id for process_id, code in said if code is not None}
        counts = rows.open_cases(ctx.session, scope, processes=by_place)
        return cls(said, _names(ctx), rows.open_in_all(ctx.session, scope), counts)

    @classmethod
    def of_one(cls, ctx: Context, process_id: str) -> "_Known":
        """Read what is known of one process at every place."""
        counts = rows.open_cases(ctx.session, scope_of(ctx.actor), processes=[process_id])
        return cls(_said(ctx), _names(ctx), {process_id: sum(counts.values())}, counts)

    def at(self, process_id: str, code: str | None) -> Place:
        own, general = self.said.get((process_id, code)), self.said.get((process_id, None))
        counts = own or general
        return Place(
            code=code,
            name=self.names[code] if code else say("Alle steder", "Everywhere"),
            on=counts is None or counts.on,
            is_own=own is not None,
            since=counts.since if counts else None,
            reason=counts.reason if counts else "",
            open=self.open.get((process_id, code), 0) if code else self.in_all.get(process_id, 0),
        )


def _said(ctx: Context) -> Mapping[tuple[str, str | None], Activation]:
    return {(row.process_id, row.institution_code): row for row in rows.said(ctx.session)}


def _names(ctx: Context) -> Mapping[str, str]:
    return {row.code: row.name for row in rows.institutions(ctx.session)}


def _summary(known: _Known, process_id: str, name: str) -> Summary:
    everywhere = known.at(process_id, None)
    own = [code for (process, code) in known.said if process == process_id and code is not None]
    otherwise = [known.at(process_id, code) for code in own]
    shown = sorted((place for place in otherwise if place.on != everywhere.on), key=lambda place: place.name)
    return Summary(process_id, name, everywhere, tuple(shown))


def _places(known: _Known, process_id: str) -> list[Place]:
    return [known.at(process_id, code) for code in (None, *known.names)]
