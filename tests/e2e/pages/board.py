"""The supervisor's board."""

import re
from typing import Self

from playwright.sync_api import Locator, Page

NUMBERS = ".kf-tile, td.kf-cell--num a"
ROW = re.compile(r'<tr class="kf-row"\s+id="opgave-\d+"')


class Board:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self) -> Self:
        self.page.goto("/tavle")
        return self

    def numbers(self) -> list[tuple[str, int]]:
        """Give every number of the board with the address of the list it links to."""
        links = self.page.locator(NUMBERS).all()
        return [(link.get_attribute("href") or "", int(link.inner_text().split()[0])) for link in links]

    def length_of(self, address: str) -> int:
        """Count the rows of a list over all its pages, as the same visitor gets them."""
        length, page = 0, 1
        while True:
            text = self.page.request.get(f"{address}&page={page}").text()
            length += len(ROW.findall(text))
            if 'rel="next"' not in text:
                return length
            page += 1

    def tick(self, *labels: str) -> None:
        for label in labels:
            self.page.get_by_role("checkbox", name=label).check()

    def hand_over(self, colleague: str) -> None:
        self.page.get_by_label("Giv de valgte til").select_option(label=colleague)
        self.page.get_by_role("button", name="Fordel").click()

    @property
    def told(self) -> Locator:
        return self.page.locator("p.kf-flash")
