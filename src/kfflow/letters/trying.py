"""A template tried out before it is put in force: with its sample, with nothing known, in both languages."""

import functools
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kfflow.letters import rendering, templates
from kfflow.letters.rendering import TemplateFault
from kfflow.letters.templates import Template

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PLACE = {"myndighed": "Danmarks Fængsler", "afsender": "Nyborg Fængsel", "dataansvarlig": "Nyborg Fængsel"}
LETTER: dict[str, Any] = {
    **PLACE,
    "titel": "Afgørelse i sag 2026-0001",
    "tekst": "Brevets tekst.\n\nEt afsnit mere.",
    "sprog": "da",
    "dato": "2026-01-05",
    "sagsnummer": "2026-0001",
    "syntetisk": True,
    "kladde": False,
    "mangler": [],
    "modtager": "Odense Kommune",
    "person": {"navn": "Anders And", "nummer": "SYN-000123", "foedt": "1990-02-28", "institution": "Nyborg Fængsel"},
    "steder": {"NYB": "Nyborg Fængsel", "HOR": "Horserød Fængsel"},
    "hjemmel": "straffuldbyrdelsesloven § 46",
    "klage": {
        "kan_paaklages": True,
        "klagefrist": "P2M",
        "klagevejledning": "Du kan klage til direktoratet inden to måneder.",
        "domstolsproevelse": True,
        "domstol_frist": "P28D",
    },
}
"""What every letter is given beside its own fields, as service/letters.py composes it."""
UNKNOWN = {
    "kladde": True,
    "mangler": ["Begrundelse"],
    "person": None,
    "klage": None,
    "hjemmel": None,
    "modtager": None,
    "tekst": "",
}

REMEMBERED = 500
"""How many trials are kept: the same sources always try out the same."""
SHOWN = 20
"""How many letters are kept as pictures: a page of a browser asks for each sheet on its own."""


def sample(template: Template, language: str = "da") -> dict[str, Any]:
    """Give the data that a template is shown with where there is no case."""
    return {**LETTER, "titel": template.title, "sprog": language, "felter": dict(template.fields or {})}


def pdf(name: str, sources: Mapping[str, bytes], language: str = "da") -> bytes:
    """Give the PDF of a letter with its sample; raises TemplateFault."""
    return rendering.render(name, sources, sample(templates.parse(name, sources[name]), language), AT)


def pages(name: str, sources: Mapping[str, bytes], language: str = "da") -> tuple[bytes, ...]:
    """Give the pages of a letter with its sample, each as a PNG; raises TemplateFault."""
    return _pages(name, tuple(sorted(sources.items())), language)


@functools.lru_cache(maxsize=SHOWN)
def _pages(name: str, files: tuple[tuple[str, bytes], ...], language: str) -> tuple[bytes, ...]:
    sources = dict(files)
    return rendering.pictures(name, sources, sample(templates.parse(name, sources[name]), language), AT)


def faults(name: str, sources: Mapping[str, bytes]) -> tuple[TemplateFault, ...]:
    """Give what is wrong with a letter, each fault once; none when it can be issued."""
    return _faults(name, tuple(sorted(sources.items())))


@functools.lru_cache(maxsize=REMEMBERED)
def _faults(name: str, files: tuple[tuple[str, bytes], ...]) -> tuple[TemplateFault, ...]:
    sources = dict(files)
    template = templates.parse(name, sources[name])
    empty = {**LETTER, **UNKNOWN, "felter": dict.fromkeys(template.fields or {})}
    tries = [sample(template), sample(template, "en"), empty, {**empty, "sprog": "en"}]
    found = [fault for data in tries if (fault := _fault(name, sources, data)) is not None]
    return tuple({str(fault): fault for fault in found}.values())


def _fault(name: str, sources: Mapping[str, bytes], data: Mapping[str, object]) -> TemplateFault | None:
    try:
        rendering.render(name, sources, data, AT)
    except TemplateFault as fault:
        return fault
    return None
