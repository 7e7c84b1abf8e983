"""What a template says of itself, and what is refused before it is in force."""

import pytest

from kfflow.letters import templates, trying
from kfflow.service import letter_templates
from tests.unit.letters.reading import LETTERS, ROOT, SHIPPED

HEAD = '/* kfflow\n{"titel": "Brev", "felter": {"udfald": "afslag"}}\n*/\n'


def test_template_says_its_title_fields_and_parts():
    source = HEAD + '#import "brevhoved.typ": brev\n// #import "ikke_denne.typ"\n'
    template = templates.parse("brev.typ", source.encode())
    assert (template.letter_id, template.title, template.fields) == ("brev", "Brev", {"udfald": "afslag"})
    assert (template.imports, template.problems) == (("brevhoved.typ",), ())


def test_prose_may_have_words_that_begin_like_import():
    assert templates.parse("brev.typ", (HEAD + "What is important is included.").encode()).problems == ()


def test_source_without_a_header_is_a_part():
    assert templates.parse("ord.typ", b"#let x = 1").fields is None


REFUSED = {
    '#import "@preview/cetz:0.3.1"': 4,
    '\n#import "../" + "hemmelig.typ"': 5,
    "#import sys.inputs.data": 4,
    '#include("a" + ".typ")': 4,
    '#eval("1")': 4,
    '\n\n#read("x")': 6,
    '#plugin("x.wasm")': 4,
    '#json("x.json")': 4,
}


@pytest.mark.parametrize("line", REFUSED)
def test_template_that_would_reach_outside_is_refused(line):
    found = letter_templates.findings("brev.typ", (HEAD + line).encode(), {})
    assert next(f.line for f in found if f.line is not None) == REFUSED[line]


def test_header_that_is_no_json_is_refused_by_line():
    found = letter_templates.findings("brev.typ", b'/* kfflow\n{\n"titel": \n}\n*/', {})
    assert [(f.resource, f.line) for f in found] == [("brev.typ", 4)]


def test_header_with_an_unknown_word_is_refused():
    found = letter_templates.findings("brev.typ", b'/* kfflow\n{"title": "x"}\n*/', {})
    assert [f.message_en for f in found] == ["The header may only have felter, klageregel, navne, titel, titel_en."]


def test_complaint_rule_that_is_no_feel_is_refused():
    found = letter_templates.findings("brev.typ", b'/* kfflow\n{"klageregel": "=1 +"}\n*/', {})
    assert [f.message_en.startswith("The complaint rule:") for f in found] == [True]


def test_field_that_the_sample_does_not_have_is_named_with_its_line():
    source = HEAD + '#import "brevhoved.typ": brev, felter\n#show: brev\n#felter.udfalt\n'
    found = letter_templates.findings("brev.typ", source.encode(), SHIPPED)
    told = 'The letter template fails (brev.typ, line 6): dictionary does not contain key "udfalt"'
    assert [f.message_en for f in found] == [told]


def test_letter_must_hold_when_nothing_is_known():
    source = HEAD + '#import "brevhoved.typ": brev, felter\n#show: brev\n#felter.udfald.len()\n'
    assert [f.line for f in letter_templates.findings("brev.typ", source.encode(), SHIPPED)] == [6]


def test_part_that_is_not_in_force_is_named():
    found = letter_templates.findings("brev.typ", (HEAD + '#import "andet.typ": x').encode(), {})
    assert [f.message_en for f in found] == ["andet.typ is neither in force nor given here."]


@pytest.mark.parametrize("name", LETTERS)
def test_shipped_letter_has_no_finding(name):
    assert letter_templates.findings(name, SHIPPED[name], SHIPPED) == []


def test_every_letter_id_is_written_once():
    names = [path.name for path in (ROOT / "workflows").glob("*/letters/*.typ")]
    assert len(names) == len(SHIPPED)


def test_sample_shows_every_field_of_the_template():
    template = templates.parse("notat_afslag.typ", SHIPPED["notat_afslag.typ"])
    assert trying.sample(template)["felter"] == template.fields
