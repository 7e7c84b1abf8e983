"""A letter template written in the browser: its text, what a check finds, and the letter beside it."""

from typing import Self

from playwright.sync_api import Locator, Page


class LetterTemplate:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, resource: str) -> Self:
        """Find the letter from the list of processes."""
        self.page.goto("/processer")
        self.page.get_by_text("Tabeller, formularer og breve").press("Enter")
        self.page.get_by_role("link", name=resource, exact=True).press("Enter")
        self.page.get_by_role("heading", level=1, name=resource).wait_for()
        return self

    @property
    def text(self) -> Locator:
        return self.page.get_by_label("Skabelon", exact=True)

    @property
    def status(self) -> Locator:
        return self.page.locator("[data-kf-text-status]")

    @property
    def pages(self) -> Locator:
        return self.page.get_by_role("img", name="af brevet med prøveoplysninger")

    def save(self) -> None:
        """Save by keyboard, and wait for the page of what was saved."""
        with self.page.expect_navigation():
            self.text.press("ControlOrMeta+s")

    def add(self, words: str) -> None:
        self.text.press("ControlOrMeta+End")
        self.page.keyboard.type(words)

    def publish(self, *, untried: str) -> None:
        self.page.get_by_label("Hvorfor udgives der uden prøve?").fill(untried)
        self.page.get_by_role("button", name="Udgiv kladden").press("Enter")
        self.page.locator("p.kf-flash--ok").wait_for()
