"""The list of processes, with putting files in operation."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from playwright.sync_api import Locator, Page


class Processes:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self) -> Self:
        self.page.goto("/processer")
        return self

    def row(self, process_id: str) -> Locator:
        in_operation = self.page.get_by_role("table", name="Processer i drift")
        return in_operation.get_by_role("row").filter(has=self.page.get_by_role("cell", name=process_id, exact=True))

    def upload(self, files: Iterable[Path]) -> None:
        self.page.get_by_label("Filer", exact=True).set_input_files(list(files))
        self.page.get_by_role("button", name="Tjek og sæt i drift").click()

    def restore(self, resource: str, folder: Path) -> None:
        """Put a shipped file in operation again."""
        self.upload([folder / resource])
        self.page.get_by_text("Sat i drift").wait_for()

    @property
    def refusal(self) -> Locator:
        return self.page.get_by_role("alert")

    @property
    def findings(self) -> Locator:
        """The rows of what is wrong: file, element, line, message."""
        return self.refusal.locator("tbody tr")

    @property
    def told(self) -> Locator:
        return self.page.locator("p.kf-flash--ok")


class NewCase:
    """Starting a case from the list of cases."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self) -> Self:
        self.page.goto("/sager")
        self.page.get_by_role("link", name="Opret sag").click()
        return self

    def choose(self, process: str) -> None:
        self.page.get_by_label("Proces", exact=True).select_option(label=process)

    def start(self) -> str:
        """Start the case; gives its number."""
        self.page.get_by_role("button", name="Opret sagen").click()
        self.page.wait_for_url(lambda url: "/sager/" in url and not url.endswith("/ny"))
        return self.page.url.rsplit("/", 1)[1]
