"""`kfflow letter verify|sample`."""

import pytest

from tests.integration.service import test_letters
from tests.integration.service.test_letters import shipped  # noqa: F401 - a fixture

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
    assert "Din ansøgning er afslået." in test_letters.text_of((tmp_path / "brev.pdf").read_bytes())
