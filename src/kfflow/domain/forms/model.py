"""What a form is: a tree of fields. Fields that ask have a path to their answer, the others only show something."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

SCHEMA_VERSION = 19
"""The newest version of the form-js schema that is understood."""

Data = Mapping[str, object]
Path = tuple[str, ...]
Evaluate = Callable[[str, Data], object]
"""Gives the value of a FEEL expression (without its leading `=`) on data; unknown names are null."""


class FieldType(StrEnum):
    """The component types of form-js that kfflow shows."""

    TEXTFIELD = "textfield"
    TEXTAREA = "textarea"
    NUMBER = "number"
    CHECKBOX = "checkbox"
    RADIO = "radio"
    SELECT = "select"
    CHECKLIST = "checklist"
    TAGLIST = "taglist"
    DATETIME = "datetime"
    EXPRESSION = "expression"
    GROUP = "group"
    DYNAMICLIST = "dynamiclist"
    TEXT = "text"
    HTML = "html"
    TABLE = "table"
    IMAGE = "image"
    SEPARATOR = "separator"
    SPACER = "spacer"
    BUTTON = "button"


SINGLE_CHOICE = frozenset({FieldType.RADIO, FieldType.SELECT})
SEVERAL_CHOICES = frozenset({FieldType.CHECKLIST, FieldType.TAGLIST})
CHOICES = SINGLE_CHOICE | SEVERAL_CHOICES
ANSWERED = CHOICES | {
    FieldType.TEXTFIELD,
    FieldType.TEXTAREA,
    FieldType.NUMBER,
    FieldType.CHECKBOX,
    FieldType.DATETIME,
}
"""What a person fills in; lists of such are a `DYNAMICLIST`, and an `EXPRESSION` is computed."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the value stored and the label shown."""

    value: object
    label: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its heading and the key of its values."""

    label: str
    key: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer must keep to; a text beginning with `=` is FEEL.

    `not_before` is FEEL without `=`: the date or time that the answer may not lie before, which people know by
    `not_before_text` (in English the property `not_before_text_en`). `not_after` is the one it may not lie after.
    """

    minimum: float | str | None = None
    maximum: float | str | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    pattern_message: str = ""
    text_kind: str = ""
    decimal_digits: int | None = None
    no_past_dates: bool = False
    not_before: str = ""
    not_before_text: str = ""
    not_after: str = ""
    not_after_text: str = ""


@dataclass(frozen=True, slots=True)
class PlaceAsked:
    """A place that an answer promises, as FEEL without `=`.

    Of which institution and regime, when it does (empty: always), whether overcrowding is accepted (empty: no), and
    whether it is where somebody stays while the case runs (empty: it is where they will go).
    """

    institution: str
    regime: str
    when: str = ""
    overbooked: str = ""
    temporary: str = ""


@dataclass(frozen=True, slots=True)
class Appointing:
    """That an answer names who of a group is appointed for the person; `excluded` is FEEL: who may not be."""

    group: str
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One component.

    `path` leads to the answer from the form's data (from the item for a field inside a dynamic list); it holds the
    paths of the groups around it. `key` is its dotted text. `subtype` is date, time or datetime. `hide` is FEEL
    without `=`. `content` is the text, HTML, image source, expression or table source, by type. `english` holds its
    words in English by what they say: label, description, text, option_<value>, column_<key>.
    """

    id: str
    type: FieldType
    path: Path = ()
    label: str = ""
    description: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    options_key: str = ""
    options_expression: str = ""
    default: object = None
    limits: Limits = Limits()
    subtype: str = ""
    as_text: bool = False
    is_locked: bool = False
    readonly_when: str = ""
    hide: str = ""
    content: str = ""
    alt: str = ""
    prefix: str = ""
    suffix: str = ""
    columns: tuple[Column, ...] = ()
    layout: Mapping[str, object] | None = None
    place: PlaceAsked | None = None
    appoints: Appointing | None = None
    english: Mapping[str, str] = dataclasses.field(default_factory=dict)
    fields: tuple["Field", ...] = ()

    @property
    def key(self) -> str:
        return ".".join(self.path)

    @property
    def english_label(self) -> str:
        return self.english.get("label", self.label)

    @property
    def is_answered(self) -> bool:
        return self.type in ANSWERED


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was drawn; `fields` are its top-level components in order."""

    id: str
    fields: tuple[Field, ...]
    schema_version: int = SCHEMA_VERSION
    name: str = ""


def walk(fields: Iterable[Field]) -> Iterator[Field]:
    """Give every field, those inside groups and lists too, in reading order."""
    for field in fields:
        yield field
        yield from walk(field.fields)


def inputs(fields: Iterable[Field]) -> Iterator[Field]:
    """Give the fields that hold data of this level: answered, computed and lists, through groups but not into lists."""
    for field in fields:
        if field.type is FieldType.GROUP:
            yield from inputs(field.fields)
        elif field.is_answered or field.type in {FieldType.DYNAMICLIST, FieldType.EXPRESSION}:
            yield field


def expressions(form: Form) -> Iterator[tuple[str, str]]:
    """Give each FEEL expression of the form with the key or id of its field, so that it can be compiled at deploy."""
    for field in walk(form.fields):
        limits = (field.limits.minimum, field.limits.maximum)
        sources = [field.hide, field.options_expression, field.readonly_when]
        sources += [field.limits.not_before, field.limits.not_after]
        sources += [bound[1:] for bound in limits if isinstance(bound, str)]
        sources += dataclasses.astuple(field.place) if field.place else ()
        sources += [field.appoints.excluded] if field.appoints else []
        if field.type in {FieldType.EXPRESSION, FieldType.TABLE}:
            sources.append(field.content)
        yield from ((field.key or field.id, source) for source in sources if source)


def html_name(field: Field, prefix: str = "") -> str:
    """Give the name of the field's control: its key, after `list.0.` for a field in the first item of a list."""
    return prefix + field.key


def value_at(data: object, path: Path) -> object:
    """Give the value at a path, or None when it is not there."""
    for part in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(part)
    return data


def has_value_at(data: object, path: Path) -> bool:
    for part in path:
        if not isinstance(data, Mapping) or part not in data:
            return False
        data = data[part]
    return True


def put_at(data: dict[str, object], path: Path, value: object) -> None:
    """Put a value at a path, making the objects on the way."""
    for part in path[:-1]:
        inner = data.get(part)
        data[part] = inner = dict(inner) if isinstance(inner, Mapping) else {}
        data = inner
    data[path[-1]] = value
