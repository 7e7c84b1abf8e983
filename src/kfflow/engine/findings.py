"""What lint and compile find in a resource, located so that a designer can go there."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from kfflow.errors import InvalidInput


class Severity(StrEnum):
    """How grave a finding is: an error blocks the deployment."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding in one resource; `line` is 1-based, `fix` names a repair in both languages or is empty."""

    rule: str
    severity: Severity
    message_da: str
    message_en: str
    element_id: str | None = None
    name: str | None = None
    line: int | None = None
    fix: str = ""
    resource: str = ""

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


class DeploymentRefused(InvalidInput):
    """A diagram, table or form cannot be executed; nothing was stored."""

    code = "DEPLOYMENT_REFUSED"
    title_da = "Filen kan ikke sættes i drift"
    title_en = "The resource cannot be deployed"

    def __init__(self, findings: list[Finding]) -> None:
        errors = [f for f in findings if f.severity is Severity.ERROR]
        super().__init__(
            f"Der er {len(errors)} fejl, som skal rettes, før filen kan sættes i drift.",
            f"{len(errors)} errors must be mended before this can be deployed.",
        )
        self.findings = findings

    def details(self) -> dict[str, object]:
        return {"findings": [f.as_dict() for f in self.findings]}
