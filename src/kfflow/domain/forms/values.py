"""From what somebody wrote to a JSON value: numbers with a decimal comma, Danish dates, times, yes and no.

Each function gives the value, or None when the text cannot be read.
"""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

from kfflow.domain.instants import YEARS, in_utc

GREATEST = 10**18
"""Larger numbers lose digits on their way through JSON."""

_NUMBER = re.compile(r"[+\-−]?(\d{1,18}|\d{1,3}(\.\d{3}){1,5}(?=,|$)|\d{1,3}(\s\d{3}){1,5})([.,]\d{1,15})?")
_AMBIGUOUS = re.compile(r"[+\-−]?[1-9]\d{0,2}(\.\d{3})+")
_DANISH_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_TIME = re.compile(r"(?:kl\.?\s*)?(\d{1,2})[:.](\d{2})(?::\d{2})?")
_YES = frozenset({"true", "on", "ja", "yes", "1"})
_NO = frozenset({"false", "off", "nej", "no", "0", ""})


def clean_text(text: str) -> str | None:
    """Give the text in NFC with plain line ends and no space at its end; None when it has control characters."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).rstrip()
    is_printable = all(char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"} for char in plain)
    return plain if is_printable else None


def read_number(value: object) -> int | float | None:
    """Give the number; `1.234` alone is refused, since it may mean one thousand or one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        return _plain_number(Decimal(value))
    text = value.strip() if isinstance(value, str) else ""
    if not _NUMBER.fullmatch(text) or _AMBIGUOUS.fullmatch(text):
        return None
    return _plain_number(Decimal(_without_separators(text)))


def _without_separators(text: str) -> str:
    text = re.sub(r"\s", "", text).replace("−", "-")
    return text.replace(".", "").replace(",", ".") if "," in text else text


def _plain_number(value: Decimal) -> int | float | None:
    if not value.is_finite() or abs(value) > GREATEST:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def decimals_of(value: float) -> int:
    """Count the digits after the decimal point."""
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def read_boolean(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    text = value.strip().lower() if isinstance(value, str) else "?"
    return True if text in _YES else False if text in _NO else None


def read_date(value: object) -> str | None:
    """Give `2026-11-24` for `24.11.2026`, `24/11/2026` or an ISO date; a slip such as 1026 or 20266 is no date."""
    text = value.strip() if isinstance(value, str) else ""
    found = _DANISH_DATE.fullmatch(text)
    try:
        day = date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(_dashed(text))
    except ValueError:
        return None
    return day.isoformat() if day.year in YEARS else None


def _dashed(text: str) -> str:
    """Give the text when it is YYYY-MM-DD; the other forms of ISO dates are not meant by anybody."""
    return text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else ""


def read_time(value: object) -> str | None:
    """Give `14:10` for `14:10`, `14.10` or `kl. 14.10`."""
    text = value.strip().lower() if isinstance(value, str) else ""
    found = _TIME.fullmatch(text)
    try:
        return time(int(found[1]), int(found[2])).isoformat("minutes") if found else None
    except ValueError:
        return None


def read_datetime(value: object) -> str | None:
    """Give `2026-11-24T14:10:00` for `24.11.2026 kl. 14.10`; an ISO instant with an offset keeps it.

    The seconds are there because FEEL reads no instant without them (DMN 1.5 §10.3.4.1).
    """
    text = value.strip() if isinstance(value, str) else ""
    if "T" in text:
        return _iso_datetime(text)
    day, _, of_day = text.partition(" ")
    parts = read_date(day), read_time(of_day)
    return "T".join(part for part in parts if part) + ":00" if all(parts) else None


def _iso_datetime(text: str) -> str | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    is_possible = in_utc(instant, "UTC") is not None
    return instant.replace(microsecond=0).isoformat(timespec="seconds") if is_possible else None


def is_before(value: str, earliest: object) -> bool:
    """Say whether an ISO date or instant lies before another; one without a time of day is compared by the day.

    Local times without an offset are compared as they are written. What is no date is before nothing.
    """
    one, other = _instant(value), _instant(earliest)
    if one is None or other is None:
        return False
    if not (isinstance(one, datetime) and isinstance(other, datetime)):
        return _day(one) < _day(other)
    if one.tzinfo is None or other.tzinfo is None:
        return one.replace(tzinfo=None) < other.replace(tzinfo=None)
    return one < other


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _instant(value: object) -> date | None:
    """Give the date or the instant that FEEL or an answer holds; a time of day alone is none."""
    if isinstance(value, date):
        return value
    text = value if isinstance(value, str) else ""
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return None
