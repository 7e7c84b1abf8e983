"""What is no diagram is refused with one located finding, whatever it is."""

import pytest

from kfflow import engine
from kfflow.engine.findings import DeploymentRefused
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


def test_utf_16_is_read():
    text = GOOD.decode()
    definitions = engine.compile_process(text.encode("utf-16"), "x.bpmn")
    assert [d.process_id for d in definitions] == ["P"]


def test_line_of_a_syntax_error_is_given():
    assert engine.lint(b"<a>\n<b>\n</a>", "x.bpmn")[0].line == 3
