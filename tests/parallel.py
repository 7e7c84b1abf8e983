"""How the tests are shared out when pytest runs several processes (`-n 2`): a whole folder, or file by file."""

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = (
    "tests/process/",
    "tests/chaos/",
    "tests/e2e/",
    "tests/integration/demo/",
    "tests/law/",
)
"""Folders whose tests share what is dear to make: a topology, a browser, a report, a population. Longest first."""

LONG = (
    "tests/properties/",
    "tests/conformance/",
    "tests/hostile/",
    "tests/integration/simulation/",
)
"""Folders with files that take so long that one of them at the end would leave a process alone with it."""


class Sharing(LoadScopeScheduling):
    """Hands out folders and files in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.split("::", maxsplit=1)[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log) -> Sharing:
    return Sharing(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that the processes end together; everything else stays in its random order."""
    if hasattr(config, "workerinput"):
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    first = (*TOGETHER, *LONG)
    return next((turn for turn, folder in enumerate(first) if item.nodeid.startswith(folder)), len(first))
