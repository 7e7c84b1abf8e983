"""The command line on the test database."""

from dataclasses import dataclass

import pytest
from click.testing import CliRunner, Result

from kfflow.cli import main


@dataclass(frozen=True)
class CommandLine:
    environment: dict[str, str]

    def __call__(self, *arguments: object) -> Result:
        return CliRunner(env=self.environment).invoke(main, [str(a) for a in arguments])


@pytest.fixture
def kfflow(service) -> CommandLine:
    address = service.database.engine.url.set(drivername="postgresql")
    return CommandLine(
        {"KFFLOW_DATABASE_URL": address.render_as_string(hide_password=False), "KFFLOW_PUBLISH_ALONE": "1"}
    )
