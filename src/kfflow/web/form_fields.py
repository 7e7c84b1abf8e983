"""A form as controls for the templates: what is shown, with which values, choices, hints and errors.

Everything goes by the names and texts that a browser sends (`Sent`), so that a refused form shows what was typed,
a draft what was saved, and a new one what the case knows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from markupsafe import Markup

from kfflow.domain import forms as domain_forms
from kfflow.domain.forms import Evaluate, Field, FieldType, Form, Option
from kfflow.domain.forms.model import SEVERAL_CHOICES, value_at
from kfflow.domain.forms.presenting import is_hidden, is_readonly
from kfflow.errors import FieldProblem
from kfflow.web.rich_text import markdown
from kfflow.web.wording import language, plain, safe_html, say

Sent = dict[str, list[str]]
OWN_NAMES = frozenset(
    {"csrf_token", "tilbage", "naeste", "tilfoej", "fjern", "assignee", "proces", "person", "version"}
)


@dataclass(frozen=True, slots=True)
class Control:
    """One field on the page; `items` are the rows of a dynamic list, `rows` those of a table."""

    field: Field
    name: str = ""
    values: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    error: str = ""
    is_readonly: bool = False
    content: Markup | str = ""
    controls: tuple["Control", ...] = ()
    items: tuple[tuple["Control", ...], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def id(self) -> str:
        return "felt-" + (self.name or self.field.id).replace(".", "-")

    @property
    def value(self) -> str:
        return self.values[-1] if self.values else ""

    @property
    def described_by(self) -> str:
        parts = [f"{self.id}-hjaelp"] if self.field.description else []
        return " ".join(parts + ([f"{self.id}-fejl"] if self.error else []))


@dataclass(slots=True)
class Filling:
    """A form on its way to a page."""

    form: Form
    sent: Sent
    context: dict[str, object]
    evaluate: Evaluate
    problems: Mapping[str, str] = field(default_factory=dict)
    known: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if language() == "en":
            self.form = domain_forms.in_english(self.form)
        self.known = domain_forms.known_of(self.form, domain_forms.read_html(self.form, self.sent), self.context)

    def controls(self) -> tuple[Control, ...]:
        return tuple(self._controls(self.form.fields, self.known, ""))

    def is_conditional(self) -> bool:
        """Tell whether an answer may change what is shown."""
        return any(True for _ in domain_forms.expressions(self.form))

    def _controls(self, fields: Iterable[Field], data: dict[str, object], prefix: str) -> Iterator[Control]:
        for one in fields:
            if not is_hidden(one, data, self.evaluate):
                yield self._control(one, data, prefix)

    def _control(self, one: Field, data: dict[str, object], prefix: str) -> Control:
        name = domain_forms.html_name(one, prefix)
        if one.type is FieldType.GROUP:
            return Control(one, controls=tuple(self._controls(one.fields, data, prefix)))
        if one.type is FieldType.DYNAMICLIST:
            return Control(one, name, items=tuple(self._items(one, data, name)), error=self.problems.get(name, ""))
        if one.type is FieldType.TABLE:
            return Control(one, rows=tuple(self._rows(one, data)))
        return self._asked(one, data, name) if one.is_answered else Control(one, content=self._content(one, data))

    def _content(self, one: Field, data: dict[str, object]) -> Markup | str:
        match one.type:
            case FieldType.TEXT:
                return markdown(one.content)
            case FieldType.HTML:
                return safe_html(one.content)
            case FieldType.EXPRESSION:
                return plain(self.evaluate(one.content, data))
            case _:
                return one.content if one.content.startswith("data:image/") else ""

    def _asked(self, one: Field, data: dict[str, object], name: str) -> Control:
        return Control(
            one,
            name,
            values=tuple(self.sent.get(name, ())),
            options=domain_forms.options_of(one, data, self.evaluate),
            error=self.problems.get(name, ""),
            is_readonly=is_readonly(one, data, self.evaluate),
        )

    def _items(self, one: Field, data: dict[str, object], name: str) -> Iterator[tuple[Control, ...]]:
        found = value_at(data, one.path)
        for number, item in enumerate(found if isinstance(found, list) else []):
            inner = {**data, **(item if isinstance(item, dict) else {})}
            yield tuple(self._controls(one.fields, inner, f"{name}.{number}."))

    def _rows(self, one: Field, data: dict[str, object]) -> Iterator[tuple[str, ...]]:
        found = self.evaluate(one.content, data) if one.content else None
        for row in found if isinstance(found, list) else []:
            yield tuple(plain(row.get(column.key) if isinstance(row, dict) else row) for column in one.columns)


def sent_of(form: Form, data: Mapping[str, object]) -> Sent:
    """Give the names and texts a browser would send for values: the inverse of `read_html`."""
    return dict(_sent(form.fields, domain_forms.initial(form, data), ""))


def _sent(fields: Iterable[Field], values: object, prefix: str) -> Iterator[tuple[str, list[str]]]:
    for one in domain_forms.inputs(fields):
        value = value_at(values, one.path)
        name = domain_forms.html_name(one, prefix)
        if one.type is FieldType.DYNAMICLIST:
            for number, item in enumerate(value if isinstance(value, list) else []):
                yield from _sent(one.fields, item, f"{name}.{number}.")
        elif one.is_answered:
            yield name, _texts(one, value)


def _texts(one: Field, value: object) -> list[str]:
    if value is None:
        return []
    if one.type is FieldType.CHECKBOX:
        return ["true"] if value is True else []
    if one.type in SEVERAL_CHOICES:
        return [str(item) for item in value] if isinstance(value, list) else []
    if one.type is FieldType.DATETIME:
        return _moments(str(value))
    if one.type is FieldType.NUMBER:
        return [str(value).replace(".", ",")]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def _moments(text: str) -> list[str]:
    """Give a date as Danes write it, and a time beside it where there is one."""
    try:
        if len(text) == len("2026-11-24"):
            return [f"{date.fromisoformat(text):%d.%m.%Y}"]
        at = datetime.fromisoformat(text)
    except ValueError:
        return [text]
    return [f"{at:%d.%m.%Y}", f"{at:%H:%M}"]


def received(values: Mapping[str, list[str]]) -> Sent:
    """Give what a browser sent for a form, without the names that the page itself sends."""
    return {name: list(texts) for name, texts in values.items() if name not in OWN_NAMES}


def with_item(form: Form, sent: Sent, list_name: str) -> Sent:
    """Add an empty item to a dynamic list."""
    for one in domain_forms.inputs(form.fields):
        if one.type is FieldType.DYNAMICLIST and domain_forms.html_name(one) == list_name:
            taken = {int(name.split(".")[1]) for name in sent if name.startswith(f"{list_name}.")}
            first = next(domain_forms.inputs(one.fields), None)
            if first is not None:
                return {**sent, f"{list_name}.{max(taken, default=-1) + 1}.{first.key}": [""]}
    return sent


def without_item(sent: Sent, item_name: str) -> Sent:
    """Take an item (`liste.2`) out of a dynamic list."""
    return {name: texts for name, texts in sent.items() if not name.startswith(f"{item_name}.")}


def words_of(problems: Iterable[FieldProblem]) -> dict[str, str]:
    """Give the first problem of each field, in the language of the page."""
    words: dict[str, str] = {}
    for problem in problems:
        words.setdefault(problem.field, say(problem.message_da, problem.message_en))
    return words
