"""What is loaded when an installation begins to serve is left out of the collector's rounds."""

import gc
from collections.abc import Iterator

import pytest

from kfflow import installation


@pytest.fixture
def settled() -> Iterator[None]:
    installation.settle()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("settled")
def test_settling_leaves_the_collector_next_to_nothing_to_go_through() -> None:
    assert gc.get_freeze_count() > 10 * len(gc.get_objects())
