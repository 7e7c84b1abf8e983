"""Lint: all findings of uploaded files, without storing anything."""

from typing import Any

from kfflow.api import problems
from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Nothing
from kfflow.engine.verdict import Verdict
from kfflow.errors import InvalidInput
from kfflow.service import deployments
from kfflow.service.context import Context

operations = Operations("Lint (kfflow)")


class Findings(Answer):
    """The verdict of each file, and what was found: rule, severity, messages, resource, element and line."""

    verdicts: dict[str, Verdict]
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
    judged = {name: deployments.judge(ctx, name, source, call.files) for name, source in call.files}
    return Findings(
        verdicts={name: judgement.verdict for name, judgement in judged.items()},
        findings=[problems.camel(finding.as_dict()) for judgement in judged.values() for finding in judgement.findings],
    )
