"""The list of processes tells what each is for, from the process's own file."""

import pytest
from flask import g

from kfflow.web import process_facts
from tests.integration.web import visiting


def test_the_list_of_processes_describes_them(client, in_operation):
    assert in_operation
    visiting.log_in(client, "procesdesigner")
    page = client.get("/processer").text
    assert "Den indsatte udtaler sig før en afgørelse" in page


@pytest.mark.parametrize(("language", "told"), [("da", "Prøve"), ("en", "Trial")])
def test_a_description_comes_in_the_language_of_the_page_and_a_broken_file_is_passed_over(
    app, tmp_path, language, told
):
    for name, source in (("a", 'key = "a"\nowner = "o"\n[description]\nda = "Prøve"\nen = "Trial"'), ("b", "= =")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "process.toml").write_text(source, encoding="utf-8")
    with app.test_request_context():
        g.language = language
        found = process_facts.of_processes(tmp_path)
    assert [(key, fact.description, fact.owner) for key, fact in found.items()] == [("a", told, "o")]
