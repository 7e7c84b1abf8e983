"""Two files of one deployment that would be versions of the same thing: which of them counted would be chance."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kfflow.engine.findings import Finding, Severity

WORDS = {
    "process": ("Processen", "Process"),
    "decision": ("Beslutningen", "Decision"),
    "form": ("Formularen", "Form"),
    "letter": ("Brevet", "Letter"),
}


@dataclass(frozen=True, slots=True)
class Defined:
    """Something a file defines: its kind (a key of WORDS), its id, and the name of the file."""

    kind: str
    id: str
    resource: str


def findings(defined: Iterable[Defined]) -> Iterator[Finding]:
    """Give an error for each id that an earlier file has defined already, naming both files."""
    first: dict[tuple[str, str], str] = {}
    for one in defined:
        if (one.kind, one.id) in first:
            yield _finding(one, first[one.kind, one.id])
        first.setdefault((one.kind, one.id), one.resource)


def _finding(one: Defined, other: str) -> Finding:
    da, en = WORDS[one.kind]
    return Finding(
        rule="duplicate-id",
        severity=Severity.ERROR,
        message_da=f"{da} {one.id} står både i {other} og i {one.resource}; giv den ene et andet id, eller udelad den.",
        message_en=f"{en} {one.id} is both in {other} and in {one.resource}; give one another id, or leave it out.",
        element_id=one.id,
        resource=one.resource,
    )
