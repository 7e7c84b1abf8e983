"""Forms: form-js JSON parsed into fields, and answers judged by them on the server."""

from kfflow.domain.forms.english import in_english
from kfflow.domain.forms.model import (
    SCHEMA_VERSION,
    Column,
    Evaluate,
    Field,
    FieldType,
    Form,
    Option,
    PlaceAsked,
    expressions,
    html_name,
    inputs,
    value_at,
)
from kfflow.domain.forms.parsing import parse_form
from kfflow.domain.forms.presenting import computed, initial, merged, options_of, visible
from kfflow.domain.forms.submitting import parted, read_html
from kfflow.domain.forms.validation import known_of, validate

__all__ = [
    "SCHEMA_VERSION",
    "Column",
    "Evaluate",
    "Field",
    "FieldType",
    "Form",
    "Option",
    "PlaceAsked",
    "computed",
    "expressions",
    "html_name",
    "in_english",
    "initial",
    "inputs",
    "known_of",
    "merged",
    "options_of",
    "parse_form",
    "parted",
    "read_html",
    "validate",
    "value_at",
    "visible",
]
