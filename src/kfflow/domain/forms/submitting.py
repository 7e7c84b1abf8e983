"""From what comes in to answers shaped like the form's data: a browser's names with texts, or a program's variables."""

import re
from collections.abc import Iterable, Mapping, Sequence

from kfflow.domain.forms.model import SEVERAL_CHOICES, Data, Field, FieldType, Form, Path, inputs, put_at

Sent = Mapping[str, Sequence[str]]
MOST_ITEMS = 200


def read_html(form: Form, sent: Sent) -> dict[str, object]:
    """Give the answers in what a browser sent; texts are not yet judged (`validate` does that).

    An unchecked box is false and an empty choice of several is empty, as browsers do not send them. A date and time
    in two controls of one name is joined. Names that the form does not know stay as they are, so that `validate`
    refuses them by name.
    """
    taken: set[str] = set()
    answers = _read(form.fields, sent, "", taken)
    for name, values in sent.items():
        if name not in taken:
            answers[name] = list(values)
    return answers


def parted(form: Form, variables: Data) -> tuple[dict[str, object], dict[str, object]]:
    """Part variables into those that the form asks for and the others, of which the form says nothing."""
    return _parted([field.path for field in inputs(form.fields)], variables)


def _parted(paths: Sequence[Path], data: Data) -> tuple[dict[str, object], dict[str, object]]:
    asked: dict[str, object] = {}
    others: dict[str, object] = {}
    for name, value in data.items():
        below = [path[1:] for path in paths if path[0] == name]
        if not below:
            others[name] = value
        elif () in below or not isinstance(value, Mapping):
            asked[name] = value
        else:
            asked[name], others[name] = _parted(below, value)
    return asked, others


def _read(fields: Iterable[Field], sent: Sent, prefix: str, taken: set[str]) -> dict[str, object]:
    answers: dict[str, object] = {}
    for field in inputs(fields):
        if field.type is FieldType.DYNAMICLIST:
            put_at(answers, field.path, _read_items(field, sent, prefix + field.key, taken))
            continue
        name = prefix + field.key
        taken.add(name)
        if field.is_answered and (name in sent or field.type in SEVERAL_CHOICES | {FieldType.CHECKBOX}):
            put_at(answers, field.path, _value(field, sent.get(name, ())))
    return answers


def _read_items(field: Field, sent: Sent, name: str, taken: set[str]) -> list[object]:
    pattern = re.compile(re.escape(name) + r"\.(\d{1,4})\.")
    numbers = sorted({int(found[1]) for sent_name in sent if (found := pattern.match(sent_name))})
    return [_read(field.fields, sent, f"{name}.{number}.", taken) for number in numbers[:MOST_ITEMS]]


def _value(field: Field, values: Sequence[str]) -> object:
    if field.type in SEVERAL_CHOICES:
        return [value for value in values if value]
    if field.type is FieldType.CHECKBOX:
        return values[-1] if values else False
    if field.type is FieldType.DATETIME:
        return " ".join(value for value in values if value)
    return values[-1] if values else ""
