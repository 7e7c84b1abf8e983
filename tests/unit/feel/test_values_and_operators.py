"""What expressions are worth: numbers, text, three-valued logic, comparison, membership, dates and durations."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfflow.feel import Range, YearsMonths, compile_expression, to_json

NOW = datetime(2026, 3, 29, 10, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))


def value_of(source: str, **variables: object) -> object:
    return compile_expression(source, names=variables).evaluate(variables, now=NOW)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 3 - 2", 5),
        ("-5 ** 2", 25),
        ("2 ** 3 ** 2", 64),
        ("0.1 + 0.2 = 0.3", True),
        ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
        ("1 / 0", None),
        ("string(0.5 * 2)", "1"),
        ("string(-0.0)", "0"),
        ("string(2 ** 70)", "1180591620717411303424"),
        ("1 + null", None),
        ('"a" + "b"', "ab"),
        ('"a" + 1', None),
        ("1.5e3", 1500),
        (".5", Decimal("0.5")),
        ("--3", 3),
        ('1 = "1"', None),
        ("null = null", True),
        ("1 = null", False),
        ("[1, [2]] = [1, [2]]", True),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ('1 < "2"', None),
        ("5 between 1 and 10", True),
        ("6 in (1, [5..7])", True),
        ("5 in ]5..7]", False),
        ("5 in (< 3, > 4)", True),
        ("5 in != 5", False),
        ("null in (1, 2)", False),
        ("if null then 1 else 2", 2),
        ("if false then 1 else if true then 2 else 3", 2),
        ("/* a */ 1 // b", 1),
        ('"\\u00e6\\n\\"" ', 'æ\n"'),
        ('"\\uD83D\\uDC0E"', "🐎"),
    ],
)
def test_expression_has_its_value(source: str, expected: object):
    value = value_of(source)
    assert value == expected
    assert isinstance(value, bool) == isinstance(expected, bool)


TRUTH = {"true": True, "false": False, "null": None, '"x"': None}


@pytest.mark.parametrize("left", TRUTH)
@pytest.mark.parametrize("right", TRUTH)
def test_and_and_or_are_three_valued(left: str, right: str):
    a, b = TRUTH[left], TRUTH[right]
    conjunction = False if a is False or b is False else True if a and b else None
    disjunction = True if a or b else False if a is False and b is False else None
    assert value_of(f"{left} and {right}") is conjunction
    assert value_of(f"{left} or {right}") is disjunction
    assert value_of(f"{left} and {right} and true") is conjunction
    assert value_of(f"{left} or {right} or false") is disjunction


@pytest.mark.parametrize(("source", "expected"), [("true", False), ("false", True), ("null", None), ("1", None)])
def test_not_is_three_valued(source: str, expected: object):
    assert value_of(f"not({source})") is expected


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6))
def test_number_literals_are_exact(number: Decimal):
    assert value_of(format(number, "f")) == number


@given(st.integers(-(10**15), 10**15), st.integers(-(10**15), 10**15))
def test_whole_numbers_calculate_as_in_mathematics(a: int, b: int):
    assert value_of("a + b", a=a, b=b) == a + b
    assert value_of("a * b", a=a, b=b) == a * b
    assert value_of("a < b", a=a, b=b) is (a < b)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40))
def test_text_survives_a_literal_and_a_variable(text: str):
    written = text.replace("\\", "\\\\").replace('"', '\\"')
    assert value_of(f'"{written}"') == text
    assert value_of("t", t=text) == text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('@"2026-01-31" + @"P1M"', date(2026, 2, 28)),
        ('@"2024-02-29" + @"P1Y"', date(2025, 2, 28)),
        ('@"2026-03-31" - @"P1M"', date(2026, 2, 28)),
        ('date("2026-02-" + "30")', None),
        ('@"2026-01-01" + @"P14D"', date(2026, 1, 15)),
        ('@"2026-03-10" - @"2026-03-01"', timedelta(days=9)),
        ('years and months duration(@"2020-01-31", @"2026-01-30")', YearsMonths(71)),
        ('@"P1Y2M" * 2', YearsMonths(28)),
        ('@"P1D" / 2', timedelta(hours=12)),
        ('@"P3D" / @"P1D"', 3),
        ('@"22:00:00" + @"PT3H"', time(1, 0)),
        ('date and time("2026-03-28T12:00:00@Europe/Copenhagen") + @"P1D"', "2026-03-29T13:00:00+02:00"),
        ('date and time(@"2026-03-29T10:00:00Z", "Europe/Copenhagen")', "2026-03-29T12:00:00+02:00"),
        ('date and time(@"2026-03-29T10:00:00", "Europe/Copenhagen")', "2026-03-29T10:00:00+02:00"),
        ('@"2026-03-29T10:00:00+02:00" = @"2026-03-29T08:00:00Z"', True),
        ('@"2026-03-29".weekday', 7),
        ('day of week(@"2026-03-29")', "Sunday"),
        ('week of year(@"2026-12-31")', 53),
        ('last day of month(@"2024-02-10")', date(2024, 2, 29)),
        ('date(2026, 3, 29) + time("10:00:00")', None),
        ("today()", date(2026, 3, 29)),
        ("now() = now()", True),
        ('@"P400D".days', 400),
        ('string(@"PT36H")', "P1DT12H"),
        ('string(@"-99999-01-01")', "-99999-01-01"),
    ],
)
def test_dates_and_durations(source: str, expected: object):
    value = value_of(source)
    assert (to_json(value) if isinstance(expected, str) else value) == expected


def test_now_is_null_without_an_instant():
    value, problems = compile_expression("now()").evaluate_with_problems({})
    assert value is None
    assert [p.message for p in problems] == ["now() has no value for these arguments"]


@given(st.dates(), st.integers(-4000, 4000))
def test_adding_days_agrees_with_python(day: date, days: int):
    try:
        expected = day + timedelta(days=days)
    except OverflowError:
        return
    assert value_of(f'd + @"P{days}D"' if days >= 0 else f'd + @"-P{-days}D"', d=day) == expected


@given(st.datetimes(timezones=st.sampled_from([UTC, ZoneInfo("Europe/Copenhagen"), ZoneInfo("America/New_York")])))
def test_python_date_times_survive_the_way_in_and_out(moment: datetime):
    value = value_of("m", m=moment)
    assert isinstance(value, datetime)
    assert value.replace(tzinfo=None, fold=0) == moment.replace(tzinfo=None, fold=0)
    assert value.utcoffset() == moment.utcoffset()


@given(st.integers(0, 366 * 48), st.sampled_from(["Europe/Copenhagen", "America/New_York", "Australia/Lord_Howe"]))
def test_durations_pass_in_real_time_also_when_clocks_change(half_hours: int, key: str):
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * half_hours)
    later = value_of('m + @"PT90M"', m=moment.astimezone(ZoneInfo(key)))
    assert isinstance(later, datetime)
    assert later.astimezone(UTC) == moment + timedelta(minutes=90)


def test_ranges_are_values():
    assert value_of("[1..5)") == Range(Decimal(1), Decimal(5), low_closed=True, high_closed=False)
    assert value_of("[1..5).end included") is False
    assert to_json(value_of('[@"2026-01-01"..@"2026-02-01"]')) == '[@"2026-01-01"..@"2026-02-01"]'


def test_json_numbers_are_whole_where_they_can_be():
    assert to_json([Decimal("2.0"), Decimal("2.5"), Decimal("1e6000")]) == [2, 2.5, None]
    assert type(to_json(Decimal("2.0"))) is int


def test_last_working_day_asks_the_calendar_that_is_given():
    program = compile_expression('last working day(@"2026-04-06")')
    assert program.evaluate({}, working_day=lambda day: day - timedelta(days=5)) == date(2026, 4, 1)
    assert program.evaluate({}) is None
