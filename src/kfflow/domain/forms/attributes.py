"""The attributes of a form-js component, read with their problems: options, limits, expressions, content."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kfflow.domain.authorization import APPOINTED
from kfflow.domain.forms.model import CHOICES, Appointing, Column, FieldType, Limits, Option, Path, PlaceAsked
from kfflow.domain.forms.patterns import PatternRefused, compile_pattern
from kfflow.errors import FieldProblem

Json = Mapping[str, object]

_SUBTYPES = frozenset({"date", "time", "datetime"})
_TEXT_KINDS = frozenset({"", "custom", "email", "phone"})
_CONTENT = {FieldType.TEXT: "text", FieldType.HTML: "content", FieldType.IMAGE: "source"}


@dataclass(slots=True)
class Parse:
    """One parse on its way: the problems found, and the paths that are taken in each scope."""

    problems: list[FieldProblem] = field(default_factory=list)
    taken: set[tuple[Path, Path]] = field(default_factory=set)
    count: int = 0

    def refuse(self, where: str, da: str, en: str, code: str = "form") -> None:
        self.problems.append(FieldProblem(where, da, en, code))


def options(parse: Parse, source: Json, kind: FieldType, name: str) -> Iterator[Option]:
    if kind not in CHOICES:
        return
    values = source.get("values")
    dynamic = source.get("valuesKey") or source.get("valuesExpression")
    if not isinstance(values, list) or not values:
        if not dynamic:
            parse.refuse(name, "Feltet har ingen valgmuligheder.", "The component has no options.", "form-options")
        return
    seen: list[object] = []
    for item in values:
        option = as_option(item)
        if option is None or option.value in seen:
            parse.refuse(
                name, f"Valgmuligheden {item!r} er ugyldig.", f"The option {item!r} is invalid.", "form-options"
            )
        else:
            seen.append(option.value)
            yield option


def as_option(item: object) -> Option | None:
    """Give the option that a value, or an object with value and label, stands for."""
    if isinstance(item, Mapping):
        value = item.get("value")
        return None if value is None else Option(value, text_of(item.get("label")) or str(value))
    return Option(item, str(item)) if isinstance(item, str | int | float) else None


def limits(parse: Parse, source: Json, validate: Json, name: str) -> Limits:
    minimum, maximum = (_bound(parse, validate.get(side), name) for side in ("min", "max"))
    shortest, longest = (_length(parse, validate.get(side), name) for side in ("minLength", "maxLength"))
    if _crossed(minimum, maximum) or _crossed(shortest, longest):
        parse.refuse(name, "Den nedre grænse er over den øvre.", "The lower limit is above the upper.", "form-limits")
    kind, properties = text_of(validate.get("validationType")), object_of(source.get("properties"))
    if kind not in _TEXT_KINDS:
        parse.refuse(name, f"Kontrollen {kind!r} kendes ikke.", f"The validation {kind!r} is unknown.", "form-limits")
    return Limits(
        minimum,
        maximum,
        shortest,
        longest,
        pattern=_pattern(parse, validate.get("pattern"), name),
        pattern_message=text_of(validate.get("patternErrorMessage")),
        text_kind="" if kind == "custom" else kind,
        decimal_digits=_length(parse, source.get("decimalDigits"), name),
        no_past_dates=source.get("disallowPassedDates") is True,
        not_before=_other_date(parse, source, "not_before", name),
        not_before_text=text_of(properties.get("not_before_text")),
        not_after=_other_date(parse, source, "not_after", name),
        not_after_text=text_of(properties.get("not_after_text")),
    )


def _other_date(parse: Parse, source: Json, side: str, name: str) -> str:
    """Give the property `not_before` or `not_after` of a date; it takes the words by which people know that date."""
    properties = object_of(source.get("properties"))
    other = expression(parse, properties.get(side), name)
    if other and source.get("type") != FieldType.DATETIME:
        parse.refuse(name, f"Kun en dato kan have {side}.", f"Only a date can have {side}.", "form-limits")
    if other and not all(text_of(properties.get(f"{side}_{words}")) for words in ("text", "text_en")):
        parse.refuse(
            name,
            f"Skriv i {side}_text og {side}_text_en, hvad datoen i {side} er.",
            f"Say in {side}_text and {side}_text_en what the date in {side} is.",
            "form-limits",
        )
    return other


def _crossed(low: float | str | None, high: float | str | None) -> bool:
    return isinstance(low, int | float) and isinstance(high, int | float) and low > high


def _bound(parse: Parse, value: object, name: str) -> float | str | None:
    if value is None or value == "" or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value if isinstance(value, int | float) else None
    if isinstance(value, str) and value.startswith("="):
        return value
    try:
        return float(str(value))
    except ValueError:
        parse.refuse(name, f"Grænsen {value!r} er ikke et tal.", f"The limit {value!r} is no number.", "form-limits")
        return None


def _length(parse: Parse, value: object, name: str) -> int | None:
    bound = _bound(parse, value, name)
    if bound is None:
        return None
    if isinstance(bound, str) or bound < 0 or bound != int(bound):
        parse.refuse(name, f"{value!r} er ikke et antal.", f"{value!r} is no count.", "form-limits")
        return None
    return int(bound)


def _pattern(parse: Parse, pattern: object, name: str) -> str | None:
    if not pattern:
        return None
    try:
        compile_pattern(str(pattern))
    except PatternRefused:
        parse.refuse(
            name,
            f"Mønstret {str(pattern)[:60]!r} er ugyldigt eller for kostbart; brug fx ^\\d{{4}}$.",
            f"The pattern {str(pattern)[:60]!r} is invalid or too costly; use e.g. ^\\d{{4}}$.",
            "form-pattern",
        )
        return None
    return str(pattern)


def subtype(parse: Parse, source: Json, kind: FieldType, name: str) -> str:
    if kind is not FieldType.DATETIME:
        return ""
    subtype = source.get("subtype", "date")
    if subtype in _SUBTYPES:
        return str(subtype)
    parse.refuse(name, "Vælg date, time eller datetime.", "Choose date, time or datetime.", "form-type")
    return ""


def expression(parse: Parse, source: object, name: str) -> str:
    if source is None or source == "":
        return ""
    if isinstance(source, str) and source.startswith("=") and source[1:].strip():
        return source[1:].strip()
    parse.refuse(
        name, f"Udtrykket {source!r} skal begynde med =.", f"The expression {source!r} must begin with =.", "form-feel"
    )
    return ""


def content(parse: Parse, source: Json, kind: FieldType, name: str) -> str:
    if kind is FieldType.EXPRESSION:
        return expression(parse, source.get("expression"), name)
    if kind is FieldType.TABLE:
        return expression(parse, source.get("dataSource"), name)
    if kind is FieldType.BUTTON:
        return text_of(source.get("action")) or "submit"
    return text_of(source.get(_CONTENT[kind])) if kind in _CONTENT else ""


def place(parse: Parse, source: Json, name: str) -> PlaceAsked | None:
    """Give what the properties `place_institution`, `_regime`, `_when`, `_overbooked` and `_temporary` say."""
    properties = object_of(source.get("properties"))
    if not any(key.startswith("place_") for key in properties):
        return None
    parts = ("institution", "regime", "when", "overbooked", "temporary")
    asked = PlaceAsked(*(expression(parse, properties.get(f"place_{part}"), name) for part in parts))
    if not (asked.institution and asked.regime):
        parse.refuse(
            name,
            "Sig i place_institution og place_regime, hvilken plads svaret lover.",
            "Say in place_institution and place_regime which place the answer promises.",
            "form-place",
        )
    return asked


def appointing(parse: Parse, source: Json, name: str) -> Appointing | None:
    """Give what the properties `appoints` (a group) and `appoints_not` (FEEL) say."""
    properties = object_of(source.get("properties"))
    group = text_of(properties.get("appoints"))
    if not group:
        return None
    if group not in APPOINTED:
        known = ", ".join(sorted(APPOINTED))
        da, en = f"Af {group} udpeges ingen; skriv {known}.", f"Nobody is appointed of {group}; write {known}."
        parse.refuse(name, da, en, "form-appoints")
    return Appointing(group, expression(parse, properties.get("appoints_not"), name))


def columns(source: Json) -> Iterator[Column]:
    columns = source.get("columns")
    for column in columns if isinstance(columns, list) else []:
        if isinstance(column, Mapping) and column.get("key"):
            yield Column(text_of(column.get("label")) or text_of(column.get("key")), text_of(column.get("key")))


def english(source: Json) -> Mapping[str, str]:
    """Give the component's words in English: its custom properties `label_en`, `description_en` and so on."""
    properties = object_of(source.get("properties"))
    words = ((name.removesuffix("_en"), text_of(value)) for name, value in properties.items() if name.endswith("_en"))
    return {name: text for name, text in words if text}


def object_of(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def text_of(value: object) -> str:
    return value if isinstance(value, str) else ""
