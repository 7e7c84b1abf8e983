"""Rules of decision tables that begin on a day to come: they move no running case, which whoever publishes is told."""

from collections.abc import Iterator
from datetime import date

from kfflow.engine.dmn import periods
from kfflow.engine.dmn.analysis import tables_of
from kfflow.engine.dmn.model import Element, Rule, Source
from kfflow.engine.findings import Finding, Severity


def coming_rows(source: Source, resource: str, day: date) -> list[Finding]:
    """Find the rules that begin after a day, a finding for each table and beginning."""
    return [_finding(*one, resource) for one in _coming(source, day)]


def _coming(source: Source, day: date) -> Iterator[tuple[Element, date, list[int], Rule]]:
    for element, table in tables_of(source):
        begins = [periods.read(rule.annotations).gyldig_fra for rule in table.rules]
        for begin in sorted({one for one in begins if one is not None and one > day}):
            numbers = [number for number, one in enumerate(begins, 1) if one == begin]
            yield element, begin, numbers, table.rules[numbers[0] - 1]


def _finding(element: Element, begin: date, numbers: list[int], first: Rule, resource: str) -> Finding:
    which = ", ".join(map(str, numbers))
    return Finding(
        "dmn-row-to-come",
        Severity.WARNING,
        f"{element.id}, regel {which} gælder fra {begin}. Ingen sag i gang regnes om på dagen: den møder reglen ved "
        "sit næste opslag, og hvad der sover på det gamle svar, sover videre.",
        f"{element.id}, rule {which} counts from {begin} on. No running case is reckoned anew on the day: it meets the "
        "rule at its next evaluation, and what sleeps on the old answer sleeps on.",
        first.element_id or element.id,
        element.name,
        first.line,
        "Skal sager følge med på dagen, så udgiv ændringen som en version fra dagen. "
        "/ Where cases must follow on the day, publish the change as a version from the day.",
        resource,
    )
