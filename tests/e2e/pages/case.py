"""The page of one case."""

from typing import Self

from playwright.sync_api import Locator, Page


class CasePage:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, number: str) -> Self:
        self.page.goto(f"/sager/{number}")
        return self

    def section(self, title: str) -> Locator:
        return self.page.get_by_role("region", name=title)

    @property
    def diagram(self) -> Locator:
        return self.page.locator("kf-diagram")

    @property
    def steps(self) -> Locator:
        """The way in words, the diagram's twin."""
        return self.page.locator(".kf-step")

    @property
    def timeline(self) -> Locator:
        return self.page.locator(".kf-timeline__item")
