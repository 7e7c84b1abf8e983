"""Every form of the processes helps, and helps in English with all that it says in Danish."""

import json

import pytest

from tests.conftest import ROOT

FORMS = sorted((ROOT / "workflows").glob("*/forms/*.form"))


def components(path):
    def within(some):
        for one in some:
            yield one
            yield from within(one.get("components", []))

    return list(within(json.loads(path.read_text(encoding="utf-8"))["components"]))


def lines(text):
    return [line for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_form_says_what_it_is_for(path):
    assert [one["id"] for one in components(path) if one["type"] == "text" or one.get("description")] != []


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_form_helps_in_english_as_in_danish(path):
    found = [(one, one.get("properties", {})) for one in components(path)]
    shorter = [
        one["id"]
        for one, said in found
        if one["type"] == "text" and len(lines(said.get("text_en", ""))) != len(lines(one["text"]))
    ]
    undescribed = [one["id"] for one, said in found if one.get("description") and not said.get("description_en")]
    assert (shorter, undescribed) == ([], [])
