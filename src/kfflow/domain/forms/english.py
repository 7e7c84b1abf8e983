"""A form in English, as far as its designer wrote English beside the Danish; the rest stays Danish."""

from collections.abc import Iterable
from dataclasses import replace

from kfflow.domain.forms.model import Field, FieldType, Form


def in_english(form: Form) -> Form:
    return replace(form, fields=tuple(_fields(form.fields)))


def _fields(fields: Iterable[Field]) -> Iterable[Field]:
    for field in fields:
        yield _translated(field) if field.english else replace(field, fields=tuple(_fields(field.fields)))


def _translated(field: Field) -> Field:
    words = field.english
    content = words.get("text", field.content) if field.type in {FieldType.TEXT, FieldType.HTML} else field.content
    return replace(
        field,
        label=words.get("label", field.label),
        description=words.get("description", field.description),
        content=content,
        options=tuple(replace(o, label=words.get(f"option_{o.value}".lower(), o.label)) for o in field.options),
        columns=tuple(replace(c, label=words.get(f"column_{c.key}", c.label)) for c in field.columns),
        fields=tuple(_fields(field.fields)),
    )
