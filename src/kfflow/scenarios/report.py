"""How the scenarios fared, and what they cover, to be read in a terminal."""

from dataclasses import dataclass
from datetime import date

from kfflow.scenarios.coverage import Coverage

MOST_NAMES = 20
"""How many of the elements that no scenario reached are named."""


@dataclass(frozen=True, slots=True)
class Result:
    """One scenario of a process folder; the sentences say what differed and are empty when nothing did.

    `day` is the one from which what it ran on is in force, where it was run on what counts on several days.
    """

    process: str
    name: str
    folder: str
    file: str
    danish: str = ""
    english: str = ""
    day: date | None = None

    @property
    def ok(self) -> bool:
        return not self.danish


@dataclass(frozen=True, slots=True)
class Report:
    """All scenarios of one run with the coverage of their processes."""

    results: tuple[Result, ...]
    coverage: tuple[Coverage, ...]

    @property
    def ok(self) -> bool:
        return all(result.ok for result in self.results)

    def render(self, language: str) -> str:
        """Give the report as lines of text, in Danish ('da') or English."""
        lines = [_line(result, language) for result in self.results]
        failed = sum(not result.ok for result in self.results)
        total = len(self.results)
        if language == "da":
            lines += ["", f"{total} scenarier, {total - failed} som ventet, {failed} afviger."]
        else:
            lines += ["", f"{total} scenarios, {total - failed} as expected, {failed} differ."]
        if self.coverage:
            lines += ["", "Dækning:" if language == "da" else "Coverage:"]
        return "\n".join(lines + [_covered(coverage, language) for coverage in self.coverage])


def _from(day: date | None, language: str) -> str:
    word = "fra" if language == "da" else "from"
    return f" · {word} {day}" if day else ""


def _line(result: Result, language: str) -> str:
    named = f"{result.process} · {result.name}{_from(result.day, language)}"
    if result.ok:
        return f"✓ {named}"
    told = result.danish if language == "da" else result.english
    return f"✗ {named} [{result.file}]\n    {told}"


def _covered(coverage: Coverage, language: str) -> str:
    words = ("elementer og forløb", "ikke nået") if language == "da" else ("elements and flows", "not reached")
    named = f"{coverage.process_id}{_from(coverage.day, language)}"
    line = f"  {named}: {coverage.reached}/{coverage.total} {words[0]} ({coverage.percent:.0f} %)"
    return f"{line}; {words[1]}: {_some(coverage.missed, language)}" if coverage.missed else line


def _some(missed: tuple[str, ...], language: str) -> str:
    rest = len(missed) - MOST_NAMES
    more = "" if rest <= 0 else f" og {rest} flere" if language == "da" else f" and {rest} more"
    return ", ".join(missed[:MOST_NAMES]) + more
