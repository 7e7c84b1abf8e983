"""Lint: all findings of uploaded files, without storing anything."""

from typing import Any

from pydantic.alias_generators import to_camel

from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Nothing
from kfflow.engine.findings import Finding
from kfflow.errors import InvalidInput
from kfflow.service import deployments
from kfflow.service.context import Context

operations = Operations("Lint (kfflow)")


class Findings(Answer):
    """What was found: rule, severity, messages in both languages, resource, element and line."""

    findings: list[dict[str, Any]]


@operations.add(
    "POST",
    "/kf/lint",
    "Find what is wrong with uploaded diagrams, tables and forms",
    Nothing,
    Findings,
    takes_files=True,
)
def lint(ctx: Context, call: Call[Nothing]) -> Findings:
    if not call.files:
        raise InvalidInput("Vælg mindst én fil.", "Choose at least one file.")
    found = [finding for name, source in call.files for finding in deployments.lint(ctx, name, source)]
    return Findings(findings=[_shown(finding) for finding in found])


def _shown(finding: Finding) -> dict[str, Any]:
    return {to_camel(name): value for name, value in finding.as_dict().items()}
