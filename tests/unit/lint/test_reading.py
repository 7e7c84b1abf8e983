"""What is no diagram is refused with one located finding, whatever it is."""

import pytest

from kfflow import engine
from kfflow.engine.bpmn.encoding import as_text
from kfflow.engine.findings import DeploymentRefused
from kfflow.errors import InvalidInput
from tests.unit.engine.drawing import HEAD, chain, diagram, end, start, user

GOOD = diagram(start() + user("Work") + end() + chain("Begin", "Work", "Done"))


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (b"", "not-xml"),
        (b"\x00\xff\xfe", "not-xml"),
        (b"<a", "not-xml"),
        (b"{}", "not-xml"),
        (b"<html/>", "not-bpmn"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "doctype"),
        (('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + "<a>&x;</a>").encode("utf-16"), "doctype"),
        (b"<?p <!-- ?><!DOCTYPE a><!-- --><a/>", "doctype"),
        (b"<!--" + b" " * 100_000 + b"--><!DOCTYPE a><a/>", "doctype"),
        (b"<!-- " * 200_000, "not-xml"),
        (b" " * 5_000_001, "too-large"),
        ((HEAD + "<x>" * 100 + "</x>" * 100 + "</bpmn:definitions>").encode(), "too-deep"),
        (diagram("".join(user(f"T{n}") for n in range(5_100))), "too-many-elements"),
    ],
)
def test_upload_that_is_no_diagram_is_refused(source, rule):
    assert [f.rule for f in engine.lint(source, "x.bpmn")] == [rule]
    with pytest.raises(DeploymentRefused) as refused:
        engine.compile_process(source, "x.bpmn")
    assert refused.value.status == 400


@pytest.mark.parametrize("words", ["<!-- <!DOCTYPE a> -->", "<?p <!DOCTYPE a> ?>"])
def test_document_type_in_a_remark_is_none(words):
    documented = GOOD.replace(b">", b"><bpmn:documentation><![CDATA[<!DOCTYPE html>]]></bpmn:documentation>", 1)
    assert [d.process_id for d in engine.compile_process(words.encode() + documented, "x.bpmn")] == ["P"]


def test_utf_16_is_read():
    text = GOOD.decode()
    definitions = engine.compile_process(text.encode("utf-16"), "x.bpmn")
    assert [d.process_id for d in definitions] == ["P"]


def test_line_of_a_syntax_error_is_given():
    assert engine.lint(b"<a>\n<b>\n</a>", "x.bpmn")[0].line == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso-8859-1"])
def test_file_in_any_encoding_becomes_the_same_text(encoding):
    declared = {"utf-8-sig": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}.get(encoding, encoding)
    written = f'<?xml version="1.0" encoding="{declared}"?><a b="afgørelse"/>'.encode(encoding)
    assert as_text(written) == '<?xml version="1.0" encoding="UTF-8"?><a b="afgørelse"/>'


@pytest.mark.parametrize("source", [b"<a b='\xff'/>", b'<?xml version="1.0" encoding="martian"?><a/>'])
def test_file_of_unreadable_characters_is_refused(source):
    with pytest.raises(InvalidInput):
        as_text(source)
