"""`kfflow export` and `kfflow import installation`: an installation as a folder or a zip, and back."""

import pytest
from sqlalchemy import func, select

from kfflow.persistence import embedded
from kfflow.persistence.database import Database
from kfflow.persistence.tables import ProcessInstance
from tests.integration.cli.conftest import CommandLine
from tests.integration.cli.test_instance import start
from tests.integration.service import diagrams


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


def test_a_file_that_is_no_zip_is_refused(into_empty, tmp_path):
    (tmp_path / "alt.zip").write_bytes(b"mine")
    refused = into_empty("import", "installation", tmp_path / "alt.zip")
    assert (refused.exit_code, "is no zip file" in refused.output) == (2, True)
