"""What of a form is shown: hidden fields, options that come from data, first values, computed values."""

from collections.abc import Iterable, Iterator, Mapping

from kfflow.domain.forms.attributes import as_option
from kfflow.domain.forms.model import (
    Data,
    Evaluate,
    Field,
    FieldType,
    Form,
    Option,
    has_value_at,
    inputs,
    put_at,
    value_at,
)

MOST_ROUNDS = 10
"""How often hiding may lead to more hiding before it is left as it is."""


def visible(form: Form, data: Data, evaluate: Evaluate) -> frozenset[str]:
    """Give the ids of the fields that are shown for data (context and answers together), those in lists included.

    The value of a hidden field counts as null for the conditions of the others.
    """
    known = dict(data)
    shown: frozenset[str] = frozenset()
    for _ in range(MOST_ROUNDS):
        now_shown = frozenset(field.id for field in _shown(form.fields, known, evaluate))
        if now_shown == shown:
            break
        shown = now_shown
        known = _without_hidden(form, data, shown)
    return shown


def _shown(fields: Iterable[Field], data: Data, evaluate: Evaluate) -> Iterator[Field]:
    for field in fields:
        if not is_hidden(field, data, evaluate):
            yield field
            yield from _shown(field.fields, data, evaluate) if field.type is FieldType.GROUP else walk_list(field)


def walk_list(field: Field) -> Iterator[Field]:
    """Give the fields inside a list; their conditions are judged item by item."""
    for inner in field.fields:
        yield inner
        yield from walk_list(inner)


def is_hidden(field: Field, data: Data, evaluate: Evaluate) -> bool:
    return bool(field.hide) and evaluate(field.hide, data) is True


def _without_hidden(form: Form, data: Data, shown: frozenset[str]) -> dict[str, object]:
    known = dict(data)
    for field in inputs(form.fields):
        if field.id not in shown:
            put_at(known, field.path, None)
    return known


def options_of(field: Field, data: Data, evaluate: Evaluate) -> tuple[Option, ...]:
    """Give the choices of a field: those drawn, or those its `valuesKey` or `valuesExpression` gives on the data.

    A value that is given and drawn as well keeps the drawn words, in the language of the form.
    """
    source: object = None
    if field.options_expression:
        source = evaluate(field.options_expression, data)
    elif field.options_key:
        source = value_at(data, tuple(field.options_key.split(".")))
    else:
        return field.options
    items = source if isinstance(source, list | tuple) else []
    given = (option for option in map(as_option, items) if option is not None)
    return tuple(next((drawn for drawn in field.options if drawn.value == one.value), one) for one in given)


def chosen(options: Iterable[Option], raw: object) -> object:
    """Give the value of the option that a sent text stands for (`true`, `3`), or what was sent when there is none."""
    for option in options:
        if not isinstance(option.value, str) and str(option.value).lower() == str(raw).lower():
            return option.value
    return raw


def initial(form: Form, data: Data) -> dict[str, object]:
    """Give the values that a form opens with: what the case knows at a field's path, else the field's default."""
    values: dict[str, object] = {}
    for field in inputs(form.fields):
        if has_value_at(data, field.path):
            put_at(values, field.path, value_at(data, field.path))
        elif field.default is not None:
            put_at(values, field.path, field.default)
    return values


def computed(form: Form, data: Data, evaluate: Evaluate, shown: frozenset[str]) -> dict[str, object]:
    """Give the values of the shown expression fields, each seeing those before it."""
    known, values = dict(data), dict[str, object]()
    for field in inputs(form.fields):
        if field.type is FieldType.EXPRESSION and field.id in shown and field.content:
            value = evaluate(field.content, known)
            put_at(known, field.path, value)
            put_at(values, field.path, value)
    return values


def is_readonly(field: Field, data: Data, evaluate: Evaluate) -> bool:
    """Tell whether what comes in for the field does not count: it is disabled or read-only."""
    return field.is_locked or (bool(field.readonly_when) and evaluate(field.readonly_when, data) is True)


def merged(context: Data, answers: Data) -> dict[str, object]:
    """Give the data that expressions see: the answers over the context, objects merged."""
    result = dict(context)
    for key, value in answers.items():
        former = result.get(key)
        is_both = isinstance(former, Mapping) and isinstance(value, Mapping)
        result[key] = merged(former, value) if is_both else value  # type: ignore[arg-type]  # both are mappings here
    return result
