"""From form-js JSON to a Form, or every problem of it at once, each at its component.

Understood: schema versions up to 19. Attributes that only concern the look in other tools are left aside; component
types that kfflow does not show are refused.
"""

import json
import re
from dataclasses import dataclass

from kfflow.domain import nesting
from kfflow.domain.forms import attributes
from kfflow.domain.forms.attributes import Json, Parse
from kfflow.domain.forms.model import ANSWERED, SCHEMA_VERSION, Field, FieldType, Form, Path
from kfflow.errors import InvalidInput

LARGEST = 1_000_000
MOST_FIELDS = 500
DEEPEST = 6
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_LABELLED = ANSWERED | {FieldType.TABLE, FieldType.BUTTON}
_REFUSED = {
    "filepicker": (
        "Filer kan ikke lægges i en formular; tilføj dokumenter på sagen.",
        "Files cannot be put in a form; add documents to the case.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a component stands: the list it is in (its paths), the groups within that, its depth."""

    scope: Path = ()
    groups: Path = ()
    depth: int = 0


def parse_form(text: str, form_id: str) -> Form:
    """Give the form; raises InvalidInput whose fields are all problems, named by the component's key or position."""
    source = _load(text)
    parse = Parse()
    version = source.get("schemaVersion", SCHEMA_VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= SCHEMA_VERSION:
        parse.refuse(
            "schemaVersion",
            f"Formularens version {version!r} kendes ikke; kfflow kender 1-{SCHEMA_VERSION}.",
            f"The form's version {version!r} is unknown; kfflow knows 1-{SCHEMA_VERSION}.",
        )
    fields = _components(parse, source, "components", _Place())
    if parse.problems:
        count = len(parse.problems)
        raise InvalidInput(f"Formularen har {count} fejl.", f"The form has {count} errors.", fields=parse.problems)
    name = source.get("name")
    return Form(form_id, fields, version if isinstance(version, int) else SCHEMA_VERSION, attributes.text_of(name))


def _load(text: str) -> Json:
    if len(text) > LARGEST:
        raise InvalidInput("Formularen er større end 1 MB.", "The form is larger than 1 MB.")
    try:
        source = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as wrong:
        line = f" (linje {wrong.lineno})" if isinstance(wrong, json.JSONDecodeError) else ""
        raise InvalidInput(
            f"Formularen er ikke gyldig JSON{line}.", f"The form is not valid JSON{line.replace('linje', 'line')}."
        ) from wrong
    if nesting.is_too_deep(source):
        raise InvalidInput(*nesting.TOO_DEEP)
    if not isinstance(source, dict):
        raise InvalidInput("Formularen skal være et JSON-objekt.", "The form must be a JSON object.")
    return source


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _components(parse: Parse, source: Json, where: str, place: _Place) -> tuple[Field, ...]:
    components = source.get("components", [])
    if not isinstance(components, list):
        parse.refuse(where, "Felterne skal stå i en liste.", "The components must be a list.")
        return ()
    if place.depth >= DEEPEST:
        parse.refuse(where, f"Felter er lagt i mere end {DEEPEST} lag.", f"Fields are nested deeper than {DEEPEST}.")
        return ()
    parsed = (_component(parse, item, f"{where}[{index}]", place) for index, item in enumerate(components))
    return tuple(one for one in parsed if one is not None)


def _component(parse: Parse, source: object, where: str, place: _Place) -> Field | None:
    parse.count += 1
    if parse.count == MOST_FIELDS + 1:
        parse.refuse(where, f"Formularen har over {MOST_FIELDS} felter.", f"The form has over {MOST_FIELDS} fields.")
    if parse.count > MOST_FIELDS:
        return None
    if not isinstance(source, dict):
        parse.refuse(where, "Feltet skal være et JSON-objekt.", "The component must be a JSON object.")
        return None
    kind = _kind(parse, source, where)
    return _field(parse, source, kind, where, place) if kind else None


def _kind(parse: Parse, source: Json, where: str) -> FieldType | None:
    name = source.get("type")
    if isinstance(name, str) and name in frozenset(FieldType):
        return FieldType(name)
    da, en = _REFUSED.get(str(name), (f"Felttypen {name!r} kendes ikke.", f"The type {name!r} is unknown."))
    parse.refuse(_named(source, where), da, en, "form-type")
    return None


def _named(source: Json, where: str) -> str:
    """Give the name by which a designer finds the component."""
    for attribute in ("key", "path", "id"):
        if name := attributes.text_of(source.get(attribute)):
            return name
    return where


def _field(parse: Parse, source: Json, kind: FieldType, where: str, place: _Place) -> Field:
    name = _named(source, where)
    path = _path(parse, source, kind, name, place)
    validate = attributes.object_of(source.get("validate"))
    appearance = attributes.object_of(source.get("appearance"))
    _check_label(parse, source, kind, name)
    readonly = source.get("readonly")
    return Field(
        id=attributes.text_of(source.get("id")) or where,
        type=kind,
        path=path,
        label=attributes.text_of(source.get("label") or source.get("dateLabel") or source.get("timeLabel")),
        description=attributes.text_of(source.get("description")),
        required=validate.get("required") is True,
        options=tuple(attributes.options(parse, source, kind, name)),
        options_key=attributes.text_of(source.get("valuesKey")),
        options_expression=attributes.expression(parse, source.get("valuesExpression"), name),
        default=source.get("defaultValue"),
        limits=attributes.limits(parse, source, validate, name),
        subtype=attributes.subtype(parse, source, kind, name),
        as_text=source.get("serializeToString") is True,
        is_locked=source.get("disabled") is True or readonly is True,
        readonly_when=attributes.expression(parse, readonly, name) if isinstance(readonly, str) else "",
        hide=attributes.expression(parse, attributes.object_of(source.get("conditional")).get("hide"), name),
        content=attributes.content(parse, source, kind, name),
        alt=attributes.text_of(source.get("alt")),
        prefix=attributes.text_of(appearance.get("prefixAdorner")),
        suffix=attributes.text_of(appearance.get("suffixAdorner")),
        columns=tuple(attributes.columns(source)),
        layout=attributes.object_of(source.get("layout")) or None,
        place=attributes.place(parse, source, name),
        appoints=attributes.appointing(parse, source, name),
        english=attributes.english(source),
        fields=_children(parse, source, kind, where, _inside(place, kind, path)),
    )


def _children(parse: Parse, source: Json, kind: FieldType, where: str, place: _Place) -> tuple[Field, ...]:
    if kind not in {FieldType.GROUP, FieldType.DYNAMICLIST}:
        return ()
    return _components(parse, source, f"{where}.components", place)


def _inside(place: _Place, kind: FieldType, path: Path) -> _Place:
    if kind is FieldType.DYNAMICLIST:
        return _Place((*place.scope, *path, "[]"), (), place.depth + 1)
    return _Place(place.scope, path or place.groups, place.depth + 1)


def _path(parse: Parse, source: Json, kind: FieldType, name: str, place: _Place) -> Path:
    is_container = kind in {FieldType.GROUP, FieldType.DYNAMICLIST}
    key = source.get("path" if is_container else "key")
    if kind is FieldType.GROUP and not key:
        return ()
    if not (is_container or kind in ANSWERED or kind is FieldType.EXPRESSION):
        return ()
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        parse.refuse(
            name,
            f"Feltet skal have en nøgle af bogstaver (a-z), tal og _, ikke {key!r}.",
            f"The component needs a key of letters (a-z), digits and _, not {key!r}.",
            "form-key",
        )
        return ()
    path = (*place.groups, *key.split("."))
    if kind is not FieldType.GROUP:
        _take(parse, (place.scope, path), name)
    return path


def _take(parse: Parse, path: tuple[Path, Path], name: str) -> None:
    scope, own = path
    clashes = {other for inner, other in parse.taken if inner == scope and _overlap(own, other)}
    if clashes:
        other = ".".join(min(clashes))
        parse.refuse(
            name,
            f"Nøglen {'.'.join(own)} støder sammen med {other}; hvert felt skal have sin egen.",
            f"The key {'.'.join(own)} clashes with {other}; every field needs one of its own.",
            "form-duplicate",
        )
    parse.taken.add(path)


def _overlap(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _check_label(parse: Parse, source: Json, kind: FieldType, name: str) -> None:
    label = source.get("label") or source.get("dateLabel") or source.get("timeLabel")
    if kind in _LABELLED and not attributes.text_of(label).strip():
        parse.refuse(name, "Feltet mangler en ledetekst.", "The component has no label.", "form-label")
    if kind is FieldType.IMAGE and not attributes.text_of(source.get("alt")).strip():
        parse.refuse(
            name, "Billedet mangler en beskrivelse (alt).", "The image has no description (alt).", "form-label"
        )
