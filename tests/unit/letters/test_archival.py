"""What PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1) ask of a file, as far as it can be read out of one.

No validator runs here. Each test names the clause it reads; colours, fonts' own tables and the meaning of tags are not
judged.
"""

import re
from collections.abc import Iterator

import pypdf
import pytest
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, StreamObject

from tests.unit.letters.reading import LETTERS, pdf_of, written

BEGIN, END, SHOW = {b"BMC", b"BDC"}, b"EMC", {b"Tj", b"TJ", b"'", b'"'}
ENGLISH = ["afgoerelse.typ", "handleplan.typ", "vejledning_rettigheder.typ"]
ROWS = [(name, "da") for name in LETTERS] + [(name, "en") for name in ENGLISH]
ACTING = {"/JS", "/JavaScript", "/AA", "/OpenAction", "/EmbeddedFiles", "/EF", "/OCProperties", "/XFA"}
STANDARD_TAGS = {
    *("Document", "Part", "Sect", "Div", "H1", "H2", "H3", "P", "L", "LI", "Lbl", "LBody", "Span", "Strong", "Em"),
    *("Table", "TR", "TH", "TD", "TBody", "Artifact"),
}


@pytest.fixture(scope="module", params=ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def letter(request) -> tuple[bytes, str]:
    name, language = request.param
    return written(name, language), language


@pytest.fixture(scope="module")
def reader(letter) -> pypdf.PdfReader:
    return pdf_of(letter[0])


def catalog(reader) -> DictionaryObject:
    return reader.trailer["/Root"]


def everything(reader) -> Iterator[DictionaryObject]:
    """Give every dictionary of the file, streams among them."""
    for number in range(1, reader.trailer["/Size"]):
        found = reader.get_object(number)
        if isinstance(found, DictionaryObject):
            yield found


def test_file_says_which_standards_it_keeps(reader):
    """ISO 19005-2 § 6.6.4, ISO 14289-1 § 5."""
    said = catalog(reader)["/Metadata"].get_data().decode()
    given = re.findall(r"<(pdfaid:part|pdfaid:conformance|pdfuaid:part)>(\w+)<", said)
    assert sorted(given) == [("pdfaid:conformance", "A"), ("pdfaid:part", "2"), ("pdfuaid:part", "1")]


def test_file_has_an_identity_and_no_lock(reader, letter):
    """ISO 19005-2 § 6.1.3: an identifier, no encryption; nothing after the last end of file."""
    assert len(reader.trailer["/ID"]) == 2
    assert "/Encrypt" not in reader.trailer
    assert letter[0].startswith(b"%PDF-1.7\n%")
    assert letter[0].rstrip().endswith(b"%%EOF")


def test_colours_mean_what_a_profile_in_the_file_says(reader):
    """ISO 19005-2 § 6.2.3."""
    (intent,) = catalog(reader)["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    assert len(intent["/DestOutputProfile"].get_data()) > 0


def test_every_font_is_in_the_file_and_maps_to_letters(reader):
    """ISO 19005-2 §§ 6.2.11.4 and 6.2.11.7."""
    fonts = [one for one in everything(reader) if one.get("/Type") == "/Font"]
    descriptors = [one for one in everything(reader) if one.get("/Type") == "/FontDescriptor"]
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & set(one) for one in descriptors)
    assert all("/ToUnicode" in one for one in fonts if one["/Subtype"] == "/Type0")
    assert {one["/Subtype"] for one in fonts} <= {"/Type0", "/CIDFontType0", "/CIDFontType2"}


def test_nothing_acts_plays_or_lies_inside(reader):
    """ISO 19005-2 §§ 6.5, 6.8 and 6.4.2: no actions, scripts, attachments or optional content."""
    names = {key for one in everything(reader) for key in one}
    assert (
        names & {"/JS", "/JavaScript", "/AA", "/OpenAction", "/EmbeddedFiles", "/EF", "/OCProperties", "/XFA"} == set()
    )


def test_no_stream_is_packed_by_lzw_or_lies_elsewhere(reader):
    """ISO 19005-2 §§ 6.1.7.1 and 6.1.7.2."""
    streams = [one for one in everything(reader) if isinstance(one, StreamObject)]
    assert {str(one.get("/Filter")) for one in streams} <= {"None", "/FlateDecode"}
    assert not any("/F" in one for one in streams)


def test_file_is_tagged_titled_and_says_its_language(reader, letter):
    """ISO 14289-1 §§ 7.1 and 7.2, ISO 19005-2 §§ 6.7.2 to 6.7.4."""
    root = catalog(reader)
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a boolean object of the PDF
    assert root["/Lang"] == letter[1]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712 - a boolean object of the PDF
    assert reader.metadata.title
    assert {page["/Tabs"] for page in reader.pages} == {"/S"}


def tags(reader) -> list[str]:
    """Give the tags of the structure in their order, as the standard names them."""
    tree = catalog(reader)["/StructTreeRoot"]
    roles = {name: str(role) for name, role in tree.get("/RoleMap", {}).items()}
    return [roles.get(tag, tag).removeprefix("/") for tag in _below(tree["/K"])]


def _below(kids) -> Iterator[str]:
    for kid in kids if isinstance(kids, ArrayObject) else [kids]:
        found = kid.get_object()
        if isinstance(found, DictionaryObject) and "/S" in found:
            yield str(found["/S"])
            yield from _below(found.get("/K", ArrayObject()))


def test_structure_has_one_title_and_headings_without_a_jump(reader):
    """ISO 14289-1 § 7.4.2."""
    found = tags(reader)
    assert set(found) - STANDARD_TAGS == set()
    headings = [tag for tag in found if re.fullmatch(r"H\d", tag)]
    assert headings[0] == "H1"
    assert headings.count("H1") == 1


def test_every_word_is_tagged_or_said_to_be_an_artifact(reader):
    """ISO 14289-1 § 7.1: real content is in the structure, all else is an artifact."""
    for page in reader.pages:
        depth = 0
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            del operands
            depth += (operator in BEGIN) - (operator == END)
            assert operator not in SHOW or depth > 0
        assert depth == 0


def test_every_mark_on_a_page_is_found_in_the_structure(reader):
    """ISO 32000-1 § 14.7.4.4: the parent tree leads from marked content to its element."""
    pages = catalog(reader)["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    parents = dict(zip(pages[::2], pages[1::2], strict=True))
    for page in reader.pages:
        marks = {
            operands[1]["/MCID"]
            for operands, operator in ContentStream(page.get_contents(), reader).operations
            if operator == b"BDC" and isinstance(operands[1], DictionaryObject) and "/MCID" in operands[1]
        }
        assert marks == set(range(len(parents[page["/StructParents"]].get_object())))
