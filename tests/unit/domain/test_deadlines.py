import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kfflow.domain import almanac, calendars, deadlines
from kfflow.domain.almanac import Change, ChangeKind
from kfflow.domain.deadlines import END_OF_DAY
from kfflow.engine.deadlines import DeadlineSpec, evaluated
from kfflow.engine.expressions import compile_text
from kfflow.engine.outcome import Decided, Environment
from kfflow.engine.timing import InvalidTime
from kfflow.errors import InvalidInput

ZONE = ZoneInfo("Europe/Copenhagen")
YEARLY = [
    Change(1, ChangeKind.CLOSE_YEARLY, "SDO", date(2026, 6, 5), "grundlovsdag"),
    Change(2, ChangeKind.CLOSE_YEARLY, "SDO", date(2026, 12, 24), "juleaftensdag"),
    Change(3, ChangeKind.OPEN, "SDO", date(2027, 12, 24), "besøgsdag"),
    Change(4, ChangeKind.OPEN_YEARLY, "SDO", date(2028, 12, 24), "ny aftale"),
]
SDO = almanac.almanac(YEARLY).calendar("institution", "SDO", date(2026, 1, 1))
CALENDARS = {**calendars.standard_calendars(), "sdo": SDO}
DK = CALENDARS["dk"]
GOLDEN = list(csv.DictReader((Path(__file__).parent / "golden_dates.csv").read_text(encoding="utf-8").splitlines()))


def local(text: str) -> datetime:
    """Read `2026-11-24` as the end of that day, `2026-11-24 14:10` as local time; an offset is kept."""
    instant = datetime.fromisoformat(text)
    if len(text) == len("2026-11-24"):
        instant = datetime.combine(instant.date(), END_OF_DAY)
    return instant if instant.tzinfo else instant.replace(tzinfo=ZONE)


def at(text: str) -> datetime:
    return local(text).astimezone(UTC)


def project(rule: str, start: str, calendar=DK, **options):
    return deadlines.project(deadlines.parse_rule(rule, **options), at(start), calendar)


def until(text: str, calendar=DK):
    """Work out a deadline as a diagram sets it: `until` a day or an instant."""
    spec = DeadlineSpec(None, None, compile_text(text), "", "internal", "dk", "none", None, 0.8, None)
    env = Environment(at=at("2026-01-05 09:00"), decide=lambda *_: Decided(None), zone="Europe/Copenhagen")
    rule = evaluated(spec, lambda expression: expression.value({}, env), env)
    return deadlines.project_until(rule.until, env.at, calendar)


def test_there_are_enough_golden_dates_and_each_has_a_reason():
    assert len(GOLDEN) >= 300
    assert len({line["id"] for line in GOLDEN}) == len(GOLDEN)
    assert all(line["why"] for line in GOLDEN)


def test_enough_golden_dates_are_deadlines_of_a_law_or_order_with_their_basis():
    of_law = [line for line in GOLDEN if line["hjemmel"] not in {"", "internt mål"}]
    assert len(of_law) >= 40
    assert all(line["hjemmel"] for line in GOLDEN if line["id"].startswith("la-"))


@pytest.mark.parametrize("line", GOLDEN, ids=lambda line: line["id"])
def test_golden_date(line):
    options = dict(part.split("=") for part in line["options"].split())
    calendar = CALENDARS[options.pop("calendar", "dk")]
    if options.pop("due", None):
        options["due_time"] = None
    if line["rule"] == "until":
        projection = until(line["start"], calendar)
    else:
        projection = project(line["rule"], line["start"], calendar, **options)
    assert projection.due_at.astimezone(ZONE) == at(line["due"]).astimezone(ZONE), [s.text_da for s in projection.steps]
    assert projection.due_at.tzinfo is UTC


def test_the_explanation_says_step_by_step_how_the_date_came_about():
    projection = project("10 AD", "2026-11-24 14:10", cutoff="13:00")
    assert [step.text_da for step in projection.steps] == [
        "Modtaget tirsdag den 24. november 2026 kl. 14.10.",
        "Efter kl. 13.00, derfor regnes fra onsdag den 25. november 2026.",
        "10 arbejdsdage efter: onsdag den 9. december 2026.",
        "Ikke talt med: 4 weekenddage.",
        "Fristen udløber onsdag den 9. december 2026 kl. 23.59.",
        "Varsel mandag den 7. december 2026 kl. 19.11 (80 % af tiden).",
    ]
    assert [step.text_en for step in projection.steps] == [
        "Received Tuesday 24 November 2026 at 14:10.",
        "After 13:00, so it counts from Wednesday 25 November 2026.",
        "10 working days later: Wednesday 9 December 2026.",
        "Not counted: 4 weekend days.",
        "The deadline expires Wednesday 9 December 2026 at 23:59.",
        "Warning Monday 7 December 2026 at 19:11 (80% of the time).",
    ]
    assert projection.steps[-2].at == projection.due_at
    assert projection.steps[-1].at == projection.warn_at


@pytest.mark.parametrize(
    ("rule", "start", "options", "expected"),
    [
        ("2 AD", "2026-04-01 10:00", {}, "Ikke talt med: 2 weekenddage, skærtorsdag den 2. april"),
        ("1 MD", "2026-01-31 10:00", {}, "Måneden har ingen 31. dag, derfor den sidste dag i måneden, 28. februar."),
        ("1 AD", "2026-11-28 10:00", {"cutoff": "13:00"}, "Lørdag er ikke en arbejdsdag, derfor regnes fra mandag"),
        ("10 KD", "2026-12-15 10:00", {"roll": "next"}, "Juledag er ikke en arbejdsdag, derfor rykkes til mandag"),
        ("24 H", "2026-03-28 12:00", {}, "Uret stilles i perioden; timer tælles i faktisk tid."),
        ("-4 W", "2027-01-15 08:00", {}, "4 uger før: fredag den 18. december 2026."),
        ("P1M10D", "2026-01-31 10:00", {}, "1 måned og 10 kalenderdage efter: tirsdag den 10. marts 2026."),
        ("1 KD", "2026-03-28 02:30", {"due_time": None}, "Kl. 02.30 findes ikke den dag"),
        ("100 AD", "2026-01-05 10:00", {}, "skærtorsdag den 2. april"),
        ("200 AD", "2026-01-05 10:00", {}, "Ikke talt med: 82 weekenddage"),
        ("300 AD", "2026-01-05 10:00", {}, "helligdage og lukkedage."),
    ],
)
def test_the_explanation_names_what_moved_the_date(rule, start, options, expected):
    texts = [step.text_da for step in project(rule, start, **options).steps]
    assert any(expected in text for text in texts), texts


@pytest.mark.parametrize(
    ("rule", "start", "options", "warn"),
    [
        ("10 H", "2026-11-24 08:00", {}, "2026-11-24 16:00"),
        ("10 H", "2026-11-24 08:00", {"warn_share": 0.5}, "2026-11-24 13:00"),
        ("10 H", "2026-11-24 08:00", {"warn_share": 1}, "2026-11-24 18:00"),
        # 24 hours of Friday's rest and Monday: half of them are over when Friday is
        ("1 AD", "2026-11-27 12:00", {"warn_share": 0.5, "due_time": time(12)}, "2026-11-28 00:00"),
        ("1 AD", "2026-11-27 12:00", {"warn_share": 0.75, "due_time": time(12)}, "2026-11-30 06:00"),
    ],
)
def test_the_warning_comes_after_its_share_of_the_time_by_the_same_clock(rule, start, options, warn):
    assert project(rule, start, **options).warn_at == at(warn)


def test_a_deadline_counted_backwards_warns_between_opening_and_due():
    rule = deadlines.parse_rule("-4 W", warn_share=0.5, due_time=time(8))
    projection = deadlines.project(rule, at("2027-01-29 08:00"), DK, opened_at=at("2026-12-22 08:00"))
    assert projection.due_at == at("2027-01-01 08:00")
    assert projection.warn_at == at("2026-12-27 08:00")


def test_a_deadline_counted_from_an_earlier_day_warns_by_its_share_from_there():
    rule = deadlines.parse_rule("10 KD", warn_share=0.5, due_time=time(8))
    projection = deadlines.project(rule, at("2026-12-01 08:00"), DK, opened_at=at("2026-12-04 08:00"))
    assert projection.warn_at == at("2026-12-06 08:00")


def test_a_deadline_that_is_over_before_it_begins_warns_when_due():
    projection = deadlines.project(
        deadlines.parse_rule("-4 W"), at("2026-12-01 08:00"), DK, opened_at=at("2026-11-24 08:00")
    )
    assert projection.warn_at == projection.due_at == at("2026-11-03")


def test_a_fixed_due_instant_needs_no_rule():
    projection = deadlines.project_until(at("2026-12-04 10:00"), at("2026-11-24 10:00"), DK)
    assert projection.due_at == at("2026-12-04 10:00")
    assert projection.warn_at == at("2026-12-02 10:00")
    assert projection.steps[0].text_da == "Fristen er fastsat til fredag den 4. december 2026 kl. 10.00."


def test_a_deadline_until_a_day_says_that_it_runs_to_its_end():
    step = until("2026-12-04").steps[0]
    assert (step.text_da, step.text_en) == (
        "Fristen løber til udgangen af fredag den 4. december 2026.",
        "The deadline runs to the end of Friday 4 December 2026.",
    )


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "0000-01-01"])
def test_a_deadline_until_a_day_that_there_is_not_is_refused(text):
    with pytest.raises(InvalidTime):
        until(text)


def test_own_closing_days_are_left_out_and_named():
    closed = calendars.Calendar("x", "X", closing_days={date(2026, 11, 25): ("flyttedag", "moving day")})
    projection = project("1 AD", "2026-11-24 10:00", closed)
    assert projection.due_at == at("2026-11-26")
    assert projection.steps[2].text_da == "Ikke talt med: flyttedag den 25. november."


def test_office_hours_bound_the_working_time_of_warnings_and_late_starts():
    office = calendars.Calendar("x", "X", office_hours=(time(9), time(15)))
    assert project("4 H", "2026-11-24 14:00", office, cutoff="13:00").due_at == at("2026-11-25 13:00")
    # from Tuesday 9:00 to the end of Wednesday are twelve office hours: half of them end on Tuesday at 15:00
    assert project("1 AD", "2026-11-24 09:00", office, warn_share=0.5).warn_at == at("2026-11-24 15:00")


@pytest.mark.parametrize(
    "text",
    ["", "10", "AD", "10 XX", "1,5 H", "0 H", "PT0S", "P", "PT", "P1", "99999 AD", "P999999Y", "10 AD; x", "1e3 H"],
)
def test_what_is_no_rule_is_refused_with_examples(text):
    with pytest.raises(InvalidInput) as refused:
        deadlines.parse_rule(text)
    assert [problem.field for problem in refused.value.fields] == ["rule"]
    assert "10 AD" in refused.value.fields[0].message_da


def test_every_wrong_attribute_is_named_at_once():
    with pytest.raises(InvalidInput) as refused:
        deadlines.parse_rule("x", roll="sideways", cutoff="25:00", warn_share=1.5)
    assert [problem.field for problem in refused.value.fields] == ["rule", "roll", "cutoff", "warnShare"]


def test_a_date_beyond_the_calendar_is_refused():
    with pytest.raises(InvalidInput):
        project("P100Y", "9950-01-01 10:00")
    with pytest.raises(InvalidInput):
        project("-P100Y", "0050-01-01 10:00")


@pytest.mark.parametrize(
    ("due", "danish", "english"),
    [
        (timedelta(days=4, hours=21, minutes=50), "4 d 21 t", "4 d 21 h"),
        (timedelta(days=-7), "−7 d 0 t", "−7 d 0 h"),
        (timedelta(hours=3, minutes=20), "3 t 20 min", "3 h 20 min"),
        (timedelta(hours=-3), "−3 t 0 min", "−3 h 0 min"),
        (timedelta(minutes=59), "59 min", "59 min"),
        (timedelta(seconds=-59), "−0 min", "−0 min"),
        (timedelta(0), "0 min", "0 min"),
        (timedelta(days=1), "1 d 0 t", "1 d 0 h"),
    ],
)
def test_the_time_left_is_said_shortly(due, danish, english):
    now = at("2026-11-24 10:00")
    left = deadlines.remaining(now + due, now)
    assert (left.text("da"), left.text("en")) == (danish, english)
    assert left.is_overdue is (due < timedelta(0))
