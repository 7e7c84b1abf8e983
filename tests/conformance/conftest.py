"""The server that the runs have started is stopped after the last of them."""

from collections.abc import Iterator

import pytest

from tests.conformance import driver


@pytest.fixture(scope="session", autouse=True)
def opened() -> Iterator[None]:
    yield
    driver.OPENED.close()
