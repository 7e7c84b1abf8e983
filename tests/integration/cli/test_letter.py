"""`kfflow letter verify|preview|sample`."""

import pytest

from tests.integration.service import test_letters
from tests.integration.service.test_letters import shipped  # noqa: F401 - a fixture
from tests.integration.web.test_coming_letters import entered

TEMPLATE = test_letters.ROOT / "workflows/kf_afgoerelse/letters/notat_afslag.typ"
PARTS = test_letters.ROOT / "workflows/faelles/letters"


@pytest.mark.usefixtures("shipped")
def test_letters_of_a_case_are_made_again_and_compared(service, worker, kfflow):
    test_letters.person(service)
    document = test_letters.decided(service, worker)
    told = kfflow("letter", "verify", document.data["sagsnummer"])
    assert told.output == f"{document.key} notat_afslag {document.title}: det samme\n1 breve, 0 afviger.\n"
    with service.database.transaction() as session:
        session.merge(document).content += b" "
    told = kfflow("letter", "verify", document.data["sagsnummer"])
    assert (told.exit_code, told.output.splitlines()[-1]) == (1, "1 breve, 1 afviger.")


def test_sample_of_a_template_is_written(kfflow, tmp_path):
    told = kfflow("letter", "sample", TEMPLATE, tmp_path / "brev.pdf", "--parts", PARTS)
    assert told.exit_code == 0, told.output
    assert "Du får ikke tilladelse til udgang." in test_letters.text_of((tmp_path / "brev.pdf").read_bytes())


@pytest.mark.usefixtures("shipped")
def test_letters_to_come_are_listed_and_written_as_drafts(service, kfflow, tmp_path):
    test_letters.person(service)
    number = entered(
        service,
        "kf_afgoerelse",
        "TraefAfgoerelse",
        {"sagstype": "udgang", "udfald": "afslag", "afgoerelse_rolle": "omraadekontor"},
    )
    listed = kfflow("letter", "preview", number).output.splitlines()
    assert [line.partition(" ")[2] for line in listed] == [
        f"Afslag i sag {number} (endnu ikke oplyst: Begrundelse, klagevejledning)",
        f"Afgørelse i sag {number} (endnu ikke oplyst: Begrundelse, Vilkår, Tilladelsen gælder til, klagevejledning)",
    ]
    told = kfflow("letter", "preview", number, listed[0].split()[0], tmp_path / "kladde.pdf")
    assert told.exit_code == 0, told.output
    assert "KLADDE" in test_letters.text_of((tmp_path / "kladde.pdf").read_bytes())
