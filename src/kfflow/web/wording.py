"""How pages speak: both languages beside each other, Danish dates and times, deadlines in words.

Every sentence stands in code or template as `say("dansk", "English")`, so that none can lack a translation.
"""

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import nh3
from flask import Flask, current_app, g
from markupsafe import Markup

from kfflow.domain import deadlines
from kfflow.service.context import Language

MONTHS = 12
TASK_STATES = {
    "CREATED": ("Åben", "Open"),
    "COMPLETED": ("Fuldført", "Completed"),
    "CANCELED": ("Bortfaldet", "Canceled"),
}
CASE_STATES = {
    "ACTIVE": ("Aktiv", "Active"),
    "COMPLETED": ("Afsluttet", "Completed"),
    "TERMINATED": ("Annulleret", "Terminated"),
}
DEADLINE_STATES = {
    "RUNNING": ("Løber", "Running"),
    "PAUSED": ("Sat på pause", "Paused"),
    "MET": ("Overholdt", "Met"),
    "BREACHED": ("Overskredet", "Breached"),
    "CANCELED": ("Bortfaldet", "Canceled"),
}
SPAN = re.compile(r"P(?P<time>T)?(?P<count>\d{1,6})(?P<unit>(?(time)[HMS]|[YMWD]))")
SPAN_WORDS = {
    "Y": ("år", "år", "year", "years"),
    "M": ("måned", "måneder", "month", "months"),
    "W": ("uge", "uger", "week", "weeks"),
    "D": ("dag", "dage", "day", "days"),
    "TH": ("time", "timer", "hour", "hours"),
    "TM": ("minut", "minutter", "minute", "minutes"),
    "TS": ("sekund", "sekunder", "second", "seconds"),
}
_STATES = {"task": TASK_STATES, "case": CASE_STATES, "deadline": DEADLINE_STATES}


def language() -> Language:
    """Give the language of this request: the visitor's own, Danish for strangers."""
    chosen: Language = g.get("language", "da")
    return chosen


def say(danish: str, english: str) -> str:
    return danish if language() == "da" else english


def zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["KFFLOW_SETTINGS"].zone)


def local(at: datetime) -> datetime:
    return at.astimezone(zone())


def day(value: date | datetime | None) -> str:
    """Give `24.11.2026`, or a dash when there is no date."""
    if value is None:
        return "–"
    shown = local(value) if isinstance(value, datetime) else value
    return f"{shown:%d.%m.%Y}"


def moment(value: datetime | str | None) -> str:
    """Give `24.11.2026 kl. 09.30` in the installation's own time zone."""
    if value is None:
        return "–"
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    shown = local(at if at.tzinfo else at.replace(tzinfo=UTC))
    return f"{shown:%d.%m.%Y} {say('kl. ', '')}{shown:%H.%M}"


def short_moment(at: datetime) -> str:
    """Give `24.11 kl. 09.30`, or the date alone when it was in another year."""
    shown = local(at)
    return f"{shown:%d.%m} {say('kl. ', '')}{shown:%H.%M}" if shown.year == local(g.at).year else f"{shown:%d.%m.%Y}"


def left(due_at: datetime | None) -> str:
    """Give the time left to a due instant, as short as a cell needs it."""
    if due_at is None:
        return say("ingen frist", "no deadline")
    return deadlines.remaining(due_at, g.at).text(language())


def urgency(due_at: datetime | None, warn_at: datetime | None = None) -> str:
    """Give breached, risk, ok or none: the last part of the class that draws the sign."""
    if due_at is None:
        return "none"
    if due_at < g.at:
        return "breached"
    return "risk" if warn_at is not None and warn_at <= g.at else "ok"


def state_word(kind: str, state: str) -> str:
    words = _STATES[kind].get(state)
    return say(*words) if words else state


def number(count: int, *, more: bool = False) -> str:
    """Give `1.000`, or `1.000+` when there are more than were counted."""
    shown = f"{count:,}".replace(",", say(".", ","))
    return f"{shown}+" if more else shown


def plain(value: object) -> str:
    """Give a value of a case in words: yes and no, lists with commas, dates as Danes write them."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return say("ja", "yes") if value else say("nej", "no")
    if isinstance(value, list):
        return ", ".join(plain(item) for item in value) or "–"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {plain(item)}" for name, item in value.items()) or "–"
    return _as_span(str(value)) or _as_day(str(value))


def _as_span(text: str) -> str:
    """Give `2 dage` for `P2D`; an empty text for what is no ISO 8601 duration of one unit."""
    found = SPAN.fullmatch(text)
    if found is None:
        return ""
    count, words = int(found["count"]), SPAN_WORDS[("T" if found["time"] else "") + found["unit"]]
    one, many = words[:2] if language() == "da" else words[2:]
    return f"{count} {one if count == 1 else many}"


def _as_day(text: str) -> str:
    try:
        return day(date.fromisoformat(text)) if len(text) == len("2026-11-24") else text
    except ValueError:
        return text


def safe_html(source: str) -> Markup:
    """Give HTML that somebody wrote, with everything taken out that could act."""
    return Markup(nh3.clean(source, tags=nh3.ALLOWED_TAGS - {"img", "style"}))  # noqa: S704 - cleaned by nh3


def register(app: Flask) -> None:
    words: dict[str, Any] = {
        "say": say,
        "day": day,
        "moment": moment,
        "short_moment": short_moment,
        "left": left,
        "urgency": urgency,
        "state_word": state_word,
        "plain": plain,
        "number": number,
    }
    app.jinja_env.globals.update(words)
