"""The supervisor's board."""

from typing import Self

from playwright.sync_api import Locator, Page


class Board:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self) -> Self:
        self.page.goto("/tavle")
        return self

    def numbers(self) -> dict[str, int]:
        """Give every number of the board by the address of the list it links to."""
        links = self.page.locator('main a[href*="/indbakke?"]').filter(has_not_text="(")
        found: dict[str, int] = {}
        for link in links.all():
            first = link.inner_text().split()[0]
            if first.isdecimal():
                found[link.get_attribute("href") or ""] = int(first)
        return found

    def tick(self, *labels: str) -> None:
        for label in labels:
            self.page.get_by_role("checkbox", name=label).check()

    def hand_over(self, colleague: str) -> None:
        self.page.get_by_label("Giv de valgte til").select_option(label=colleague)
        self.page.get_by_role("button", name="Fordel").click()

    @property
    def told(self) -> Locator:
        return self.page.locator("p.kf-flash")
