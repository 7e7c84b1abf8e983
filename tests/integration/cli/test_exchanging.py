"""`kfflow export` and `kfflow import installation`: an installation as a folder or a zip, and back."""

import pytest
from sqlalchemy import func, select

from kfflow.persistence import embedded
from kfflow.persistence.database import Database
from kfflow.persistence.tables import ProcessInstance
from tests.integration.cli.conftest import CommandLine
from tests.integration.cli.test_instance import start
from tests.integration.service import diagrams

PROBLEM = (
    "række 1, institution »XXX«: Institutionen kendes ikke; opret den først, eller ret værdien. / "
    "Unknown institution; enter it first, or correct the value."
)
NUMBERS = "0 sager prøvet, intet er gemt, 0 var her i forvejen, 1 fejl."


@pytest.fixture
def into_empty(postgres) -> CommandLine:
    return CommandLine({"KFFLOW_DATABASE_URL": embedded.fresh(postgres, "kfflow_imported")})


@pytest.mark.parametrize("name", ["alt.zip", "alt"])
def test_what_was_exported_is_imported_with_the_same_hash(service, kfflow, into_empty, tmp_path, name):
    instance = start(service, diagrams.user_task("Vurder"), ids=["Vurder"])
    exported = kfflow("export", tmp_path / name)
    imported = into_empty("import", "installation", tmp_path / name)
    assert (imported.exit_code, imported.output) == (0, exported.output)
    database = Database(into_empty.environment["KFFLOW_DATABASE_URL"])
    with database.transaction() as session:
        assert session.scalars(select(ProcessInstance.key)).all() == [instance.key]
        assert session.scalar(select(func.count()).select_from(ProcessInstance)) == 1
    database.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_zip_that_is_there_already_is_kept(kfflow, tmp_path):
    (tmp_path / "alt.zip").write_bytes(b"mine")
    refused = kfflow("export", tmp_path / "alt.zip")
    assert (refused.exit_code, (tmp_path / "alt.zip").read_bytes()) == (2, b"mine")


def test_cases_are_tried_and_then_imported(service, kfflow, tmp_path):
    start(service, diagrams.user_task("Vurder"), ids=["Vurder"])
    rows = "external_id,process,element,institution,opened_at\n{}\n"
    wrong, right = tmp_path / "wrong.csv", tmp_path / "right.csv"
    wrong.write_text(rows.format("K-1,trin,Vurder,XXX,2020-11-02"))
    right.write_text(rows.format("K-1,trin,Vurder,SDO,2020-11-02"))
    tried = kfflow("import", "cases", wrong, "--dry-run")
    assert (tried.exit_code, tried.output.splitlines()) == (1, [PROBLEM, NUMBERS])
    refused = kfflow("import", "cases", wrong)
    assert (refused.exit_code, "rows.1.institution: »XXX«" in refused.output) == (2, True)
    assert kfflow("import", "cases", right).stdout == "1 sager indlæst, 0 var her i forvejen, 0 fejl.\n"
    assert kfflow("import", "cases", right).stdout == "0 sager indlæst, 1 var her i forvejen, 0 fejl.\n"


def test_a_file_that_is_no_zip_is_refused(into_empty, tmp_path):
    (tmp_path / "alt.zip").write_bytes(b"mine")
    refused = into_empty("import", "installation", tmp_path / "alt.zip")
    assert (refused.exit_code, "is no zip file" in refused.output) == (2, True)
