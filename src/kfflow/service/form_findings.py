"""What is wrong with a form that is to be put in force, field by field."""

from pathlib import PurePath

from kfflow.domain import forms as domain_forms
from kfflow.engine.findings import Finding, Severity
from kfflow.errors import InvalidInput
from kfflow.feel import FeelSyntaxError, compile_expression


def of_form(name: str, source: bytes) -> list[Finding]:
    """Give what is wrong with a form as findings."""
    try:
        form = domain_forms.parse_form(source.decode(), PurePath(name).stem)
    except UnicodeDecodeError:
        return [_finding(name, "", "Formularen er ikke UTF-8.", "The form is not UTF-8.")]
    except InvalidInput as problem:
        fields = problem.fields
        if not fields:
            return [_finding(name, "", problem.message_da, problem.message_en)]
        return [_finding(name, f.field, f.message_da, f.message_en) for f in fields]
    return [f for field, text in domain_forms.expressions(form) if (f := _expression_finding(name, field, text))]


def _expression_finding(name: str, field: str, text: str) -> Finding | None:
    try:
        compile_expression(text.removeprefix("="))
    except FeelSyntaxError as problem:
        shown = text[:80]
        return _finding(
            name,
            field,
            f"Feltet {field}: udtrykket »{shown}« (tegn {problem.column}): {problem.message_da}.",
            f"Field {field}: the expression “{shown}” (column {problem.column}): {problem.message}.",
        )
    return None


def _finding(name: str, element: str, da: str, en: str) -> Finding:
    return Finding("form", Severity.ERROR, da, en, element_id=element or None, resource=name)
