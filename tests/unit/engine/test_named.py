"""What a diagram names that stands in other files."""

from kfflow.engine.named import named
from tests.e2e.browser import ROOT


def test_a_diagram_names_its_forms_tables_letters_and_the_processes_it_calls():
    found = named((ROOT / "bpmn" / "kf_klage.bpmn").read_bytes(), "kf_klage.bpmn")
    assert {kind: bool(ids) for kind, ids in found.items()} == {
        "process": True,
        "decision": True,
        "form": True,
        "letter": True,
    }
    assert found["process"] == {"kf_forsinkelse"}
    assert found["letter"] == {"klage_afgoerelse", "klage_afvisning", "klagefremsendelse"}


def test_what_is_no_diagram_names_nothing():
    assert named(b"x", "x.bpmn") == {}
