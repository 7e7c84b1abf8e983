"""Visits to kfflow with a browser: each in a context of its own, watched for what no page may do."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.e2e.house import House
from tests.e2e.pages.login import LoginPage

PATIENCE = 60_000
"""Milliseconds that a page may take on a busy machine."""
EXPECTED = "Failed to load resource: the server responded with a status of 4"
"""What Chromium itself writes about an answer 4xx: refusals are answers, not errors of the page."""


@dataclass
class Watch:
    """What pages did that they may not: requests to elsewhere, errors in the console, refused by the policy."""

    origin: str
    strayed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("request", self._asked)
        context.on("console", self._said)
        context.on("weberror", lambda problem: self.errors.append(str(problem.error)))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.origin + "/", "data:", "blob:")):
            self.strayed.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            self.errors.append(f"{message.page.url if message.page else ''}: {message.text}")


class Visits:
    """Opens visits; all that were opened are closed and judged together."""

    def __init__(self, browser: Browser, house: House) -> None:
        self.browser, self.house = browser, house
        self.watch = Watch(house.address)
        self.contexts: list[BrowserContext] = []

    def stranger(self, **options: Any) -> Page:
        """Open a page that nobody has logged in on."""
        context = self.browser.new_context(
            base_url=self.house.address,
            locale="da-DK",
            viewport={"width": 1600, "height": 900},
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        self.watch.over(context)
        self.contexts.append(context)
        return context.new_page()

    def of(self, username: str, **options: Any) -> Page:
        """Open a page on which somebody has logged in."""
        page = self.stranger(**options)
        LoginPage(page).open().log_in(username)
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()
