"""What a template says of itself: its title, which fields of the case it shows, and which parts it imports.

A template begins with a comment of JSON. Only the fields named there are given to it and kept with the letter, and
their samples are what it is tried out with when it is put in force. `navne` calls those by a name, in Danish and
English, that no form asks for; a draft says by it what is not known yet:

    /* kfflow
    {"titel": "Afgørelse", "felter": {"udfald": "afslag", "begrundelse": "Der er grund til at antage misbrug."}}
    */
    #import "brevhoved.typ": brev

A source without such a comment is a part: a letterhead, words that several letters share.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import orjson

from kfflow.feel import FeelSyntaxError, compile_expression

KEYS = frozenset({"titel", "titel_en", "felter", "klageregel", "navne"})

_HEADER = re.compile(r"\A\s*/\*\s*kfflow\s*\n(.*?)\*/", re.DOTALL)
_LOADED = re.compile(r"\b(?:import|include)\b\s*(\(|[^\s(]\S*)")
_LITERAL = re.compile(r'"([A-Za-z0-9_.-]+\.typ)"[:;\s\]]?')
_FORBIDDEN = re.compile(r"\b(eval|plugin|read|json|yaml|toml|xml|csv|cbor|image|bibliography)\s*\(")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
BY_FILE = 'json("data.json")'
"""The way in for data."""
BY_INPUT = "json(bytes(sys.inputs.data))"
"""The way in that older templates ask for; it is dearer: with it the compiler keeps nothing from letter to letter."""


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """One thing that a template says wrongly; `line` is 1-based."""

    line: int
    message_da: str
    message_en: str


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it describes itself; `fields` is None for a part."""

    letter_id: str
    title: str
    title_en: str | None = None
    """The title in English; a letter without one is always in Danish."""
    fields: Mapping[str, Any] | None = None
    rule: str | None = None
    """FEEL that gives the complaint rule: its kind of case in `afgoerelse_regel`, or the rule itself."""
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What fields are called in Danish and English that no form asks for."""
    imports: tuple[str, ...] = ()
    problems: tuple[TemplateProblem, ...] = field(default=())


def parse(name: str, source: bytes) -> Template:
    """Read a template; what is wrong with it stands in `problems`."""
    letter_id = PurePath(name).stem
    try:
        text = source.decode()
    except UnicodeDecodeError:
        wrong = TemplateProblem(1, "Skabelonen er ikke UTF-8.", "The template is not UTF-8.")
        return Template(letter_id, letter_id, problems=(wrong,))
    code = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    imports, problems = _imports(code)
    problems += list(_forbidden(code))
    said, wrong_header = _header(text)
    wrong_header += _rule_problems((said or {}).get("klageregel"))
    fields = said.get("felter", {}) if said is not None else None
    return Template(
        letter_id=letter_id,
        title=str((said or {}).get("titel") or letter_id),
        fields=fields,
        title_en=(said or {}).get("titel_en"),
        rule=(said or {}).get("klageregel"),
        names={key: (da, en) for key, (da, en) in (said or {}).get("navne", {}).items()},
        imports=imports,
        problems=(*wrong_header, *problems),
    )


def _header(text: str) -> tuple[dict[str, Any] | None, list[TemplateProblem]]:
    found = _HEADER.match(text)
    if found is None:
        return None, []
    line = text.count("\n", 0, found.start(1)) + 1
    try:
        said = orjson.loads(found[1])
    except orjson.JSONDecodeError as problem:
        at = line + problem.lineno - 1
        return {}, [TemplateProblem(at, f"Hovedet er ikke JSON: {problem}.", f"The header is not JSON: {problem}.")]
    if not isinstance(said, dict) or not isinstance(said.get("felter", {}), dict) or not KEYS.issuperset(said):
        names = ", ".join(sorted(KEYS))
        da, en = f"Hovedet må kun have {names}.", f"The header may only have {names}."
        return {}, [TemplateProblem(line, da, en)]
    if not _are_names(said.get("navne", {})):
        da = "»navne« giver hvert felt sit navn på dansk og engelsk, som to tekster."
        return {}, [TemplateProblem(line, da, "“navne” gives each field its name in Danish and English, as two texts.")]
    return said, []


def _are_names(said: object) -> bool:
    return isinstance(said, dict) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(word, str) for word in pair)  # noqa: PLR2004 - da, en
        for pair in said.values()
    )


def _rule_problems(rule: str | None) -> list[TemplateProblem]:
    try:
        if rule is not None:
            compile_expression(rule.removeprefix("="))
    except FeelSyntaxError as problem:
        da, en = f"Klagereglen: {problem.message_da}.", f"The complaint rule: {problem.message}."
        return [TemplateProblem(1, da, en)]
    return []


def _imports(code: str) -> tuple[tuple[str, ...], list[TemplateProblem]]:
    names, problems = [], []
    for found in _LOADED.finditer(code):
        literal = _LITERAL.fullmatch(found[1].rstrip(":;"))
        if literal is None:
            da = "Kun filer, der er sat i drift, kan hentes, med deres navn i anførselstegn."
            en = "Only files in force can be imported, by their name in quotation marks."
            problems.append(TemplateProblem(_line(code, found.start()), da, en))
        else:
            names.append(literal[1])
    return tuple(dict.fromkeys(names)), problems


def _forbidden(code: str) -> Iterator[TemplateProblem]:
    for allowed in (BY_FILE, BY_INPUT):
        code = code.replace(allowed, " " * len(allowed))
    for found in _FORBIDDEN.finditer(code):
        yield TemplateProblem(
            _line(code, found.start()),
            f"»{found[1]}« kan ikke bruges i en brevskabelon: den får sine oplysninger fra sagen.",
            f"“{found[1]}” cannot be used in a letter template: its data comes from the case.",
        )


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
