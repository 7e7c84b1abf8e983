"""From a rule and a start to the instant a deadline expires, when to warn, and the steps in words.

The day of the start is not counted; a deadline in days expires with the end of its last day. Days, weeks and months
are counted on the local calendar and keep the local time; hours and minutes are absolute time, so that an hour is an
hour on the nights when the clocks change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from kfflow.domain import calendars
from kfflow.domain.calendars import Calendar
from kfflow.domain.deadlines import words
from kfflow.domain.deadlines.rules import END_OF_DAY, Period, Roll, Rule, add_months
from kfflow.domain.deadlines.words import Words
from kfflow.errors import InvalidInput

COPENHAGEN = "Europe/Copenhagen"
NAMED_CLOSING_DAYS = 6
"""How many holidays an explanation names before it only counts them."""


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    """One step of how a date came about, as a sentence, and the instant (UTC) that it led to."""

    text_da: str
    text_en: str
    at: datetime

    def text(self, language: str) -> str:
        return self.text_da if language == "da" else self.text_en


@dataclass(frozen=True, slots=True)
class Projection:
    """When a deadline is due and when to warn (UTC), and how that came about."""

    due_at: datetime
    warn_at: datetime
    steps: tuple[ExplainedStep, ...]


@dataclass(slots=True)
class _Count:
    """A count on its way: the local time reached, and what has been said of it."""

    local: datetime
    calendar: Calendar
    steps: list[ExplainedStep] = field(default_factory=list)

    def say(self, text: Words, at: datetime | None = None) -> None:
        da, en = text
        self.steps.append(ExplainedStep(words.sentence(da), words.sentence(en), _utc(at or self.local)))

    def move_to(self, day: date, of_day: time | None = None) -> None:
        if day != self.local.date() or of_day is not None:
            reached = of_day or self.local.time().replace(fold=0)
            self.local = datetime.combine(day, reached, self.local.tzinfo)


def project(
    rule: Rule,
    start_at: datetime,
    calendar: Calendar,
    zone: str = COPENHAGEN,
    *,
    opened_at: datetime | None = None,
) -> Projection:
    """Give when a deadline expires that counts from a start, and why.

    The warning's share is taken from the start, once the cutoff rule has been applied; for a rule that counts
    backwards it is taken from `opened_at`, when the work for it began. Raises InvalidInput when the date leaves the
    calendar.
    """
    try:
        return _project(rule, start_at, calendar, ZoneInfo(zone), opened_at)
    except (OverflowError, ValueError) as beyond:
        raise InvalidInput("Datoen ligger uden for kalenderen.", "The date is beyond the calendar.") from beyond


def count_from(rule: Rule, start_at: datetime, calendar: Calendar, zone: str = COPENHAGEN) -> datetime:
    """Give the instant (UTC) that the deadline counts from, once the cutoff rule has been applied."""
    count = _Count(start_at.astimezone(ZoneInfo(zone)), calendar)
    _apply_cutoff(count, rule)
    return _utc(count.local)


def end_of_day(day: date, zone: str = COPENHAGEN) -> datetime:
    """Give the instant (UTC) at which a deadline expires that runs until a day: the end of its last hour.

    A period of days ends so, too (the rule of Regulation 1182/71 art. 3(2)(b), which Danish practice shares).
    """
    return _utc(datetime.combine(day, END_OF_DAY, ZoneInfo(zone)))


def project_until(
    due_at: datetime, opened_at: datetime, calendar: Calendar, zone: str = COPENHAGEN, *, warn_share: float = 0.8
) -> Projection:
    """Give the projection of a due instant that is fixed and needs no rule."""
    count = _Count(due_at.astimezone(ZoneInfo(zone)), calendar)
    if count.local.time() == END_OF_DAY:
        da, en = words.day_words(count.local.date())
        count.say((f"fristen løber til udgangen af {da}.", f"the deadline runs to the end of {en}."))
    else:
        da, en = words.instant_words(count.local)
        count.say((f"fristen er fastsat til {da}.", f"the deadline is set to {en}."))
    _say_over(count, opened_at)
    warn_at = _share_of(opened_at, due_at, warn_share)
    _say_warning(count, warn_at, warn_share)
    return Projection(_utc(due_at), warn_at, tuple(count.steps))


def warn_within(
    began_at: datetime, due_at: datetime, calendar: Calendar, zone: str, *, rule: Rule | None, share: float
) -> datetime:
    """Give when to warn of a deadline whose time began at an instant: after its share, by the clock of its rule."""
    if rule is None:
        return _share_of(began_at, due_at, share)
    return _warn_at(rule, _utc(began_at), _utc(due_at), calendar, ZoneInfo(zone))


def _project(
    rule: Rule, start_at: datetime, calendar: Calendar, zone: ZoneInfo, opened_at: datetime | None
) -> Projection:
    count = _Count(start_at.astimezone(zone), calendar)
    _say_start(count, rule)
    _apply_cutoff(count, rule)
    began_at = _utc(count.local)
    _count_period(count, rule)
    _apply_roll(count, rule)
    _set_due_time(count, rule)
    _count_exact(count, rule.period)
    due_at = _utc(count.local)
    da, en = words.instant_words(count.local)
    count.say((f"fristen udløber {da}.", f"the deadline expires {en}."))
    _say_over(count, opened_at)
    if rule.period.is_backward and opened_at is not None:
        began_at = opened_at
    warn_at = _warn_at(rule, began_at, due_at, calendar, zone)
    _say_warning(count, warn_at, rule.warn_share)
    return Projection(due_at, warn_at, tuple(count.steps))


def _say_start(count: _Count, rule: Rule) -> None:
    da, en = words.instant_words(count.local)
    if rule.period.is_backward:
        count.say((f"regnes baglæns fra {da}.", f"counts backwards from {en}."))
    elif rule.cutoff:
        count.say((f"modtaget {da}.", f"received {en}."))
    else:
        count.say((f"regnes fra {da}.", f"counts from {en}."))


def _apply_cutoff(count: _Count, rule: Rule) -> None:
    if rule.cutoff is None or rule.period.is_backward:
        return
    day = count.local.date()
    if closed := calendars.reason_closed(count.calendar, day):
        why = _closed_words(day, closed)
    elif count.local.time() > rule.cutoff:
        da, en = words.time_words(rule.cutoff)
        why = f"efter {da}", f"after {en}"
    else:
        return
    opening = count.calendar.office_hours[0] if count.calendar.office_hours else time.min
    count.move_to(calendars.next_working_day(count.calendar, day), opening)
    da, en = words.day_words(count.local.date())
    count.say((f"{why[0]}, derfor regnes fra {da}.", f"{why[1]}, so it counts from {en}."))


def _closed_words(day: date, closed: Words) -> Words:
    weekday = words.day_words(day)[0].split()[0], words.day_words(day)[1].split()[0]
    name = weekday if closed[0] == "weekend" else closed
    return f"{name[0]} er ikke en arbejdsdag", f"{name[1]} is no working day"


def _count_period(count: _Count, rule: Rule) -> None:
    """Count months, then weeks and days, then working days, each with its step."""
    period = rule.period
    if period.is_exact and not any((period.months, period.weeks, period.days, period.working_days)):
        return
    first = count.local.date()
    months_on = add_months(first, period.months)
    reached = months_on + timedelta(weeks=period.weeks, days=period.days)
    last = reached
    if period.working_days:
        last = calendars.add_working_days(count.calendar, reached, period.working_days)
    count.move_to(last)
    _say_counted(count, rule, last)
    if period.months and months_on.day != first.day:
        _say_month_end(count, first, months_on)
    if period.working_days:
        _say_left_out(count, reached, last)


def _say_counted(count: _Count, rule: Rule, last: date) -> None:
    da, en = words.period_words(replace(rule.period, exact=timedelta(0)) if rule.period.is_exact else rule.period)
    day_da, day_en = words.day_words(last)
    if rule.period == Period():
        count.say((f"{da}: {day_da}.", f"{en}: {day_en}."))
    elif rule.period.is_backward:
        count.say((f"{da} før: {day_da}.", f"{en} before: {day_en}."))
    else:
        count.say((f"{da} efter: {day_da}.", f"{en} later: {day_en}."))


def _say_month_end(count: _Count, first: date, reached: date) -> None:
    da, en = words.short_day_words(reached)
    count.say(
        (
            f"måneden har ingen {first.day}. dag, derfor den sidste dag i måneden, {da}.",
            f"that month has no day {first.day}, so its last day, {en}.",
        )
    )


def _say_left_out(count: _Count, first: date, last: date) -> None:
    low, high = sorted((first, last))
    between = max((high - low).days - 1, 0)
    working = calendars.working_days_between(count.calendar, low, high - calendars.ONE_DAY) if between else 0
    named = calendars.named_days_between(count.calendar, low, high)
    weekend = between - working - len(named)
    if parts := [*_weekend_words(weekend), *_holiday_words(named)]:
        da, en = words.join_words(parts)
        count.say((f"ikke talt med: {da}.", f"not counted: {en}."))


def _weekend_words(count: int) -> Iterator[Words]:
    if count:
        yield words.number_words(count, ("weekenddag", "weekenddage"), ("weekend day", "weekend days"))


def _holiday_words(named: list[tuple[date, Words]]) -> Iterator[Words]:
    if len(named) > NAMED_CLOSING_DAYS:
        yield words.number_words(len(named), ("helligdag", "helligdage og lukkedage"), ("holiday", "holidays"))
        return
    for day, (da, en) in named:
        day_da, day_en = words.short_day_words(day)
        yield f"{da} den {day_da}", f"{en} on {day_en}"


def _apply_roll(count: _Count, rule: Rule) -> None:
    day = count.local.date()
    closed = calendars.reason_closed(count.calendar, day)
    if rule.roll is Roll.NONE or rule.period.is_exact or closed is None:
        return
    move = calendars.on_or_after if rule.roll is Roll.NEXT else calendars.on_or_before
    count.move_to(move(count.calendar, day))
    why, (da, en) = _closed_words(day, closed), words.day_words(count.local.date())
    count.say((f"{why[0]}, derfor rykkes til {da}.", f"{why[1]}, so it moves to {en}."))


def _set_due_time(count: _Count, rule: Rule) -> None:
    if rule.due_time is not None and not rule.period.is_exact:
        count.move_to(count.local.date(), rule.due_time)
    existing = _utc(count.local).astimezone(count.local.tzinfo)
    if existing.replace(tzinfo=None) != count.local.replace(tzinfo=None):
        gone, instead = words.time_words(count.local), words.time_words(existing)
        count.local = existing
        count.say(
            (
                f"{gone[0]} findes ikke den dag, fordi uret stilles frem, derfor {instead[0]}.",
                f"{gone[1]} does not exist on that day, as clocks go forward, so {instead[1]}.",
            )
        )


def _count_exact(count: _Count, period: Period) -> None:
    if not period.is_exact:
        return
    before = count.local
    count.local = (_utc(before) + period.exact).astimezone(before.tzinfo)
    da, en = words.period_words(Period(exact=period.exact))
    reached_da, reached_en = words.instant_words(count.local)
    way_da, way_en = ("før", "before") if period.is_backward else ("efter", "later")
    count.say((f"{da} {way_da}: {reached_da}.", f"{en} {way_en}: {reached_en}."))
    if before.utcoffset() != count.local.utcoffset():
        count.say(
            ("uret stilles i perioden; timer tælles i faktisk tid.", "clocks change meanwhile; hours are real hours.")
        )


def _warn_at(rule: Rule, began_at: datetime, due_at: datetime, calendar: Calendar, zone: tzinfo) -> datetime:
    if rule.counts_working_days and began_at < due_at:
        windows = list(calendars.working_windows(calendar, began_at, due_at, zone))
        total = sum((end - begin for begin, end in windows), timedelta(0))
        if total:
            return _within(windows, _whole_seconds(total * rule.warn_share))
    return _share_of(began_at, due_at, rule.warn_share)


def _within(windows: list[tuple[datetime, datetime]], worked: timedelta) -> datetime:
    """Give the instant at which this much working time has passed."""
    for begin, end in windows:
        if worked <= end - begin:
            return begin + worked
        worked -= end - begin
    return windows[-1][1]


def _share_of(began_at: datetime, due_at: datetime, share: float) -> datetime:
    if began_at >= due_at:
        return _utc(due_at)
    return _utc(began_at) + _whole_seconds((_utc(due_at) - _utc(began_at)) * share)


def _say_over(count: _Count, opened_at: datetime | None) -> None:
    """Say of a deadline that it had passed before there was anybody to meet it."""
    if opened_at is not None and _utc(count.local) <= opened_at:
        da, en = words.instant_words(opened_at.astimezone(count.local.tzinfo))
        count.say((f"den var udløbet, da den begyndte {da}.", f"it had expired when it began {en}."), opened_at)


def _say_warning(count: _Count, warn_at: datetime, share: float) -> None:
    da, en = words.instant_words(warn_at.astimezone(count.local.tzinfo))
    percent = round(share * 100)
    count.say((f"varsel {da} ({percent} % af tiden).", f"warning {en} ({percent}% of the time)."), warn_at)


def _whole_seconds(length: timedelta) -> timedelta:
    return timedelta(seconds=int(length.total_seconds()))


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
