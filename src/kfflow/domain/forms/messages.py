"""What is wrong with an answer, in Danish and English, always with how to mend it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kfflow.domain.forms.model import SEVERAL_CHOICES, Field, FieldType

TEXT_KINDS: Mapping[str, re.Pattern[str]] = {
    "email": re.compile(r"[^@\s]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}"),
    "phone": re.compile(r"\+?[0-9 ()-]{5,20}"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence in both languages and a stable code."""

    da: str
    en: str
    code: str


def missing(field: Field) -> Problem:
    if field.type is FieldType.CHECKBOX:
        da, en = f"Sæt hak ved »{field.label}«.", f'Tick "{field.english_label}".'
    elif field.options or field.options_key or field.options_expression:
        several = field.type in SEVERAL_CHOICES
        da = f"Vælg {'mindst én' if several else 'en'} mulighed under »{field.label}«."
        en = f'Choose {"at least one" if several else "an"} option under "{field.english_label}".'
    else:
        da, en = f"Udfyld »{field.label}«{_example(field)[0]}.", f'Fill in "{field.english_label}"{_example(field)[1]}.'
    return Problem(da, en, "required")


def _example(field: Field) -> tuple[str, str]:
    if field.type is not FieldType.DATETIME:
        return "", ""
    example = {"date": "24.11.2026", "time": "14.10", "datetime": "24.11.2026 14.10"}[field.subtype]
    return f", fx {example}", f", e.g. {example}"


def unreadable(field: Field) -> Problem:
    da, en = {
        FieldType.NUMBER: ("Skriv et tal", "Write a number"),
        FieldType.CHECKBOX: ("Svar ja eller nej", "Answer yes or no"),
        FieldType.DATETIME: _instant(field),
        FieldType.CHECKLIST: ("Vælg på listen", "Choose from the list"),
        FieldType.TAGLIST: ("Vælg på listen", "Choose from the list"),
    }.get(field.type, ("Skriv en tekst uden styretegn", "Write a text without control characters"))
    example_da, example_en = (", fx 1234,5", ", e.g. 1234,5") if field.type is FieldType.NUMBER else _example(field)
    return Problem(
        f"{da} i »{field.label}«{example_da}.", f'{en} in "{field.english_label}"{example_en}.', "unreadable"
    )


def _instant(field: Field) -> tuple[str, str]:
    return {
        "date": ("Skriv en dato", "Write a date"),
        "time": ("Skriv et klokkeslæt", "Write a time"),
        "datetime": ("Skriv en dato og et klokkeslæt", "Write a date and a time"),
    }.get(field.subtype, ("", ""))


def unknown(name: str) -> Problem:
    shown = name[:80]
    return Problem(f"Formularen har intet felt »{shown}«.", f'The form has no field "{shown}".', "unknown")


def not_a_list(most: int) -> Problem:
    return Problem(f"Angiv en liste med højst {most} rækker.", f"Give a list of at most {most} items.", "unreadable")


def no_such_choice(field: Field) -> Problem:
    return Problem(
        f"Vælg blandt mulighederne under »{field.label}«.",
        f'Choose among the options of "{field.english_label}".',
        "choice",
    )


def outside(field: Field, low: float | None, high: float | None) -> Problem:
    if low is not None and high is not None:
        da, en = f"mellem {_number(low)} og {_number(high)}", f"between {_number(low)} and {_number(high)}"
    elif low is not None:
        da, en = f"på mindst {_number(low)}", f"of at least {_number(low)}"
    else:
        da, en = f"på højst {_number(high)}", f"of at most {_number(high)}"
    return Problem(f"Skriv et tal {da} i »{field.label}«.", f'Write a number {en} in "{field.english_label}".', "range")


def _number(value: float | None) -> str:
    text = "" if value is None else str(int(value)) if value == int(value) else str(value)
    return text.replace(".", ",")


def too_many_decimals(field: Field, digits: int) -> Problem:
    return Problem(
        f"Skriv højst {digits} decimaler i »{field.label}«.",
        f'Write at most {digits} decimals in "{field.english_label}".',
        "decimals",
    )


def past(field: Field) -> Problem:
    return Problem(
        f"»{field.label}« kan ikke ligge før i dag; vælg en senere dato.",
        f'"{field.english_label}" cannot be before today; choose a later date.',
        "past",
    )


def too_early(field: Field, earliest: str) -> Problem:
    """`earliest` is an ISO date or instant, of which the day is told."""
    day = earliest[:10]
    known_as = field.limits.not_before_text
    return Problem(
        f"»{field.label}« kan ikke ligge før {known_as} ({'.'.join(reversed(day.split('-')))}); "
        "ret den dato, der er forkert.",
        f'"{field.english_label}" cannot be before {field.english.get("not_before_text", known_as)} ({day}); '
        "correct whichever date is wrong.",
        "too_early",
    )


def too_late(field: Field, latest: str) -> Problem:
    """`latest` is an ISO date or instant, of which the day is told."""
    day = latest[:10]
    known_as = field.limits.not_after_text
    return Problem(
        f"»{field.label}« kan ikke ligge efter {known_as} ({'.'.join(reversed(day.split('-')))}); "
        "vælg en tidligere dato.",
        f'"{field.english_label}" cannot be after {field.english.get("not_after_text", known_as)} ({day}); '
        "choose an earlier date.",
        "too_late",
    )


def too_long(field: Field, most: int, length: int) -> Problem:
    return Problem(
        f"Skriv højst {most} tegn i »{field.label}«; der er {length}.",
        f'Write at most {most} characters in "{field.english_label}"; there are {length}.',
        "length",
    )


def too_short(field: Field, least: int, length: int) -> Problem:
    return Problem(
        f"Skriv mindst {least} tegn i »{field.label}«; der er {length}.",
        f'Write at least {least} characters in "{field.english_label}"; there are {length}.',
        "length",
    )


def wrong_kind(kind: str) -> Problem:
    if kind == "email":
        return Problem(
            "Skriv en e-mailadresse, fx navn@eksempel.dk.", "Write an e-mail address, e.g. name@example.com.", "format"
        )
    return Problem("Skriv et telefonnummer, fx 72 55 55 55.", "Write a phone number, e.g. 72 55 55 55.", "format")


def wrong_pattern(field: Field) -> Problem:
    own = field.limits.pattern_message
    da = own or f"»{field.label}« har ikke den rigtige form ({field.limits.pattern})."
    return Problem(da, own or f'"{field.english_label}" has not the right form ({field.limits.pattern}).', "format")
