"""What kfflow makes of a file: it runs, it is a draft to mend in the designer, or it is refused."""

from dataclasses import dataclass
from enum import StrEnum

from kfflow.engine.findings import Finding, Severity


class Verdict(StrEnum):
    """The answer to "can I use this diagram?", the same on the command line, in the API and in tests."""

    RUNS = "runs"
    """Can be deployed as it is."""
    DRAFT = "draft"
    """Opens in the designer; the findings say what keeps it from running."""
    REFUSED = "refused"
    """Cannot be read at all; the one finding says why."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with everything that was found."""

    verdict: Verdict
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        return sum(finding.severity is Severity.ERROR for finding in self.findings)


def verdict_of(findings: list[Finding]) -> Verdict:
    """Give the verdict of a file that could be read and has nothing but its findings against it."""
    return Verdict.DRAFT if any(f.severity is Severity.ERROR for f in findings) else Verdict.RUNS
