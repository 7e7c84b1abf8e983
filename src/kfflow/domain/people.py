"""Made-up people: ids that no real person can have, and names that cannot be mistaken for those of real people.

A CPR number is ten digits whose first six are a date. `SYN-000123` has letters and six digits, so it is none, and no
system that expects a CPR number takes it for one.
"""

import re

SYNTHETIC = "SYNTETISK"
"""The mark that is shown wherever made-up people are."""

_SYNTHETIC_ID = re.compile(r"SYN-\d{6}", re.ASCII)
_LIKE_CPR = re.compile(r"(?<!\d)(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{2}[- ]?\d{4}(?!\d)", re.ASCII)
HIGHEST = 999_999


def synthetic_id(number: int) -> str:
    """Give the id of a made-up person; numbers go from 0 to 999,999."""
    if not 0 <= number <= HIGHEST:
        raise ValueError(f"no synthetic person has number {number}")
    return f"SYN-{number:06}"


def is_synthetic_id(text: str) -> bool:
    return _SYNTHETIC_ID.fullmatch(text) is not None


def may_be_cpr(text: str) -> bool:
    """Tell whether the text contains what could be a CPR number: ten digits that begin with a date."""
    return _LIKE_CPR.search(text) is not None


def display_name(name: str, person_id: str) -> str:
    """Give a person's name for a page; a made-up person is marked as such."""
    return f"{name} ({SYNTHETIC})" if is_synthetic_id(person_id) else name


def initials(name: str) -> str:
    """Give the first letters of the first and last name."""
    words = name.split()
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))
