"""Nothing is shown in one language alone: every word of the templates stands in a `say` with both."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

import kfflow.web

TEMPLATES = Path(kfflow.web.__file__).parent / "templates"
FILES = sorted(TEMPLATES.rglob("*.html"))
ENVIRONMENT = Environment(autoescape=True)
SAME_IN_BOTH = {"kfflow", "API", "SYNTETISK", "J", "K", "C", "E", "N", "L", "S", "v"}
ATTRIBUTE_NAMES = {"aria", "describedby", "invalid", "true", "readonly"}
ATTRIBUTE = re.compile(r'\b(?:title|alt|placeholder|aria-label|content)="([^"{]*[A-Za-zÆØÅæøå]{2}[^"{]*)"')


def parsed(file):
    return ENVIRONMENT.parse(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_sentence_is_said_in_both_languages(file):
    for call in parsed(file).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "say":
            assert len(call.args) == 2, (file.name, call.lineno)
            texts = [arg.value for arg in call.args if isinstance(arg, nodes.Const)]
            assert all(text.strip() or text == "" for text in texts), (file.name, call.lineno)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_word_stands_outside_a_sentence(file):
    data = "".join(node.data for output in parsed(file).find_all(nodes.TemplateData) for node in [output])
    visible = re.sub(r"<(script|style)\b.*?</\1>", " ", data, flags=re.DOTALL)
    words = set(re.findall(r"[A-Za-zÆØÅæøå]+", re.sub(r"<[^>]*>", " ", _text_of(visible))))
    assert words - SAME_IN_BOTH - ATTRIBUTE_NAMES == set()
    assert [text for text in ATTRIBUTE.findall(visible) if "width=device-width" not in text] == []


def _text_of(markup):
    """Keep what stands between tags; a tag whose attributes are computed is split over several pieces."""
    depth, kept = 0, []
    for character in markup:
        depth += (character == "<") - (character == ">")
        if depth == 0:
            kept.append(character)
    return "".join(kept).replace(">", " ")
