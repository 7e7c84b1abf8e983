"""The compiler behind its door: the same bytes, archival and tagged, and data that stays data."""

import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kfflow.letters import rendering, templates, trying
from kfflow.letters.rendering import TemplateFault
from tests.unit.letters.reading import LETTERS, ROOT, SHIPPED, pdf_of, text_of, written

PLAIN = b"""#let d = json(bytes(sys.inputs.data))
#set document(title: "Brev")
#set text(lang: "da", font: ("Libertinus Serif", "DejaVu Sans Mono"))
= Brev
#d.navn
"""


BY_FILE = PLAIN.replace(templates.BY_INPUT.encode(), templates.BY_FILE.encode())


def plain(name: object) -> bytes:
    return rendering.render("brev.typ", {"brev.typ": PLAIN}, {"navn": name}, trying.AT)


@pytest.mark.parametrize("name", LETTERS)
def test_letter_comes_out_the_same_each_time(name):
    assert written(name) == written(name)


def test_letter_comes_out_the_same_in_another_process():
    told = "import hashlib; from tests.unit.letters import reading; "
    told += "print(hashlib.sha256(reading.written('afgoerelse.typ')).hexdigest())"
    command = [sys.executable, "-c", told]
    environment = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    digests = {subprocess.run(command, env=environment, capture_output=True, check=True).stdout for _ in range(2)}
    assert len(digests) == 1


def test_either_way_in_for_data_gives_the_same_letter():
    by_file = rendering.render("brev.typ", {"brev.typ": BY_FILE}, {"navn": "Anders And"}, trying.AT)
    assert by_file == plain("Anders And")


def test_letter_of_another_instant_differs():
    data = {"navn": "Anders And"}
    later = rendering.render("brev.typ", {"brev.typ": PLAIN}, data, trying.AT + timedelta(days=1))
    assert later != plain("Anders And")


@pytest.mark.parametrize("name", LETTERS)
def test_letter_is_archival_tagged_titled_and_danish(name):
    reader = pdf_of(written(name))
    root = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], "/StructTreeRoot" in root) == ("da", True, True)
    assert reader.metadata.title == templates.parse(name, SHIPPED[name]).title


def test_english_letter_says_that_it_is_english():
    assert pdf_of(written("notat_afslag.typ", "en")).trailer["/Root"]["/Lang"] == "en"


HOSTILE = (
    '#read("/etc/passwd")',
    "*fed* _kursiv_ = Overskrift",
    "#{ while true {} }",
    "$x^2$ @kilde <mærke> \\u{41}",
    '"; #eval("1+1") //',
    '#import "@preview/x:1.0.0"',
    "]#panic()[",
    "<script>alert(1)</script>",
    "Robert'); DROP TABLE sag;--",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_looks_like_a_command_is_printed_as_text(name):
    assert name in text_of(plain(name))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_reasons_are_printed_in_a_shipped_letter(name):
    assert name in text_of(written("notat_afslag.typ", felter={"begrundelse": name}))


SHOWN = {
    "Łukasz Żółć": "Łukasz Żółć",
    "Привет": "Привет",
    "你好": "[U+4F60][U+597D]",
    "😀": "[U+1F600]",
    "a\x00b\x07c": "a[U+0000]b[U+0007]c",
    "\ue000": "[U+E000]",
    "\ufffe": "[U+FFFE]",
    "\u202etxet": "[U+202E]txet",
    "\ud800": "[U+D800]",
}


@pytest.mark.parametrize("typed", SHOWN)
def test_character_that_cannot_be_printed_is_named(typed):
    assert SHOWN[typed] in text_of(plain(typed))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_whatever_is_typed_gives_one_letter(typed):
    assert plain(typed) == plain(typed)


def test_very_long_text_goes_on_over_pages():
    many = "\n\n".join(f"Afsnit {n}. " + "ord " * 400 for n in range(40))
    reader = pdf_of(written("notat_afslag.typ", felter={"begrundelse": many}))
    assert len(reader.pages) > 10
    assert f"Side {len(reader.pages)} af {len(reader.pages)}" in " ".join(reader.pages[-1].extract_text().split())


def test_very_long_word_is_no_fault():
    assert len(pdf_of(plain("x" * 20_000)).pages) == 1


OUTSIDE = ('#read("/etc/hostname")', '#read("../../etc/hostname")', '#import "anden.typ": x', '#include "anden.typ"')


@pytest.mark.parametrize("source", OUTSIDE)
def test_template_reaches_nothing_outside(source):
    with pytest.raises(TemplateFault) as refused:
        rendering.render("brev.typ", {"brev.typ": source.encode()}, {}, trying.AT)
    assert (refused.value.resource, refused.value.line) == ("brev.typ", 1)


def test_part_that_is_not_given_is_not_found():
    with pytest.raises(TemplateFault) as refused:
        rendering.render("brev.typ", {"brev.typ": b'#import "anden.typ": x'}, {}, trying.AT)
    assert refused.value.message_en == "The letter template fails (brev.typ, line 1): file not found"


def test_fault_in_a_part_names_the_part_and_its_line():
    sources = {"brev.typ": b'#import "del.typ": x\n#x((:))', "del.typ": b"\n#let x(d) = d.mangler"}
    with pytest.raises(TemplateFault) as refused:
        rendering.render("brev.typ", sources, {}, trying.AT)
    told = 'dictionary does not contain key "mangler"'
    assert refused.value.message_da == f"Brevskabelonen kan ikke bruges (del.typ, linje 2): {told}"
    assert refused.value.message_en == f"The letter template fails (del.typ, line 2): {told}"
